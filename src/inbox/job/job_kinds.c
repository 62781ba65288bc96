/*
 * The steps of jobs.  When there are few rows, the triggers of inbox.sql do the
 * same at once.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/contact/contact_link.h"
#include "inbox/job/job_kinds.h"

enum {
	LINKED,
	UNLINK,
	UNTAG,
	LIST_OUT,
	LIST_IN,
	TAGGED,
	TAKE_OFF,
	VALUED,
	TAKE_VALUE,
	MARKED,
	TAKE_MARK,
	RENAMED,
	LAST_RENAMED,
	SAY_LEFT,
	UNASSIGN,
	UNSEE,
	EVENTS,
	LAST_EVENT,
	STATUSES, /* each followed by its DELETE */
	PATCHES = STATUSES + 2,
	REACTIONS = PATCHES + 2,
	IDENTITIES = REACTIONS + 2,
	SIGHTINGS = IDENTITIES + 2,
	CHANGES = SIGHTINGS + 2,
	PHONE_BOOK = CHANGES + 2,
	N_SQL = PHONE_BOOK + 2
};

#define PIECE 100 /* rows read or deleted at once */

#define OF_ASSIGNEE                                                            \
	" FROM conversations WHERE workspace_id = $1 AND assigned_to = $2"     \
	" ORDER BY status, last_message_at, id LIMIT $3"

#define OF_NUMBER " WHERE workspace_id = $1 AND number_id = $2"

/* The rows of a removed number in a table.  FIRST_OF finds the next value of
 * PART of the primary key, REST_OF deletes rows with it.  (One statement
 * would not do: for a row value in a list SQLite uses only two columns of
 * the key.) */
#define FIRST_OF(TABLE, PART)                                                  \
	"SELECT " PART " FROM " TABLE OF_NUMBER " ORDER BY " PART " LIMIT 1"
#define REST_OF(TABLE, PART, KEY)                                              \
	"DELETE FROM " TABLE OF_NUMBER " AND " PART " = $3 AND (" KEY ") IN (" \
	"SELECT " KEY " FROM " TABLE OF_NUMBER " AND " PART " = $3 LIMIT $4)"

static const char *const job_kinds_sql[N_SQL] = {
	[LINKED] = "SELECT id FROM conversations WHERE workspace_id = $1"
		   " AND contact_id = $2 AND id > $3 ORDER BY id LIMIT $4",
	[UNLINK] = "UPDATE conversations SET contact_id = NULL, link = 'auto'"
		   " WHERE workspace_id = $1 AND id = $2",
	[UNTAG] = "DELETE FROM contact_tags"
		  " WHERE workspace_id = $1 AND contact_id = $2",
	/* The same as the trigger conversation_tags_changed. */
	[LIST_OUT] =
	    "DELETE FROM conversation_tags"
	    " WHERE (workspace_id, status, last_message_at, conversation_id)"
	    "  = (SELECT workspace_id, status, last_message_at, id"
	    "  FROM conversations WHERE workspace_id = $1 AND id = $2)"
	    " AND tag_id IN (SELECT tag_id FROM contact_tags"
	    "  WHERE workspace_id = $1 AND contact_id = $3"
	    "  UNION ALL SELECT $4)",
	[LIST_IN] =
	    "INSERT INTO conversation_tags(workspace_id, tag_id, status,"
	    " last_message_at, conversation_id, tag_ids)"
	    " SELECT k.workspace_id, k.tag_id, c.status, c.last_message_at,"
	    " c.id, p.tag_ids FROM conversations AS c"
	    " CROSS JOIN contacts AS p CROSS JOIN contact_tags AS k"
	    " WHERE p.id = c.contact_id AND k.workspace_id = c.workspace_id"
	    " AND k.contact_id = c.contact_id AND c.workspace_id = $1 AND c.id "
	    "= $2 AND c.contact_id = $3",
	[TAGGED] = "SELECT contact_id FROM contact_tags WHERE workspace_id = $1"
		   " AND tag_id = $2 AND contact_id > $3"
		   " ORDER BY contact_id LIMIT $4",
	[TAKE_OFF] = "DELETE FROM contact_tags WHERE workspace_id = $1"
		     " AND contact_id = $2 AND tag_id = $3",
	[VALUED] = "SELECT contact_id FROM contact_values"
		   " WHERE workspace_id = $1 AND field_id = $2"
		   " AND contact_id > $3 ORDER BY contact_id LIMIT $4",
	[TAKE_VALUE] = "DELETE FROM contact_values WHERE workspace_id = $1"
		       " AND contact_id = $2 AND field_id = $3",
	[MARKED] = "SELECT conversation_id FROM conversation_marks"
		   " WHERE workspace_id = $1 AND mark_id = $2"
		   " AND conversation_id > $3 LIMIT $4",
	[TAKE_MARK] = "DELETE FROM conversation_marks WHERE workspace_id = $1"
		      " AND conversation_id = $2 AND mark_id = $3",
	[RENAMED] = "INSERT INTO changes(workspace_id, seq, type, object_id)"
		    " SELECT $1, (SELECT COALESCE(MAX(seq), 0) FROM changes"
		    "  WHERE workspace_id = $1) + row_number() OVER"
		    "  (ORDER BY contact_id), 'contact.updated', contact_id"
		    " FROM contact_tags WHERE workspace_id = $1 AND tag_id = $2"
		    " AND contact_id > $3 AND contact_id <= $4",
	[LAST_RENAMED] =
	    "SELECT MAX(contact_id) FROM (SELECT contact_id FROM contact_tags"
	    " WHERE workspace_id = $1 AND tag_id = $2 AND contact_id > $3"
	    " ORDER BY contact_id LIMIT $4) AS some_of",
	/* These two: of the same conversations. */
	[SAY_LEFT] = "INSERT INTO activities(workspace_id, conversation_id,"
		     " user_id, kind, at) SELECT workspace_id, id,"
		     " assigned_to, 'left', CAST($4 AS BIGINT)" OF_ASSIGNEE,
	[UNASSIGN] = "UPDATE conversations SET assigned_to = NULL"
		     " WHERE id IN (SELECT id" OF_ASSIGNEE ")",
	[UNSEE] = "DELETE FROM seen_marks WHERE id IN (SELECT id"
		  "  FROM seen_marks WHERE workspace_id = $1 AND user_id = $2"
		  "  LIMIT $3)",
	/* By id, so many in a step. */
	[EVENTS] = "UPDATE workspace_events SET number_id = NULL"
		   " WHERE workspace_id + 0 = $1 AND number_id = $2"
		   " AND id > $3 AND id <= $4",
	[LAST_EVENT] = "SELECT COALESCE(MAX(id), 0) FROM workspace_events",
	[STATUSES] = FIRST_OF("message_statuses", "wamid"),
	[STATUSES + 1] =
	    REST_OF("message_statuses", "wamid", "status, participant"),
	[PATCHES] = FIRST_OF("message_patches", "target_wamid"),
	[PATCHES + 1] = REST_OF("message_patches", "target_wamid", "wamid"),
	[REACTIONS] = FIRST_OF("reactions", "target_wamid"),
	[REACTIONS + 1] = REST_OF("reactions", "target_wamid", "sender"),
	[IDENTITIES] = FIRST_OF("identities", "kind"),
	[IDENTITIES + 1] = REST_OF("identities", "kind", "value, valid_from"),
	[SIGHTINGS] = FIRST_OF("sightings", "account"),
	[SIGHTINGS + 1] = REST_OF("sightings", "account", "id"),
	[CHANGES] = FIRST_OF("identity_changes", "account"),
	[CHANGES + 1] = REST_OF("identity_changes", "account",
	    "user_id, new_account, new_user_id, portfolio, at"),
	[PHONE_BOOK] = FIRST_OF("phone_book", "entry"),
	[PHONE_BOOK + 1] = REST_OF("phone_book", "entry", "id"),
};

const struct statements job_kinds_statements = {
	.sql = job_kinds_sql,
	.n = N_SQL,
	.also = STATEMENTS(&contact_link_statements),
};

/* At most PIECE ids of STATEMENT, from the job's place on: how many, -1. */
static int
read_ids_job_ids(
    struct db *db, const char *statement, const struct job *job, int64_t *ids)
{
	return db_get_ints(db, statement,
	    DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		db_int(job->place), db_int(PIECE)),
	    ids, PIECE);
}

/* Unlinks; a conversation whose phone has another contact now is linked to
 * it. */
int
job_contact_gone(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int64_t ids[PIECE];
	int n = read_ids_job_ids(db, job_kinds_sql[LINKED], job, ids);

	for (int i = 0; i < n && db_written(db) < JOB_FULL; i++) {
		if (db_run(db, job_kinds_sql[UNLINK],
			DB_ARGS(db_int(job->workspace_id), db_int(ids[i]))) ==
			-1 ||
		    contact_link_conversation(
			db, pool, job->workspace_id, ids[i], now) == -1)
			return -1;
	}
	if (n != 0)
		return n == -1 ? -1 : 1;
	return db_run(db, job_kinds_sql[UNTAG],
	    DB_ARGS(db_int(job->workspace_id), db_int(job->subject)));
}

int
job_contact_tags(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int64_t ids[PIECE];
	int n = read_ids_job_ids(db, job_kinds_sql[LINKED], job, ids);

	(void)pool;
	(void)now;
	for (int i = 0; i < n && db_written(db) < JOB_FULL; i++) {
		const struct db_arg *args =
		    DB_SHARED_ARGS(db_int(job->workspace_id), db_int(ids[i]),
			db_int(job->subject), db_int(job->target));

		if (db_run(db, job_kinds_sql[LIST_OUT], args) == -1 ||
		    db_run(db, job_kinds_sql[LIST_IN], args) == -1)
			return -1;
		job->place = ids[i];
	}
	return n == -1 ? -1 : n > 0;
}

/* Takes the job's subject off what STATEMENT finds to have it. */
static int
take_off(struct db *db, struct job *job, int statement, int take)
{
	int64_t ids[PIECE];
	int n = read_ids_job_ids(db, job_kinds_sql[statement], job, ids);

	for (int i = 0; i < n && db_written(db) < JOB_FULL; i++)
		if (db_run(db, job_kinds_sql[take],
			DB_ARGS(db_int(job->workspace_id), db_int(ids[i]),
			    db_int(job->subject))) == -1)
			return -1;
	return n == -1 ? -1 : n > 0;
}

int
job_tag_gone(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	(void)pool;
	(void)now;
	return take_off(db, job, TAGGED, TAKE_OFF);
}

int
job_contact_field_gone(
    struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	(void)pool;
	(void)now;
	return take_off(db, job, VALUED, TAKE_VALUE);
}

int
job_mark_gone(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	(void)pool;
	(void)now;
	return take_off(db, job, MARKED, TAKE_MARK);
}

int
job_tag_renamed(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int64_t last = 0;

	(void)pool;
	(void)now;
	if (db_get_int(db, job_kinds_sql[LAST_RENAMED],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(job->place), db_int(JOB_FULL)),
		&last) == -1)
		return -1;
	if (last == 0)
		return 0;
	if (db_run(db, job_kinds_sql[RENAMED],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(job->place), db_int(last))) == -1)
		return -1;
	job->place = last;
	return 1;
}

int
job_member_gone(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	(void)pool;
	/* / 4: an activity and a conversation, and a change of each. */
	if (db_run(db, job_kinds_sql[SAY_LEFT],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(JOB_FULL / 4), db_int(now))) == -1 ||
	    db_run(db, job_kinds_sql[UNASSIGN],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(JOB_FULL / 4))) == -1)
		return -1;
	if (db_changed(db) > 0)
		return 1;
	if (db_run(db, job_kinds_sql[UNSEE],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(JOB_FULL))) == -1)
		return -1;
	return db_changed(db) > 0;
}

/* Events stay without the number.  They are walked by id, since no index has
 * the number. */
static int
let_events_go(struct db *db, struct job *job)
{
	int64_t last = 0, end = job->place + DB_STEP_MAX - JOB_FULL;

	if (db_get_int(db, job_kinds_sql[LAST_EVENT], DB_NONE, &last) == -1)
		return -1;
	if (job->place >= last)
		return 0;
	if (db_run(db, job_kinds_sql[EVENTS],
		DB_ARGS(db_int(job->workspace_id), db_int(job->subject),
		    db_int(job->place), db_int(end))) == -1)
		return -1;
	job->place = end;
	return 1;
}

/* Deletes rows of the table of STATEMENT, until the step is full: 1 there
 * may be more, 0 none is left, -1. */
static int
let_rows_go(
    struct db *db, struct pool *pool, const struct job *job, int statement)
{
	const struct db_arg workspace = db_int(job->workspace_id),
			    number = db_int(job->subject);

	while (db_written(db) < JOB_FULL) {
		struct db_rows *r = db_query(
		    db, job_kinds_sql[statement], DB_ARGS(workspace, number));
		const char *part = NULL;
		int rc = db_next(r);

		if (rc == 1)
			part = db_col_copy(r, pool, 0);
		db_end(r);
		if (rc != 1)
			return rc;
		if (db_run(db, job_kinds_sql[statement + 1],
			DB_ARGS(workspace, number, db_text(part),
			    db_int(PIECE))) == -1)
			return -1;
	}
	return 1;
}

int
job_number_rows(struct db *db, struct pool *pool, const struct job *job)
{
	int rc = 0;

	for (int i = STATUSES; i < N_SQL && rc == 0; i += 2)
		rc = let_rows_go(db, pool, job, i);
	return rc;
}

int
job_number_gone(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	int rc = job_number_rows(db, pool, job);

	(void)now;
	return rc == 0 ? let_events_go(db, job) : rc;
}
