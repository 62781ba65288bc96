/*
 * Finds the number that a delivery names; adds one that nobody registered.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/number.h"

enum {
	FIND,
	FIND_ACCOUNT,
	FIND_ONLY,
	IS_OF,
	ONLY_WORKSPACE,
	ADD,
	LEARN,
	N_SQL
};

static const char *const number_sql[N_SQL] = {
	[FIND] = "SELECT id, workspace_id, moving_to FROM numbers"
		 " WHERE phone_number_id = $1",
	[FIND_ACCOUNT] = "SELECT id, workspace_id, moving_to FROM numbers"
			 " WHERE waba_id = $1 ORDER BY id LIMIT 1",
	[FIND_ONLY] = "SELECT id, workspace_id, moving_to FROM numbers"
		      " ORDER BY id LIMIT 2",
	[IS_OF] = "SELECT 1 FROM numbers WHERE phone_number_id = $1"
		  " AND waba_id = $2",
	[ONLY_WORKSPACE] = "SELECT id FROM workspaces ORDER BY id LIMIT 2",
	[ADD] = "INSERT INTO numbers(workspace_id, phone_number_id,"
		" registered, created_at)"
		" SELECT id, $1, 0, $3 FROM workspaces WHERE id = $2"
		" RETURNING id, workspace_id, moving_to",
	[LEARN] =
	    "UPDATE numbers SET waba_id = COALESCE($2, waba_id),"
	    " display_phone = COALESCE($3, display_phone)"
	    " WHERE id = $1 AND (COALESCE(waba_id, '') <>"
	    "  COALESCE($2, waba_id, '') OR COALESCE(display_phone, '') <>"
	    "  COALESCE($3, display_phone, ''))",
};

const struct statements number_statements = {
	.sql = number_sql,
	.n = N_SQL,
};

static void
fill_key(struct db_rows *r, struct number_key *number)
{
	number->id = db_col_int(r, 0);
	number->workspace_id = db_col_int(r, 1);
	number->moving = db_col_int(r, 2) != 0;
}

static int
read_number_key(struct db *db, const char *statement, const struct db_arg *args,
    struct number_key *number)
{
	struct db_rows *r = db_query(db, statement, args);
	int rc = db_next(r);

	if (rc == 1) {
		fill_key(r, number);
	}
	db_end(r);
	return rc;
}

int
number_find(
    struct db *db, const char *phone_number_id, struct number_key *number)
{
	return read_number_key(
	    db, number_sql[FIND], DB_ARGS(db_text(phone_number_id)), number);
}

int
number_find_account(
    struct db *db, const char *waba_id, struct number_key *number)
{
	return read_number_key(
	    db, number_sql[FIND_ACCOUNT], DB_ARGS(db_text(waba_id)), number);
}

int
number_is_of_account(
    struct db *db, const char *phone_number_id, const char *waba_id)
{
	int64_t one;

	return db_get_int(db, number_sql[IS_OF],
	    DB_ARGS(db_text(phone_number_id), db_text(waba_id)), &one);
}

int
number_find_only(struct db *db, struct number_key *number)
{
	struct db_rows *r = db_query(db, number_sql[FIND_ONLY], DB_NONE);
	int rc = db_next(r);

	if (rc == 1) {
		fill_key(r, number);
		rc = db_next(r);
		rc = rc == -1 ? -1 : rc == 0;
	}
	db_end(r);
	return rc;
}

int
number_only_workspace(struct db *db, int64_t *workspace_id)
{
	struct db_rows *r = db_query(db, number_sql[ONLY_WORKSPACE], DB_NONE);
	int rc = db_next(r);

	if (rc == 1) {
		*workspace_id = db_col_int(r, 0);
		rc = db_next(r);
		rc = rc == -1 ? -1 : rc == 0;
	}
	db_end(r);
	return rc;
}

int
number_add_found(struct db *db, const char *phone_number_id,
    int64_t workspace_id, int64_t now, struct number_key *number)
{
	return read_number_key(db, number_sql[ADD],
	    DB_ARGS(
		db_text(phone_number_id), db_int(workspace_id), db_int(now)),
	    number);
}

int
number_learn(
    struct db *db, int64_t id, const char *waba_id, const char *display_phone)
{
	if (waba_id == NULL && display_phone == NULL)
		return 0;
	if (db_run(db, number_sql[LEARN],
		DB_ARGS(db_int(id), db_text(waba_id),
		    db_text(display_phone))) == -1)
		return -1;
	return db_changed(db) > 0;
}
