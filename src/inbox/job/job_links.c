/*
 * Links a contact to the conversations of its user id and phone.  When they are
 * few, inbox/contact/contact.c does it at once.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"
#include "inbox/job/job_kinds.h"

enum { LINKED, UNLINK, KNOWN, OF_USER, OF_PHONE, OF_ACCOUNT, LINK, N_SQL };

#define PIECE 100

#define OF_IDENTITY(KIND)                                                      \
	"SELECT c.id FROM numbers AS n CROSS JOIN identities AS i"             \
	" CROSS JOIN conversations AS c"                                       \
	" WHERE i.workspace_id = n.workspace_id AND i.number_id = n.id"        \
	" AND c.workspace_id = i.workspace_id AND c.id = i.conversation_id"    \
	" AND n.workspace_id = $1 AND i.kind = '" KIND "' AND i.value = $2"    \
	" AND c.link = 'auto' AND c.contact_id IS NULL LIMIT $3"

static const char *const job_links_sql[N_SQL] = {
	[LINKED] = "SELECT id FROM conversations WHERE workspace_id = $1"
		   " AND contact_id = $2 AND id > $3 ORDER BY id LIMIT $4",
	[UNLINK] = "UPDATE conversations SET contact_id = NULL"
		   " WHERE workspace_id = $1 AND id = $2 AND link = 'auto'",
	[KNOWN] = "SELECT phone, user_id FROM contacts"
		  " WHERE workspace_id = $1 AND id = $2",
	[OF_USER] = OF_IDENTITY("user_id"),
	[OF_PHONE] = "SELECT id FROM conversations WHERE workspace_id = $1"
		     " AND phone = $2 AND link = 'auto' AND contact_id IS NULL"
		     " LIMIT $3",
	/* Also finds a customer who now writes from another account. */
	[OF_ACCOUNT] = OF_IDENTITY("wa_id"),
	[LINK] = "UPDATE conversations SET contact_id = $3, updated_at = CASE"
		 "  WHEN $4 > updated_at THEN $4 ELSE updated_at END"
		 " WHERE workspace_id = $1 AND id = $2",
};

const struct statements job_links_statements = {
	.sql = job_links_sql,
	.n = N_SQL,
	.also = STATEMENTS(&contact_link_statements),
};

/* Links anew the conversations of the contact, except those that a person
 * linked: 1 there are more, 0, -1. */
static int
look_at_linked(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int64_t ids[PIECE];
	int n = db_get_ints(db, job_links_sql[LINKED],
	    DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		db_int(job->place), db_int(PIECE)),
	    ids, PIECE);

	for (int i = 0; i < n && db_written(db) < JOB_FULL; i++) {
		if (db_run(db, job_links_sql[UNLINK],
			DB_ARGS(db_int(job->workspace_id), db_int(ids[i]))) ==
			-1 ||
		    contact_link_conversation(
			db, pool, job->workspace_id, ids[i], now) == -1)
			return -1;
		job->place = ids[i];
	}
	return n == -1 ? -1 : n > 0;
}

/* Links the conversations that STATEMENT finds for KEY: 1 there are more, 0,
 * -1. */
static int
link_found(struct db *db, const char *statement, const struct job *job,
    const char *key, int64_t now)
{
	int64_t ids[PIECE];
	int n = db_get_ints(db, statement,
		DB_ARGS(db_int(job->workspace_id), db_text(key), db_int(PIECE)),
		ids, PIECE),
	    i;

	for (i = 0; i < n && db_written(db) < JOB_FULL; i++)
		if (db_run(db, job_links_sql[LINK],
			DB_ARGS(db_int(job->workspace_id), db_int(ids[i]),
			    db_int(job->subject), db_int(now))) == -1)
			return -1;
	return n == -1 ? -1 : i < n || n == PIECE;
}

static int
read_known(struct db *db, struct pool *pool, const struct job *job,
    const char **phone, const char **user_id)
{
	struct db_rows *r = db_query(db, job_links_sql[KNOWN],
	    DB_ARGS(db_int(job->workspace_id), db_int(job->subject)));
	int rc = db_next(r);

	if (rc == 1) {
		*phone = db_col_copy(r, pool, 0);
		*user_id = db_col_copy(r, pool, 1);
	}
	db_end(r);
	return rc;
}

int
job_contact_links(
    struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	const char *account[PHONE_VARIANTS_MAX], *phone = NULL, *user_id = NULL;
	int rc = look_at_linked(db, pool, job, now), n = 0;

	if (rc != 0 || (rc = read_known(db, pool, job, &phone, &user_id)) != 1)
		return rc;
	rc = user_id == NULL
		 ? 0
		 : link_found(db, job_links_sql[OF_USER], job, user_id, now);
	if (phone != NULL)
		n = phone_accounts(pool, phone, account);
	for (int i = 0; i < n && rc == 0; i++) {
		rc = link_found(
		    db, job_links_sql[OF_PHONE], job, account[i], now);
		if (rc == 0)
			rc = link_found(db, job_links_sql[OF_ACCOUNT], job,
			    account[i] + 1, now);
	}
	return rc;
}
