/*
 * Finds all that a workspace has of one person.  The list of ids grows while it
 * is walked: an id leads to conversations and contacts, and those to further
 * ids.
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/phone_book.h"
#include "inbox/erasure/person.h"

enum {
	BY_IDENTITY,
	BY_PHONE,
	BY_CONTACT,
	BY_USER,
	SHOWN,
	OF,
	CONTACT,
	OTHERS,
	IN_GROUPS,
	RECIPIENT,
	N_SQL
};

/* An identity row I that no later row of the same value replaces.  Who looks
 * up a number means its present owner, also one who never wrote ("").  But
 * the ids of a conversation include a number that was given up, as long as
 * its new owner has no conversation (WHOM). */
#define NOT_LATER_BUT(whom)                                                    \
	" NOT EXISTS (SELECT 1 FROM identities AS l"                           \
	"  WHERE l.workspace_id = i.workspace_id"                              \
	"  AND l.number_id = i.number_id AND l.kind = i.kind"                  \
	"  AND l.value = i.value AND l.valid_from > i.valid_from" whom ")"

static const char *const person_sql[N_SQL] = {
	[BY_IDENTITY] = "SELECT i.conversation_id FROM numbers AS n"
			" CROSS JOIN identities AS i"
			" WHERE i.workspace_id = n.workspace_id"
			" AND i.number_id = n.id AND i.kind = $2"
			" AND n.workspace_id = $1 AND i.value = $3"
			" AND i.conversation_id <> 0 AND" NOT_LATER_BUT(""),
	/* By the phone only where no account is known: it may have been another
	 * person's. */
	[BY_PHONE] = "SELECT c.id FROM conversations AS c"
		     " WHERE c.workspace_id = $1 AND c.phone = $2"
		     " AND NOT EXISTS (SELECT 1 FROM identities AS i"
		     "  WHERE i.workspace_id = c.workspace_id"
		     "  AND i.conversation_id = c.id AND i.kind = 'wa_id')",
	[RECIPIENT] = "SELECT 1 FROM broadcast_recipients"
		      " WHERE workspace_id = $1 AND who = $2 LIMIT 1",
	[BY_CONTACT] = "SELECT id FROM contacts"
		       " WHERE workspace_id = $1 AND phone = $2",
	[BY_USER] = "SELECT id FROM contacts"
		    " WHERE workspace_id = $1 AND user_id = $2",
	[SHOWN] = "SELECT i.value FROM identities AS i"
		  " WHERE i.workspace_id = $1 AND i.conversation_id = $2"
		  " AND" NOT_LATER_BUT(" AND l.conversation_id <> 0"),
	[OF] = "SELECT phone, user_id, contact_id, group_id"
	       " FROM conversations WHERE workspace_id = $1 AND id = $2",
	[CONTACT] = "SELECT phone, user_id FROM contacts"
		    " WHERE workspace_id = $1 AND id = $2",
	[OTHERS] = "SELECT id FROM conversations"
		   " WHERE workspace_id = $1 AND contact_id = $2",
	/* With the other id, where each was last shown with the other. */
	[IN_GROUPS] = "SELECT o.participant FROM group_participants AS p"
		      " LEFT JOIN group_participants AS o"
		      " ON o.workspace_id = p.workspace_id"
		      " AND o.conversation_id = p.conversation_id"
		      " AND o.participant = p.pair AND o.pair = p.participant"
		      " WHERE p.workspace_id = $1 AND p.participant = $2",
};

const struct statements person_statements = {
	.sql = person_sql,
	.n = N_SQL,
	.also = STATEMENTS(&phone_book_statements),
};

int
person_is(const struct person *p, const char *s)
{
	for (int i = 0; i < p->n_ids; i++)
		if (text_is(p->ids[i], s))
			return 1;
	return 0;
}

/* Adds an id; a phone becomes digits, the form of an account. */
static void
add_id(struct person *p, struct pool *pool, const char *s)
{
	if (s == NULL)
		return;
	if (*s == '+')
		s++;
	if (*s == '\0' || person_is(p, s) || p->n_ids == PERSON_MAX)
		return;
	p->ids[p->n_ids++] = pool_copy(pool, s);
}

static int
add_to(int64_t *ids, int *n, int64_t id)
{
	for (int i = 0; i < *n; i++)
		if (ids[i] == id)
			return 0;
	if (*n == PERSON_MAX)
		return 0;
	ids[(*n)++] = id;
	return 1;
}

static int
read_ids_person(struct db *db, const char *statement, const struct db_arg *args,
    int64_t ids[PERSON_MAX], int *n)
{
	struct db_rows *r = db_query(db, statement, args);
	int rc;

	*n = 0;
	while ((rc = db_next(r)) == 1 && *n < PERSON_MAX)
		ids[(*n)++] = db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* 1 when each conversation with contact ID is the person's. */
static int
is_alone(struct db *db, const struct person *p, int64_t id)
{
	int64_t ids[PERSON_MAX];
	int n;

	if (read_ids_person(db, person_sql[OTHERS],
		DB_ARGS(db_int(p->workspace_id), db_int(id)), ids, &n) == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		int known = 0;

		for (int k = 0; k < p->n_conversations; k++)
			known |= p->conversations[k] == ids[i];
		if (!known)
			return 0;
	}
	return n < PERSON_MAX;
}

/* Adds a conversation and the ids that it shows; its contact comes later. */
static int
add_conversation(struct db *db, struct pool *pool, struct person *p, int64_t id)
{
	const struct db_arg *args =
	    DB_ARGS(db_int(p->workspace_id), db_int(id));
	struct db_rows *r;
	int rc, group = 0;

	if (!add_to(p->conversations, &p->n_conversations, id))
		return 0;
	r = db_query(db, person_sql[OF], args);
	if ((rc = db_next(r)) == 1) {
		group = !db_col_is_null(r, 3);
		add_id(p, pool, db_col_text(r, 0));
		add_id(p, pool, db_col_text(r, 1));
	}
	db_end(r);
	if (rc != 1 || group)
		return rc == -1 ? -1 : 0;
	r = db_query(db, person_sql[SHOWN], args);
	while ((rc = db_next(r)) == 1)
		add_id(p, pool, db_col_text(r, 0));
	db_end(r);
	return rc;
}

static int
add_found(struct db *db, struct pool *pool, struct person *p,
    const char *statement, const struct db_arg *args)
{
	int64_t ids[PERSON_MAX];
	int n;

	if (read_ids_person(db, statement, args, ids, &n) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		if (add_conversation(db, pool, p, ids[i]) == -1)
			return -1;
	return 0;
}

static int
is_digits(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

/* Adds the contacts that STATEMENT finds by ID. */
static int
follow_contact(
    struct db *db, struct person *p, const char *statement, const char *id)
{
	int64_t ids[PERSON_MAX];
	int n;

	if (read_ids_person(db, statement,
		DB_ARGS(db_int(p->workspace_id), db_text(id)), ids, &n) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		add_to(p->contacts, &p->n_contacts, ids[i]);
	return 0;
}

/* Who is in a group is known, also without a word. */
static int
follow_group(struct db *db, struct pool *pool, struct person *p, const char *id)
{
	struct db_rows *r = db_query(db, person_sql[IN_GROUPS],
	    DB_ARGS(db_int(p->workspace_id), db_text(id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		p->n_groups++;
		add_id(p, pool, db_col_text(r, 0));
	}
	db_end(r);
	return rc;
}

/* Is ID to get a broadcast? */
static int
follow_broadcasts(
    struct db *db, struct pool *pool, struct person *p, const char *id)
{
	int64_t one;
	int rc = db_get_int(db, person_sql[RECIPIENT],
	    DB_ARGS(db_int(p->workspace_id),
		db_text(is_digits(id) ? pool_printf(pool, "+%s", id) : id)),
	    &one);

	p->is_recipient |= rc == 1;
	return rc;
}

/* Adds all that ID leads to. */
static int
follow(struct db *db, struct pool *pool, struct person *p, const char *id)
{
	static const char *const kinds[] = { "wa_id", "alias", "user_id",
		"parent_user_id", "group" };
	const char *phone;
	int rc;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (add_found(db, pool, p, person_sql[BY_IDENTITY],
			DB_ARGS(db_int(p->workspace_id), db_text(kinds[i]),
			    db_text(id))) == -1)
			return -1;
	if (follow_group(db, pool, p, id) == -1 ||
	    follow_broadcasts(db, pool, p, id) == -1)
		return -1;
	if (!is_digits(id))
		return follow_contact(db, p, person_sql[BY_USER], id);
	/* The other spelling of the same account. */
	add_id(p, pool, phone_twin(pool, id));
	phone = pool_printf(pool, "+%s", id);
	if (add_found(db, pool, p, person_sql[BY_PHONE],
		DB_ARGS(db_int(p->workspace_id), db_text(phone))) == -1)
		return -1;
	rc = phone_book_has(db, p->workspace_id, id);
	if (rc == -1)
		return -1;
	p->in_phone_book |= rc;
	return follow_contact(db, p, person_sql[BY_CONTACT], phone);
}

/* Adds the contacts of its conversations that no other person's have. */
static int
add_contacts(struct db *db, struct person *p)
{
	for (int i = 0; i < p->n_conversations; i++) {
		struct db_rows *r = db_query(db, person_sql[OF],
		    DB_ARGS(
			db_int(p->workspace_id), db_int(p->conversations[i])));
		int rc = db_next(r);
		int64_t id = rc == 1 ? db_col_int(r, 2) : 0;

		db_end(r);
		if (rc == -1)
			return -1;
		if (id == 0)
			continue;
		if ((rc = is_alone(db, p, id)) == -1)
			return -1;
		if (rc == 1)
			add_to(p->contacts, &p->n_contacts, id);
	}
	return 0;
}

static int
add_contact_ids(struct db *db, struct pool *pool, struct person *p)
{
	for (int i = 0; i < p->n_contacts; i++) {
		struct db_rows *r = db_query(db, person_sql[CONTACT],
		    DB_ARGS(db_int(p->workspace_id), db_int(p->contacts[i])));
		int rc = db_next(r);

		if (rc == 1) {
			add_id(p, pool, db_col_text(r, 0));
			add_id(p, pool, db_col_text(r, 1));
		}
		db_end(r);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* Follows all that is in the lists until nothing is new: 1, 0 nothing, -1. */
static int
follow_all(struct db *db, struct pool *pool, struct person *p)
{
	int done = 0;

	do {
		for (; done < p->n_ids; done++)
			if (follow(db, pool, p, p->ids[done]) == -1)
				return -1;
		if (add_contacts(db, p) == -1 ||
		    add_contact_ids(db, pool, p) == -1)
			return -1;
	} while (done < p->n_ids);
	return p->n_conversations > 0 || p->n_contacts > 0 || p->n_groups > 0 ||
	       p->in_phone_book || p->is_recipient;
}

int
person_find(struct db *db, struct pool *pool, int64_t workspace_id,
    const char *who, struct person *p)
{
	const char *account[PHONE_VARIANTS_MAX] = { who };
	int n = *who == '+' ? phone_accounts(pool, who, account) : 1, rc = 0;

	/* First the phone as it is; only when it leads to nothing the other
	 * accounts that it may be. */
	for (int i = 0; i < n && rc == 0; i++) {
		*p = (struct person){ .workspace_id = workspace_id };
		add_id(p, pool, account[i]);
		rc = follow_all(db, pool, p);
	}
	return rc;
}

int
person_of_conversation(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t id, struct person *p)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id), db_int(id));
	struct db_rows *r = db_query(db, person_sql[OF], args);
	int rc = db_next(r);

	db_end(r);
	*p = (struct person){ .workspace_id = workspace_id };
	if (rc != 1)
		return rc;
	if (add_conversation(db, pool, p, id) == -1)
		return -1;
	return follow_all(db, pool, p);
}
