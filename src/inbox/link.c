/*
 * From a conversation to the contact with its phone.
 */
#include <stddef.h>

#include "door/db.h"

#include "whatsapp/phone.h"

#include "inbox/link.h"

enum { PHONES, CONTACT, LINK, N_SQL };

/* So many accounts of one customer are looked at. */
#define PHONES_MAX 16

static const char *const sql[N_SQL] = {
	/* The phone first, then the accounts in a fixed order: what is found
	 * must not depend on the order in which they came. */
	[PHONES] = "SELECT phone, 0 AS place FROM conversations"
		   " WHERE workspace_id = $1 AND id = $2 AND link = 'auto'"
		   " AND phone IS NOT NULL"
		   " UNION ALL SELECT '+' || i.value, 1 FROM identities AS i"
		   " JOIN conversations AS c ON c.workspace_id = i.workspace_id"
		   "  AND c.id = i.conversation_id AND c.link = 'auto'"
		   " WHERE i.workspace_id = $1 AND i.conversation_id = $2"
		   " AND i.kind = 'wa_id' ORDER BY 2, 1 LIMIT $3",
	[CONTACT] = "SELECT id FROM contacts"
		    " WHERE workspace_id = $1 AND phone = $2",
	[LINK] = "UPDATE conversations SET contact_id = $3, updated_at = CASE"
		 "  WHEN $4 > updated_at THEN $4 ELSE updated_at END"
		 " WHERE workspace_id = $1 AND id = $2 AND link = 'auto'"
		 " AND COALESCE(contact_id, 0) <> $3",
};

int
link_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

static int
find_contact(
    struct db *db, int64_t workspace_id, const char *phone, int64_t *contact)
{
	return db_get_int(db, sql[CONTACT],
	    DB_ARGS(db_int(workspace_id), db_text(phone)), contact);
}

/* The contact of PHONE, or the only one of its variants: 1, 0, -1. */
static int
find_variant(struct db *db, struct pool *pool, int64_t workspace_id,
    const char *phone, int64_t *contact)
{
	const char *variant[PHONE_VARIANTS_MAX];
	int n = phone_variants(pool, phone, variant), found = 0;

	for (int i = 0; i < n; i++) {
		int rc = find_contact(db, workspace_id, variant[i], contact);

		if (rc == -1)
			return -1;
		found += rc;
		if (i == 0 && found)
			break;
	}
	return found == 1;
}

int
link_conversation(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t id, int64_t now)
{
	struct db_rows *r = db_query(db, sql[PHONES],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(PHONES_MAX)));
	const char *phone[PHONES_MAX];
	int64_t contact = 0;
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < PHONES_MAX)
		phone[n++] = db_col_copy(r, pool, 0);
	db_end(r);
	if (rc == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		rc = find_variant(db, pool, workspace_id, phone[i], &contact);
		if (rc == -1)
			return -1;
		if (rc == 1)
			return db_run(db, sql[LINK],
			    DB_ARGS(db_int(workspace_id), db_int(id),
				db_int(contact), db_int(now)));
	}
	return 0;
}
