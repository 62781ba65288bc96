/*
 * Customers of many messages, by a few statements.  What stands in the memo
 * then is what customer_resolve.c would have found one by one: those who are
 * known, for a message that says nothing new; and those of whose ids nothing is
 * known, who are persons of their own, whatever else comes later (people.c).
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/many.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"
#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"
#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_memo_pgsql.h"
#include "inbox/workspace/number.h"

enum { KNOWN, UNKNOWN, CONVERSATIONS, SIGHTINGS, IDENTITIES, N_SQL };

#define ROWS                                                                   \
	" FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json)) AS m("        \
	"a bigint, b bigint, "
#define OF_NUMBER " o.workspace_id = m.a AND o.number_id = m.b"

static const char *const customer_memo_pgsql_sql[N_SQL] = {
	/* A user id leads to one conversation for good, so no time is asked
	 * for. */
	[KNOWN] = "SELECT m.g, s.id, s.first_at, s.name, i.conversation_id,"
		  " c.phone, c.phone_at, c.user_id, c.user_id_at,"
		  " c.profile_name, c.profile_name_at" ROWS
		  "c text, d text, e text, f text, g bigint)"
		  " JOIN sightings AS s ON s.workspace_id = m.a"
		  " AND s.number_id = m.b AND s.account = m.c"
		  " AND s.user_id = m.d AND s.parent_user_id = m.e"
		  " AND s.portfolio = m.f"
		  " JOIN identities AS i ON i.workspace_id = m.a"
		  " AND i.number_id = m.b AND i.kind = 'user_id'"
		  " AND i.value = m.d AND i.valid_from = 0"
		  " JOIN conversations AS c ON c.workspace_id = m.a"
		  " AND c.id = i.conversation_id",
	/* Each ends at its index. */
	[UNKNOWN] =
	    "SELECT m.e" ROWS "c text, d text, e bigint)"
	    " WHERE NOT EXISTS (SELECT 1 FROM identities AS o WHERE" OF_NUMBER
	    " AND o.kind = 'user_id' AND o.value = m.d)"
	    " AND NOT EXISTS (SELECT 1 FROM sightings AS o WHERE" OF_NUMBER
	    " AND o.user_id = m.d AND o.user_id <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM identity_changes AS o"
	    "  WHERE" OF_NUMBER " AND o.user_id = m.d AND o.user_id <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM identity_changes AS o"
	    "  WHERE" OF_NUMBER
	    "  AND o.new_user_id = m.d AND o.new_user_id <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM identities AS o WHERE" OF_NUMBER
	    " AND o.kind = 'wa_id' AND o.value = m.c)"
	    " AND NOT EXISTS (SELECT 1 FROM identities AS o WHERE" OF_NUMBER
	    " AND o.kind = 'alias' AND o.value = m.c)"
	    " AND NOT EXISTS (SELECT 1 FROM identities AS o WHERE" OF_NUMBER
	    " AND o.account = m.c AND o.account IS NOT NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM sightings AS o WHERE" OF_NUMBER
	    " AND o.account = m.c AND o.account <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM identity_changes AS o"
	    "  WHERE" OF_NUMBER " AND o.account = m.c AND o.account <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM identity_changes AS o"
	    "  WHERE" OF_NUMBER
	    "  AND o.new_account = m.c AND o.new_account <> '')"
	    " AND NOT EXISTS (SELECT 1 FROM conversations AS o WHERE" OF_NUMBER
	    " AND o.phone = '+' || m.c)",
	[CONVERSATIONS] =
	    "INSERT INTO conversations(workspace_id, number_id, phone,"
	    " phone_at, user_id, user_id_at, profile_name, profile_name_at,"
	    " created_at, updated_at) SELECT m.*, m.i" ROWS
	    "c text, d bigint, e text, f bigint, g text, h bigint, i bigint)"
	    " RETURNING id",
	[SIGHTINGS] =
	    "INSERT INTO sightings(workspace_id, number_id, account, user_id,"
	    " parent_user_id, portfolio, first_at, name) SELECT m.*" ROWS
	    "c text, d text, e text, f text, g bigint, h text) RETURNING id",
	[IDENTITIES] =
	    "INSERT INTO identities(workspace_id, number_id, kind, value,"
	    " conversation_id, created_at) SELECT m.*" ROWS
	    "c text, d text, e bigint, f bigint)",
};

const struct statements customer_memo_pgsql_statements = {
	.sql = customer_memo_pgsql_sql,
	.n = N_SQL,
	.also = STATEMENTS(&contact_link_statements),
	.engine = DB_PGSQL,
};

#define NEW_MAX 500 /* at a time */

struct customer_memo_pgsql_one {
	struct number_key number;
	struct people_sighting shown; /* its id: 0, not known */
	struct profile profile;
	/* His account, as others may have it: itself is the first. */
	const char *spelled[PHONE_VARIANTS_MAX];
	int n_spelled;
	const char *twin; /* one of them, which is the same subscriber */
	int n_unknown;	  /* of them: nothing leads anywhere */
	int has_username;
	int is_alone; /* no other one shows one of his ids */
	int64_t conversation_id;
};

struct customer_memo_pgsql {
	struct pool *pool;
	struct customer_memo_pgsql_one *one;
	int n, room;
};

struct customer_memo_pgsql *
customer_memo_pgsql_new(struct pool *pool)
{
	struct customer_memo_pgsql *all = pool_alloc(pool, sizeof(*all));

	all->pool = pool;
	return all;
}

/* ------------------------------------------------------------------- asked */

static const char *
said_memo(const char *s)
{
	return s != NULL ? s : "";
}

static int
is_same_sighting(
    const struct people_sighting *a, const struct people_sighting *b)
{
	return strcmp(a->user_id, b->user_id) == 0 &&
	       strcmp(a->account, b->account) == 0 &&
	       strcmp(a->parent, b->parent) == 0 &&
	       strcmp(a->portfolio, b->portfolio) == 0;
}

/* Is ACCOUNT one that O's may be? */
static int
is_spelled(const struct customer_memo_pgsql_one *o, const char *account)
{
	for (int i = 0; i < o->n_spelled && *account != '\0'; i++)
		if (strcmp(o->spelled[i], account) == 0)
			return 1;
	return 0;
}

/* Compares with those who were asked before: 1 when he is one of them. */
static int
compare_all(
    struct customer_memo_pgsql *all, struct customer_memo_pgsql_one *new)
{
	for (int i = 0; i < all->n; i++) {
		struct customer_memo_pgsql_one *o = &all->one[i];

		if (o->number.id != new->number.id)
			continue;
		if (is_same_sighting(&o->shown, &new->shown))
			return 1;
		if (strcmp(o->shown.user_id, new->shown.user_id) == 0 ||
		    is_spelled(o, new->shown.account) ||
		    is_spelled(new, o->shown.account))
			o->is_alone = new->is_alone = 0;
	}
	return 0;
}

static void
grow_memo(struct customer_memo_pgsql *all)
{
	struct customer_memo_pgsql_one *more;

	all->room = all->room > 0 ? 2 * all->room : 64;
	more = pool_alloc(all->pool, sizeof(*more) * (size_t)all->room);
	if (all->n > 0)
		memcpy(more, all->one, sizeof(*more) * (size_t)all->n);
	all->one = more;
}

/* What his conversation will show, as customer_resolve.c says it. */
static void
read_profile(struct pool *pool, struct customer_memo_pgsql_one *one, int64_t at)
{
	struct profile said = { .phone_at = at, .user_id_at = at };

	if (*one->shown.account != '\0')
		said.phone = phone_e164(pool, one->shown.account, 0);
	said.user_id = one->shown.user_id;
	profile_name(pool, &said, one->shown.name, at);
	one->has_username = said.username != NULL;
	profile_add(&one->profile, &said);
}

/* Nobody has an account of an address book's form, as of Argentina's: to ask
 * for it, too, only leaves more to customer_resolve. */
static void
spell_account(struct pool *pool, struct customer_memo_pgsql_one *one)
{
	const char *account = one->shown.account, *phone;

	one->spelled[one->n_spelled++] = account;
	phone = *account != '\0' ? phone_e164(pool, account, 0) : NULL;
	if (phone == NULL)
		return;
	one->n_spelled = phone_variants(pool, phone, one->spelled);
	for (int i = 0; i < one->n_spelled; i++)
		one->spelled[i]++; /* the + */
	one->twin = phone_twin(pool, account);
}

void
customer_memo_pgsql_ask(struct customer_memo_pgsql *all,
    const struct number_key *number, const struct customer *k)
{
	struct customer_memo_pgsql_one one = {
		.number = *number,
		.shown = {
			.account = said_memo(k->wa_id),
			.user_id = said_memo(k->user_id),
			.parent = said_memo(k->parent_user_id),
			.portfolio = said_memo(k->portfolio),
			.first_at = k->at > 0 ? k->at : 0,
		},
		.is_alone = 1,
	};

	if (k->user_id == NULL || k->group_id != NULL || k->new_wa_id != NULL ||
	    k->new_user_id != NULL)
		return;
	spell_account(all->pool, &one);
	if (compare_all(all, &one))
		return;
	one.shown.name =
	    profile_name_text(all->pool, k->profile_name, k->username);
	read_profile(all->pool, &one, one.shown.first_at);
	if (all->n == all->room)
		grow_memo(all);
	all->one[all->n++] = one;
}

/* ------------------------------------------------------------------- known */

static void
put_memo(struct customer_memo_pgsql *all, struct customer_memo *memo,
    const struct customer_memo_pgsql_one *one)
{
	struct customer_memo_entry e = {
		.number_id = one->number.id,
		.workspace_id = one->number.workspace_id,
		.sighting = one->shown,
		.conversation_id = one->conversation_id,
		.profile = one->profile,
	};

	if (*one->shown.account != '\0')
		e.phone = phone_e164(all->pool, one->shown.account, 0);
	/* One conversation has one entry: what is later is written once. */
	if (!customer_memo_has(memo, e.conversation_id))
		customer_memo_put(memo, &e);
}

static void
read_known(struct customer_memo_pgsql *all, struct db_rows *r)
{
	struct customer_memo_pgsql_one *one = &all->one[db_col_int(r, 0)];

	one->shown.id = db_col_int(r, 1);
	one->shown.first_at = db_col_int(r, 2);
	one->shown.name = db_col_copy(r, all->pool, 3);
	one->conversation_id = db_col_int(r, 4);
	one->profile = (struct profile){
		.phone = db_col_copy(r, all->pool, 5),
		.phone_at = db_col_int(r, 6),
		.user_id = db_col_copy(r, all->pool, 7),
		.user_id_at = db_col_int(r, 8),
		.name = db_col_copy(r, all->pool, 9),
		.name_at = db_col_int(r, 10),
	};
}

static int
find_known_ones(struct db *db, struct customer_memo_pgsql *all)
{
	struct db_many rows = { .text.pool = all->pool };
	struct db_rows *r;
	int rc;

	for (int i = 0; i < all->n; i++) {
		const struct customer_memo_pgsql_one *o = &all->one[i];

		db_many_add(&rows,
		    DB_ARGS(db_int(o->number.workspace_id),
			db_int(o->number.id), db_text(o->shown.account),
			db_text(o->shown.user_id), db_text(o->shown.parent),
			db_text(o->shown.portfolio), db_int(i)));
	}
	r = db_query(
	    db, customer_memo_pgsql_sql[KNOWN], DB_ARGS(db_many_rows(&rows)));
	while ((rc = db_next(r)) == 1)
		read_known(all, r);
	db_end(r);
	return rc;
}

/* --------------------------------------------------------------------- new */

/* Could he be a person of his own, whom no rule of people.c is about? */
static int
is_simple(const struct customer_memo_pgsql_one *o)
{
	if (o->shown.id != 0 || !o->is_alone || o->has_username ||
	    *o->shown.parent != '\0')
		return 0;
	return *o->shown.account == '\0' ||
	       (o->profile.phone != NULL &&
		   strcmp(o->profile.phone + 1, o->shown.account) == 0 &&
		   (o->twin == NULL || is_spelled(o, o->twin)));
}

static void
ask_unknown(
    struct db_many *rows, const struct customer_memo_pgsql_one *o, int i)
{
	for (int k = 0; k < o->n_spelled; k++)
		db_many_add(
		    rows, DB_ARGS(db_int(o->number.workspace_id),
			      db_int(o->number.id), db_text(o->spelled[k]),
			      db_text(o->shown.user_id), db_int(i)));
}

/* Those of whose ids nothing is known, however their account is spelled: how
 * many, -1. */
static int
find_new(struct db *db, struct customer_memo_pgsql *all, int64_t *new)
{
	struct db_many rows = { .text.pool = all->pool };
	struct db_rows *r;
	int n = 0, rc;

	for (int i = 0; i < all->n; i++)
		if (is_simple(&all->one[i]))
			ask_unknown(&rows, &all->one[i], i);
	if (rows.n == 0)
		return 0;
	r = db_query(
	    db, customer_memo_pgsql_sql[UNKNOWN], DB_ARGS(db_many_rows(&rows)));
	while ((rc = db_next(r)) == 1)
		all->one[db_col_int(r, 0)].n_unknown++;
	db_end(r);
	for (int i = 0; i < all->n && n < NEW_MAX; i++)
		if (all->one[i].n_unknown == all->one[i].n_spelled)
			new[n++] = i;
	return rc == -1 ? -1 : n;
}

/* Runs an INSERT that answers the ids of ROWS, in their order: 0, -1. */
static int
insert_all(struct db *db, int statement, struct db_many *rows, int64_t *ids)
{
	return db_get_ints(db, customer_memo_pgsql_sql[statement],
		   DB_ARGS(db_many_rows(rows)), ids, NEW_MAX) == rows->n
		   ? 0
		   : -1;
}

static int
add_conversations(struct db *db, struct customer_memo_pgsql *all,
    const int64_t *new, int n, int64_t now)
{
	struct db_many rows = { .text.pool = all->pool };
	int64_t ids[NEW_MAX];

	for (int i = 0; i < n; i++) {
		const struct customer_memo_pgsql_one *o = &all->one[new[i]];
		const struct profile *p = &o->profile;

		db_many_add(&rows, DB_ARGS(db_int(o->number.workspace_id),
				       db_int(o->number.id), db_text(p->phone),
				       db_int(p->phone_at), db_text(p->user_id),
				       db_int(p->user_id_at), db_text(p->name),
				       db_int(p->name_at), db_int(now)));
	}
	if (insert_all(db, CONVERSATIONS, &rows, ids) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		all->one[new[i]].conversation_id = ids[i];
	return 0;
}

static int
add_sightings(
    struct db *db, struct customer_memo_pgsql *all, const int64_t *new, int n)
{
	struct db_many rows = { .text.pool = all->pool };
	int64_t ids[NEW_MAX];

	for (int i = 0; i < n; i++) {
		const struct customer_memo_pgsql_one *o = &all->one[new[i]];
		const struct people_sighting *s = &o->shown;

		db_many_add(
		    &rows, DB_ARGS(db_int(o->number.workspace_id),
			       db_int(o->number.id), db_text(s->account),
			       db_text(s->user_id), db_text(s->parent),
			       db_text(s->portfolio), db_int(s->first_at),
			       db_text(s->name)));
	}
	if (insert_all(db, SIGHTINGS, &rows, ids) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		all->one[new[i]].shown.id = ids[i];
	return 0;
}

static void
add_identity(struct db_many *rows, const struct customer_memo_pgsql_one *o,
    const char *kind, const char *value, int64_t now)
{
	if (value != NULL && *value != '\0')
		db_many_add(rows,
		    DB_ARGS(db_int(o->number.workspace_id),
			db_int(o->number.id), db_text(kind), db_text(value),
			db_int(o->conversation_id), db_int(now)));
}

static int
add_identities(struct db *db, struct customer_memo_pgsql *all,
    const int64_t *new, int n, int64_t now)
{
	struct db_many rows = { .text.pool = all->pool };

	for (int i = 0; i < n; i++) {
		const struct customer_memo_pgsql_one *o = &all->one[new[i]];

		add_identity(&rows, o, "user_id", o->shown.user_id, now);
		add_identity(&rows, o, "wa_id", o->shown.account, now);
		add_identity(&rows, o, "wa_id", o->twin, now);
	}
	return db_run(db, customer_memo_pgsql_sql[IDENTITIES],
	    DB_ARGS(db_many_rows(&rows)));
}

/* Where there is an address book; those of a workspace mostly stand
 * together. */
static int
link_new(struct db *db, struct customer_memo_pgsql *all, const int64_t *new,
    int n, int64_t now)
{
	int64_t workspace_id = 0;
	int any = 0;

	for (int i = 0; i < n; i++) {
		const struct customer_memo_pgsql_one *o = &all->one[new[i]];

		if (workspace_id != o->number.workspace_id) {
			workspace_id = o->number.workspace_id;
			any = contact_link_any(db, workspace_id);
		}
		if (any == -1 ||
		    (any && contact_link_conversation(db, all->pool,
				workspace_id, o->conversation_id, now) == -1))
			return -1;
	}
	return 0;
}

static int
add_new(struct db *db, struct customer_memo_pgsql *all, int64_t now)
{
	int64_t new[NEW_MAX];
	int n = find_new(db, all, new);

	if (n < 1)
		return n;
	if (add_conversations(db, all, new, n, now) == -1 ||
	    add_sightings(db, all, new, n) == -1 ||
	    add_identities(db, all, new, n, now) == -1)
		return -1;
	return link_new(db, all, new, n, now);
}

int
customer_memo_pgsql_fill(struct db *db, struct customer_memo_pgsql *all,
    struct customer_memo *memo, int add, int64_t now)
{
	if (all->n == 0)
		return 0;
	if (find_known_ones(db, all) == -1 ||
	    (add && add_new(db, all, now) == -1))
		return -1;
	for (int i = 0; i < all->n; i++)
		if (all->one[i].conversation_id != 0)
			put_memo(all, memo, &all->one[i]);
	all->n = 0;
	return 0;
}
