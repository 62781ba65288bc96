/*
 * Links a conversation to the contact with its user id or its phone.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"

enum { ANY, USER, PHONES, CONTACT, LINK, N_SQL };

/* At most so many accounts of one customer are looked at. */
#define PHONES_MAX 16

static const char *const contact_link_sql[N_SQL] = {
	/* Many workspaces have no address book, and new customers. */
	[ANY] = "SELECT 1 FROM contacts WHERE workspace_id = $1 LIMIT 1",
	/* A user id is somebody for good, so no time is asked for. */
	[USER] = "SELECT k.id FROM conversations AS c CROSS JOIN identities AS"
		 " i CROSS JOIN contacts AS k"
		 " WHERE i.workspace_id = c.workspace_id"
		 " AND i.conversation_id = c.id AND i.kind = 'user_id'"
		 " AND k.workspace_id = c.workspace_id AND k.user_id = i.value"
		 " AND c.workspace_id = $1 AND c.id = $2 AND c.link = 'auto'"
		 " ORDER BY k.id LIMIT 1",
	/* The phone first, then the accounts in a fixed order: the result must
	 * not depend on the order in which they became known. */
	[PHONES] = "SELECT c.phone, 0 AS place, COALESCE((SELECT MAX("
		   "   i.valid_from) FROM identities AS i"
		   "   WHERE i.workspace_id = c.workspace_id"
		   "   AND i.number_id = c.number_id AND i.kind = 'wa_id'"
		   "   AND i.value = substr(c.phone, 2)), 0), $4"
		   " FROM conversations AS c"
		   " WHERE c.workspace_id = $1 AND c.id = $2"
		   " AND c.link = 'auto' AND c.phone IS NOT NULL"
		   " UNION ALL SELECT '+' || i.value, 1, i.valid_from,"
		   "  COALESCE((SELECT MIN(n.valid_from) FROM identities AS n"
		   "   WHERE n.workspace_id = i.workspace_id"
		   "   AND n.number_id = i.number_id AND n.kind = 'wa_id'"
		   "   AND n.value = i.value"
		   "   AND n.valid_from > i.valid_from), $4)"
		   " FROM conversations AS c CROSS JOIN identities AS i"
		   " WHERE i.workspace_id = c.workspace_id"
		   " AND i.conversation_id = c.id AND i.kind = 'wa_id'"
		   " AND c.workspace_id = $1 AND c.id = $2"
		   " AND c.link = 'auto' ORDER BY 2, 1, 3 LIMIT $3",
	[CONTACT] = "SELECT id FROM contacts"
		    " WHERE workspace_id = $1 AND phone = $2"
		    " AND created_at >= $3 AND created_at < $4",
	[LINK] = "UPDATE conversations SET contact_id = $3, updated_at = CASE"
		 "  WHEN $4 > updated_at THEN $4 ELSE updated_at END"
		 " WHERE workspace_id = $1 AND id = $2 AND link = 'auto'"
		 " AND COALESCE(contact_id, 0) <> $3",
};

const struct statements contact_link_statements = {
	.sql = contact_link_sql,
	.n = N_SQL,
};

/* A phone, and the time in which it was the customer's. */
struct contact_link_had {
	const char *phone;
	int64_t from, until;
};

static int
find_contact(struct db *db, int64_t workspace_id, const char *phone,
    const struct contact_link_had *had, int64_t *contact)
{
	return db_get_int(db, contact_link_sql[CONTACT],
	    DB_ARGS(db_int(workspace_id), db_text(phone), db_int(had->from),
		db_int(had->until)),
	    contact);
}

/* The contact of a phone, or the only one of its variants: 1, 0, -1. */
static int
find_variant(struct db *db, struct pool *pool, int64_t workspace_id,
    const struct contact_link_had *had, int64_t *contact)
{
	const char *variant[PHONE_VARIANTS_MAX];
	int n = phone_variants(pool, had->phone, variant), found = 0;

	for (int i = 0; i < n; i++) {
		int rc =
		    find_contact(db, workspace_id, variant[i], had, contact);

		if (rc == -1)
			return -1;
		found += rc;
		if (i == 0 && found)
			break;
	}
	return found == 1;
}

/* 1 when A says what B says: the phone that a conversation shows is one of its
 * customer's accounts, most often the only one. */
static int
is_same_had(const struct contact_link_had *a, const struct contact_link_had *b)
{
	return a->from == b->from && a->until == b->until &&
	       text_is(a->phone, b->phone);
}

/* The contact of the phone that the conversation shows, else of one of its
 * customer's accounts: 1, 0, -1. */
static int
find_by_phone(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t id, int64_t *contact)
{
	struct db_rows *r = db_query(db, contact_link_sql[PHONES],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(PHONES_MAX),
		db_int(INT64_MAX)));
	struct contact_link_had had[PHONES_MAX];
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < PHONES_MAX)
		had[n++] = (struct contact_link_had){ db_col_copy(r, pool, 0),
			db_col_int(r, 2), db_col_int(r, 3) };
	db_end(r);
	if (rc == -1)
		return -1;
	rc = 0;
	for (int i = 0; i < n && rc == 0; i++)
		if (i == 0 || !is_same_had(&had[i], &had[0]))
			rc = find_variant(
			    db, pool, workspace_id, &had[i], contact);
	return rc;
}

int
contact_link_any(struct db *db, int64_t workspace_id)
{
	int64_t one;

	return db_get_int(
	    db, contact_link_sql[ANY], DB_ARGS(db_int(workspace_id)), &one);
}

int
contact_link_conversation(struct db *db, struct pool *pool,
    int64_t workspace_id, int64_t id, int64_t now)
{
	int64_t contact = 0;
	int rc = contact_link_any(db, workspace_id);

	if (rc != 1)
		return rc;
	rc = db_get_int(db, contact_link_sql[USER],
	    DB_ARGS(db_int(workspace_id), db_int(id)), &contact);
	if (rc == 0)
		rc = find_by_phone(db, pool, workspace_id, id, &contact);
	if (rc != 1)
		return rc;
	return db_run(db, contact_link_sql[LINK],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(contact),
		db_int(now)));
}
