/*
 * From what an event shows of a customer to the conversation
 * (docs/protocol.md §5.3).  One that only a member's sending made is known by
 * phone alone, perhaps as it stands in an address book: it is found by the country
 * rules, once, and from then on by the account's identity.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "door/db.h"

#include "whatsapp/phone.h"

#include "inbox/conversation.h"
#include "inbox/identity.h"
#include "inbox/link.h"
#include "inbox/merge.h"
#include "inbox/number.h"
#include "inbox/profile.h"

enum { BY_PHONE, ADD, N_SQL };

static const char *const sql[N_SQL] = {
	[BY_PHONE] =
	    "SELECT id FROM conversations AS c"
	    " WHERE workspace_id = $1 AND phone = $2 AND number_id = $3"
	    " AND NOT EXISTS (SELECT 1 FROM identities AS i"
	    "  WHERE i.workspace_id = c.workspace_id"
	    "  AND i.conversation_id = c.id AND i.kind = 'wa_id')"
	    " ORDER BY id LIMIT 2",
	[ADD] = "INSERT INTO conversations(workspace_id, number_id, group_id,"
		" phone, phone_at, user_id, user_id_at, profile_name,"
		" profile_name_at, created_at, updated_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)"
		" RETURNING id",
};

#define SHOWN_MAX 10
#define NAME_TAIL 6 /* of a user id, to tell two customers apart */

/*
 * The identities that an event shows, and others that lead to the same
 * customer: an alias, and the account as its country also writes it (an echo
 * has the number that was dialled).  Those are looked for, not kept.
 */
struct shown {
	enum identity_kind kind;
	const char *value;
	int kept;
	int known; /* leads to a conversation already */
};

int
conversation_prepare(struct db *db)
{
	if (db_prepare(db, sql, N_SQL) == -1 || identity_prepare(db) == -1 ||
	    profile_prepare(db) == -1 || merge_prepare(db) == -1)
		return -1;
	return link_prepare(db);
}

static const char *
twin(struct pool *pool, const char *wa_id)
{
	return wa_id != NULL ? phone_twin(pool, wa_id) : NULL;
}

static int
list_shown(struct pool *pool, const struct known *k, struct shown *shown)
{
	const char *other = twin(pool, k->wa_id);
	const struct shown all[SHOWN_MAX] = {
		{ IDENTITY_USER_ID, k->user_id, 1, 0 },
		{ IDENTITY_USER_ID, k->new_user_id, 1, 0 },
		{ IDENTITY_PARENT, k->parent_user_id, 1, 0 },
		{ IDENTITY_PARENT, k->new_parent_user_id, 1, 0 },
		{ IDENTITY_WA_ID, k->wa_id, 1, 0 },
		{ IDENTITY_WA_ID, k->new_wa_id, 1, 0 },
		{ IDENTITY_ALIAS, k->wa_id, 0, 0 },
		{ IDENTITY_WA_ID, other, 0, 0 },
		{ IDENTITY_WA_ID, twin(pool, k->new_wa_id), 0, 0 },
		{ IDENTITY_ALIAS, other, 0, 0 },
	};
	int n = 0;

	if (k->group_id != NULL) {
		shown[0] = (struct shown){ IDENTITY_GROUP, k->group_id, 1, 0 };
		return 1;
	}
	for (int i = 0; i < SHOWN_MAX; i++)
		if (all[i].value != NULL)
			shown[n++] = all[i];
	return n;
}

/* The conversation that leads to all of SHOWN; *ID 0 when nobody is known.
 * 1 when two became one, 0, -1. */
static int
find_shown(struct db *db, struct pool *pool, const struct number_key *number,
    struct shown *shown, int n, int64_t now, int64_t *id)
{
	int merged = 0;

	*id = 0;
	for (int i = 0; i < n; i++) {
		int64_t found, other;
		int rc = identity_find(
		    db, number, shown[i].kind, shown[i].value, &found);

		if (rc == -1)
			return -1;
		shown[i].known = rc;
		if (rc == 0 || found == *id)
			continue;
		if (*id == 0) {
			*id = found;
			continue;
		}
		other = found > *id ? found : *id;
		*id = found < *id ? found : *id;
		if (merge_conversations(
			db, pool, number->workspace_id, *id, other, now) == -1)
			return -1;
		merged = 1;
	}
	return merged;
}

/* One that has no account yet, under PHONE or what PHONE may be written as;
 * *ID stays when there is none or it is not clear which. */
static int
find_phone(struct db *db, struct pool *pool, const struct number_key *number,
    const char *phone, int64_t *id)
{
	const char *variant[PHONE_VARIANTS_MAX];
	int n = phone != NULL ? phone_variants(pool, phone, variant) : 0;
	int64_t found = 0;
	int several = 0;

	for (int i = 0; i < n; i++) {
		struct db_rows *r = db_query(db, sql[BY_PHONE],
		    DB_ARGS(db_int(number->workspace_id), db_text(variant[i]),
			db_int(number->id)));
		int rc;

		while ((rc = db_next(r)) == 1) {
			several |= found != 0;
			found = db_col_int(r, 0);
		}
		db_end(r);
		if (rc == -1)
			return -1;
		if (i == 0 && found != 0) /* the number itself */
			break;
	}
	if (!several)
		*id = found;
	return 0;
}

static struct profile
profile_of(struct pool *pool, const struct known *k)
{
	const char *wa_id = k->new_wa_id != NULL ? k->new_wa_id : k->wa_id;
	struct profile p = { .phone_at = k->at, .user_id_at = k->at };

	if (k->group_id != NULL) /* the sender's, not the group's */
		return (struct profile){ 0 };
	if (wa_id != NULL)
		p.phone = phone_e164(pool, wa_id, 0);
	p.user_id = k->new_user_id != NULL ? k->new_user_id : k->user_id;
	if (k->profile_name != NULL) {
		p.name = k->profile_name;
		p.name_at = k->at;
	} else if (k->username != NULL) {
		p.name = k->username;
		p.name_at = PROFILE_AT_USERNAME;
	} else if (p.user_id != NULL) {
		size_t len = strlen(p.user_id);

		p.name = pool_printf(pool, "\u2026%s",
		    p.user_id + (len > NAME_TAIL ? len - NAME_TAIL : 0));
		p.name_at = PROFILE_AT_USER_ID;
	}
	return p;
}

static int
add(struct db *db, const struct number_key *number, const struct known *k,
    const struct profile *said, int64_t now, int64_t *id)
{
	struct profile p = { 0 };

	profile_add(&p, said);
	return db_get_int(db, sql[ADD],
		   DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		       db_text(k->group_id), db_text(p.phone),
		       db_int(p.phone_at), db_text(p.user_id),
		       db_int(p.user_id_at), db_text(p.name), db_int(p.name_at),
		       db_int(now)),
		   id) == 1
		   ? 0
		   : -1;
}

/* Those that nobody had: 1 when there was one, 0, -1. */
static int
keep_shown(struct db *db, const struct number_key *number,
    const struct shown *shown, int n, int64_t now, int64_t id)
{
	int fresh = 0;

	for (int i = 0; i < n; i++) {
		int rc;

		if (!shown[i].kept || shown[i].known)
			continue;
		rc = identity_put(
		    db, number, shown[i].kind, shown[i].value, id, now);
		if (rc == -1)
			return -1;
		fresh |= rc;
	}
	return fresh;
}

/* What the event says of the customer: 1 when the phone is new, 0, -1. */
static int
learn(struct db *db, struct pool *pool, int64_t workspace_id,
    const struct profile *said, int64_t now, int64_t id)
{
	struct profile p = { 0 };
	const char *phone;
	int rc;

	if (profile_read(db, pool, workspace_id, id, &p) != 1)
		return -1;
	phone = p.phone;
	rc = profile_add(&p, said);
	if (rc != -1 &&
	    profile_write(db, workspace_id, id, &p, rc == 1 ? now : 0) == -1)
		return -1;
	return p.phone != phone;
}

int
conversation_resolve(struct db *db, struct pool *pool,
    const struct number_key *number, const struct known *k, int64_t now,
    int64_t *id)
{
	const struct profile said = profile_of(pool, k);
	struct shown shown[SHOWN_MAX];
	int n = list_shown(pool, k, shown), merged, fresh, moved = 0;

	if (n == 0)
		return 0;
	merged = find_shown(db, pool, number, shown, n, now, id);
	if (merged == -1)
		return -1;
	if (*id == 0 && k->group_id == NULL && k->wa_id != NULL &&
	    find_phone(db, pool, number, phone_e164(pool, k->wa_id, 0), id) ==
		-1)
		return -1;
	if (*id != 0)
		moved = learn(db, pool, number->workspace_id, &said, now, *id);
	else if (add(db, number, k, &said, now, id) == -1)
		return -1;
	fresh = keep_shown(db, number, shown, n, now, *id);
	if (moved == -1 || fresh == -1)
		return -1;
	if ((merged || fresh || moved) && k->group_id == NULL &&
	    link_conversation(db, pool, number->workspace_id, *id, now) == -1)
		return -1;
	return 1;
}
