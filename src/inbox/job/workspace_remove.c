/*
 * Deletes a workspace, step by step.  Each step starts from the first function
 * again, and so finds where the last step ended.  The order: conversations with
 * their messages and files; uploads, contacts, and all tables that nothing else
 * waits for, which the build finds in the schema (schema/workspace-tables); the
 * numbers with the rows that deliveries wrote; members and counters.  Changes
 * come last, since each deletion writes one.  When all rows are deleted, the
 * search indexes are merged, so that no word is left in them.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/erasure/delete.h"
#include "inbox/job/job_kinds.h"
#include "inbox/job/workspace_remove.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_progress.h"

#include "schema/sqlite/workspace_tables.h"

enum { TICKETS, TOKENS, STOP, BEGIN, ERASURES, MOVES, IS_ON, SIGN, N_BEGIN };

static const char *const begin_sql[N_BEGIN] = {
	[TICKETS] = "DELETE FROM tickets WHERE token_id IN"
		    " (SELECT id FROM api_tokens WHERE workspace_id = $1)",
	[TOKENS] = "DELETE FROM api_tokens WHERE workspace_id = $1",
	[STOP] = "UPDATE numbers SET moving_to = $1 WHERE workspace_id = $1",
	[BEGIN] = "INSERT INTO jobs(workspace_id, kind, subject)"
		  " VALUES ($1, 'workspace_gone', $1)"
		  " ON CONFLICT(workspace_id, kind, subject, target, name)"
		  " DO NOTHING",
	[ERASURES] = "SELECT COUNT(*) FROM erasures WHERE workspace_id = $1"
		     " AND done_at IS NULL",
	[MOVES] = "SELECT COUNT(*) FROM numbers WHERE moving_to IS NOT NULL"
		  " AND moving_to <> workspace_id"
		  " AND (workspace_id = $1 OR moving_to = $1)",
	[IS_ON] = "SELECT 1 FROM jobs WHERE workspace_id = $1"
		  " AND kind = 'workspace_gone' AND subject = $1"
		  " AND place = 0",
	/* Each deletion raises the highest seq of changes; when the changes
	 * themselves are deleted, the lowest rises. */
	[SIGN] = "SELECT COALESCE((SELECT MAX(seq) FROM changes"
		 "  WHERE workspace_id = $1), 0)"
		 " + COALESCE((SELECT MIN(seq) FROM changes"
		 "  WHERE workspace_id = $1), 0)",
};

enum {
	OTHERS,
	CONVERSATION,
	NUMBER,
	UNMATCHED,
	PAUSE,
	QUEUE,
	ERRORS,
	NUMBER_GONE,
	UPLOAD,
	CONTACT, /* from here on: some rows of one table */
	KEYS,
	REPORTS,
	MEMBERS,
	FILES,
	COUNTERS,
	PARTITIONS,
	CHANGES,
	WORKSPACE,
	HIGHEST,
	N_SQL
};

#define PIECE 50 /* rows of one statement; a step ends at JOB_FULL */

#define SOME_OF(TABLE, KEY)                                                    \
	"DELETE FROM " TABLE " WHERE workspace_id = $1 AND " KEY " IN ("       \
	"SELECT " KEY " FROM " TABLE " WHERE workspace_id = $1 LIMIT $2)"
#define REPORTS_OF                                                             \
	" FROM report_counts WHERE workspace_id = $1"                          \
	" AND number_id = (SELECT number_id FROM report_counts"                \
	"  WHERE workspace_id = $1 ORDER BY number_id LIMIT 1)"
#define KEYS_OF                                                                \
	" FROM idempotency_keys WHERE workspace_id = $1"                       \
	" AND user_id = (SELECT user_id FROM idempotency_keys"                 \
	"  WHERE workspace_id = $1 ORDER BY user_id LIMIT 1)"

static const char *const workspace_remove_sql[N_SQL] = {
	/* Other jobs and erasures of the workspace, and rows that wait for the
	 * provider's answer. */
	[OTHERS] = "SELECT 1 FROM jobs WHERE workspace_id = $1"
		   " AND kind <> 'workspace_gone' UNION ALL"
		   " SELECT 1 FROM erasures WHERE workspace_id = $1"
		   " AND done_at IS NULL UNION ALL"
		   " SELECT 1 FROM outbox WHERE state = 'sending'"
		   " AND workspace_id = $1 LIMIT 1",
	[CONVERSATION] = "SELECT id FROM conversations WHERE workspace_id = $1"
			 " LIMIT 1",
	[NUMBER] = "SELECT id FROM numbers WHERE workspace_id = $1 LIMIT 1",
	[UNMATCHED] =
	    "DELETE FROM unmatched WHERE number_id = $1 AND wamid IN ("
	    "SELECT wamid FROM unmatched WHERE number_id = $1 LIMIT $2)",
	[PAUSE] = "DELETE FROM number_pauses WHERE number_id = $1",
	[QUEUE] = "DELETE FROM number_queues WHERE number_id = $1",
	[ERRORS] = "DELETE FROM media_errors WHERE number_id = $1",
	[NUMBER_GONE] = "DELETE FROM numbers WHERE id = $1",
	[UPLOAD] = "SELECT id, path FROM uploads WHERE workspace_id = $1"
		   " ORDER BY id LIMIT 1",
	[CONTACT] = SOME_OF("contacts", "id"),
	[KEYS] =
	    "DELETE" KEYS_OF " AND key IN (SELECT key" KEYS_OF " LIMIT $2)",
	[REPORTS] = "DELETE" REPORTS_OF " AND slot IN (SELECT slot" REPORTS_OF
		    " ORDER BY slot LIMIT $2)",
	[MEMBERS] = SOME_OF("workspace_members", "user_id"),
	[FILES] = SOME_OF("workspace_files", "workspace_id"),
	[COUNTERS] = SOME_OF("counters", "workspace_id"),
	[PARTITIONS] = SOME_OF("search_partitions", "first_id"),
	[CHANGES] = SOME_OF("changes", "seq"),
	[WORKSPACE] = "DELETE FROM workspaces WHERE id = $1",
	/* Keeps the highest seq for inbox/node/id_marks.c: without it the inbox
	 * would look older than its marks. */
	[HIGHEST] = "INSERT INTO retention(rule, at) SELECT 'changes', c.seq"
		    " FROM changes AS c WHERE c.workspace_id = $1"
		    " ORDER BY c.seq DESC LIMIT 1 ON CONFLICT(rule) DO UPDATE"
		    " SET at = excluded.at WHERE excluded.at > retention.at",
};

#define ROWS_OF(TABLE, KEY) SOME_OF(TABLE, KEY),

static const char *const tables_sql[] = { WORKSPACE_TABLES(ROWS_OF) };

#define N_TABLES (sizeof(tables_sql) / sizeof(tables_sql[0]))

/* Places of the job: first rows are deleted, then words of the search. */
enum { ROWS, MERGE };

static const struct statements begin_statements = {
	.sql = begin_sql,
	.n = N_BEGIN,
};

static const struct statements tables_statements = {
	.sql = tables_sql,
	.n = N_TABLES,
};

const struct statements workspace_remove_statements = {
	.sql = workspace_remove_sql,
	.n = N_SQL,
	.also = STATEMENTS(&delete_statements, &search_merge_statements,
	    &search_progress_statements, &begin_statements, &tables_statements),
};

int
workspace_remove_look(
    struct db *db, int64_t workspace_id, struct workspace_remove_hindrance *h)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id));

	*h = (struct workspace_remove_hindrance){ 0 };
	if (db_get_int(db, begin_sql[ERASURES], args, &h->erasures) == -1 ||
	    db_get_int(db, begin_sql[MOVES], args, &h->moves) == -1)
		return -1;
	return 0;
}

int
workspace_remove_begin(struct db *db, int64_t workspace_id)
{
	/* BEGIN is the last of them. */
	for (int i = TICKETS; i <= BEGIN; i++)
		if (db_run(db, begin_sql[i], DB_ARGS(db_int(workspace_id))) ==
		    -1)
			return -1;
	return db_changed(db) > 0;
}

int
workspace_remove_is_on(struct db *db, int64_t workspace_id, int64_t *sign)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id));
	int64_t one;
	int rc = db_get_int(db, begin_sql[IS_ON], args, &one);

	if (rc == 1 && db_get_int(db, begin_sql[SIGN], args, sign) == -1)
		return -1;
	return rc;
}

/* One step of the job. */
struct removal {
	struct deletion deletion; /* has db and pool */
	int64_t workspace_id;
};

static int
is_full(const struct removal *r)
{
	return db_written(r->deletion.db) >= JOB_FULL;
}

/* Here and below: 0 none is left, 1 the step is full, -1. */
static int
remove_conversations(struct removal *r)
{
	struct deletion *d = &r->deletion;
	int64_t id;
	int rc;

	while ((rc = db_get_int(d->db, workspace_remove_sql[CONVERSATION],
		    DB_ARGS(db_int(r->workspace_id)), &id)) == 1) {
		if (is_full(r) || delete_left(d) == 0)
			return 1;
		rc = delete_conversation(d, r->workspace_id, id);
		if (rc != 1)
			return rc == -1 ? -1 : 1;
	}
	return rc;
}

static int
remove_uploads(struct removal *r)
{
	struct deletion *d = &r->deletion;

	for (;;) {
		struct db_rows *rows =
		    db_query(d->db, workspace_remove_sql[UPLOAD],
			DB_ARGS(db_int(r->workspace_id)));
		int rc = db_next(rows);
		int64_t id = rc == 1 ? db_col_int(rows, 0) : 0;
		const char *path =
		    rc == 1 ? db_col_copy(rows, d->pool, 1) : NULL;

		db_end(rows);
		if (rc != 1 || is_full(r))
			return rc;
		if (delete_upload(d, r->workspace_id, id, path) == -1)
			return -1;
	}
}

/* All rows that STATEMENT finds, PIECE at a time. */
static int
remove_rows(struct removal *r, const char *statement, int piece)
{
	do {
		if (is_full(r))
			return 1;
		if (db_run(r->deletion.db, statement,
			DB_ARGS(db_int(r->workspace_id), db_int(piece))) == -1)
			return -1;
	} while (db_changed(r->deletion.db) > 0);
	return 0;
}

/* The tables that nothing else waits for. */
static int
remove_tables(struct removal *r)
{
	/* for each contact its tags are deleted, too */
	int rc = remove_rows(r, workspace_remove_sql[CONTACT], 1);

	if (rc == 0)
		rc = remove_rows(r, workspace_remove_sql[KEYS], PIECE);
	if (rc == 0) /* of a quarter hour there may be many */
		rc = remove_rows(r, workspace_remove_sql[REPORTS], 1);
	for (size_t i = 0; i < N_TABLES && rc == 0; i++)
		rc = remove_rows(r, tables_sql[i], PIECE);
	return rc;
}

/* The tables that the deletion of others reads or writes. */
static int
remove_last(struct removal *r)
{
	int rc = 0;

	for (int i = MEMBERS; i <= PARTITIONS && rc == 0; i++)
		rc = remove_rows(r, workspace_remove_sql[i], PIECE);
	if (rc == 0)
		rc = db_run(r->deletion.db, workspace_remove_sql[HIGHEST],
		    DB_ARGS(db_int(r->workspace_id)));
	if (rc == 0)
		rc = remove_rows(r, workspace_remove_sql[CHANGES], PIECE);
	return rc;
}

/* Deletes a number, and the rows that only its deliveries need. */
static int
remove_number(struct removal *r, int64_t id)
{
	struct db *db = r->deletion.db;
	const struct job of = { .workspace_id = r->workspace_id,
		.subject = id };
	int rc = job_number_rows(db, r->deletion.pool, &of);

	if (rc != 0)
		return rc;
	do {
		if (is_full(r))
			return 1;
		if (db_run(db, workspace_remove_sql[UNMATCHED],
			DB_ARGS(db_int(id), db_int(PIECE))) == -1)
			return -1;
	} while (db_changed(db) > 0);
	for (int i = PAUSE; i <= ERRORS; i++)
		if (db_run(db, workspace_remove_sql[i], DB_ARGS(db_int(id))) ==
		    -1)
			return -1;
	return db_run(
	    db, workspace_remove_sql[NUMBER_GONE], DB_ARGS(db_int(id)));
}

static int
remove_numbers(struct removal *r)
{
	int64_t id;
	int rc;

	while ((rc = db_get_int(r->deletion.db, workspace_remove_sql[NUMBER],
		    DB_ARGS(db_int(r->workspace_id)), &id)) == 1) {
		if (is_full(r))
			return 1;
		if ((rc = remove_number(r, id)) != 0)
			return rc;
	}
	return rc;
}

/* All rows, in their order; also JOB_WAITS. */
static int
remove_all(struct removal *r)
{
	int rc = remove_conversations(r);

	if (rc == 0)
		rc = remove_uploads(r);
	if (rc == 0)
		rc = remove_tables(r);
	if (rc == 0)
		rc = remove_numbers(r);
	/* Their words are known by their partition: the processor takes them
	 * out first, between two steps. */
	if (rc == 0 && (rc = search_progress_is_stale(r->deletion.db)) == 1)
		return JOB_WAITS;
	if (rc == 0)
		rc = remove_last(r);
	return rc;
}

static int
remove_workspace(struct removal *r, struct job *job)
{
	struct db *db = r->deletion.db;

	if (db_run(db, workspace_remove_sql[WORKSPACE],
		DB_ARGS(db_int(r->workspace_id))) == -1 ||
	    search_merge_begin(db) == -1)
		return -1;
	job->place = MERGE;
	log_info("workspace %lld is removed", (long long)job->workspace_id);
	return 1;
}

int
job_workspace_gone(
    struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	struct removal r = {
		.deletion = { .db = db, .pool = pool, .now = now },
		.workspace_id = job->workspace_id,
	};
	int64_t one;
	int rc;

	if (job->place == MERGE)
		return search_merge_step(db);
	rc = db_get_int(db, workspace_remove_sql[OTHERS],
	    DB_ARGS(db_int(r.workspace_id)), &one);
	if (rc != 0)
		return rc == -1 ? -1 : JOB_WAITS;
	delete_begin(&r.deletion);
	rc = remove_all(&r);
	if (rc == 0)
		rc = remove_workspace(&r, job);
	if (rc == -1 || (job->media_dir != NULL &&
			    delete_files(&r.deletion, job->media_dir) == -1))
		return -1;
	return rc;
}
