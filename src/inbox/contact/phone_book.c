/*
 * The address book of the phone that has one of our numbers.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/phone_book.h"
#include "inbox/workspace/number.h"

enum { PUT, FORGET, HAS, PURGE, N_SQL };

/* Rows of the account +$2, by whatever number of workspace $1. */
#define OF_ACCOUNT                                                             \
	" FROM numbers AS n CROSS JOIN phone_book AS a"                        \
	" WHERE n.workspace_id = $1 AND a.workspace_id = n.workspace_id"       \
	" AND a.number_id = n.id AND a.phone = '+' || $2"

static const char *const phone_book_sql[N_SQL] = {
	/* Of two of one second a name before none, then the greater. */
	[PUT] = "INSERT INTO phone_book(workspace_id, number_id, entry, phone,"
		" name, at) VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT(workspace_id, number_id, entry, phone)"
		" DO UPDATE SET name = excluded.name, at = excluded.at"
		" WHERE excluded.at > phone_book.at"
		" OR (excluded.at = phone_book.at"
		"  AND COALESCE(excluded.name, '')"
		"   > COALESCE(phone_book.name, ''))",
	[FORGET] = "DELETE FROM phone_book WHERE id IN (SELECT b.id"
		   " FROM numbers AS n CROSS JOIN phone_book AS a"
		   " CROSS JOIN phone_book AS b"
		   " WHERE n.workspace_id = $1"
		   " AND a.workspace_id = n.workspace_id"
		   " AND a.number_id = n.id AND a.phone = '+' || $2"
		   " AND b.workspace_id = a.workspace_id"
		   " AND b.number_id = a.number_id AND b.entry = a.entry)",
	[HAS] = "SELECT 1" OF_ACCOUNT " AND a.name IS NOT NULL LIMIT 1",
	[PURGE] = "DELETE FROM phone_book WHERE id IN (SELECT id"
		  " FROM phone_book WHERE name IS NULL AND at < $1"
		  " ORDER BY at LIMIT $2)",
};

const struct statements phone_book_statements = {
	.sql = phone_book_sql,
	.n = N_SQL,
};

int
phone_book_put(struct db *db, struct pool *pool,
    const struct number_key *number, const char *phone, const char *name,
    int64_t at)
{
	const char *account[PHONE_VARIANTS_MAX];
	int n = phone_accounts(pool, phone, account), rc = 0;

	for (int i = 0; i < n && rc != -1; i++)
		rc = db_run(db, phone_book_sql[PUT],
		    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
			db_text(phone), db_text(account[i]), db_text(name),
			db_int(at)));
	return rc;
}

int
phone_book_forget(struct db *db, int64_t workspace_id, const char *id)
{
	return db_run(db, phone_book_sql[FORGET],
	    DB_ARGS(db_int(workspace_id), db_text(id)));
}

int
phone_book_has(struct db *db, int64_t workspace_id, const char *id)
{
	int64_t one;

	return db_get_int(db, phone_book_sql[HAS],
	    DB_ARGS(db_int(workspace_id), db_text(id)), &one);
}

int
phone_book_purge(struct db *db, int64_t older, int max)
{
	if (db_run(db, phone_book_sql[PURGE],
		DB_ARGS(db_int(older), db_int(max))) == -1)
		return -1;
	return (int)db_changed(db);
}
