/*
 * Runs background jobs, one step at a time.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"
#include "inbox/job/job.h"
#include "inbox/job/job_kinds.h"
#include "inbox/job/number_move.h"
#include "inbox/job/workspace_remove.h"
#include "inbox/node/delivery_state.h"

enum { NEXT, ONE, OF, PLACE, END, N_SQL };

#define JOB                                                                    \
	"SELECT id, workspace_id, kind, subject, target, place, name FROM "    \
	"jobs"

static const char *const job_sql[N_SQL] = {
	[NEXT] = JOB " WHERE id > $1 ORDER BY id LIMIT 1",
	[ONE] = JOB " WHERE id = $1",
	[OF] = JOB " WHERE workspace_id = $1 AND kind = $2 AND subject = $3"
		   " UNION ALL " JOB " WHERE workspace_id = $1 AND kind = $2"
		   " AND target = $3 LIMIT 1",
	[PLACE] = "UPDATE jobs SET place = $2 WHERE id = $1",
	[END] = "DELETE FROM jobs WHERE id = $1",
};

#define LET_MS 5 /* for other writers, between two steps */

static const struct job_kind {
	const char *name;
	job_kind *step;
} kinds[] = {
	{ "merge", merge_step },
	{ "contact_gone", job_contact_gone },
	{ "contact_tags", job_contact_tags },
	{ "contact_links", job_contact_links },
	{ "tag_gone", job_tag_gone },
	{ "contact_field_gone", job_contact_field_gone },
	{ "mark_gone", job_mark_gone },
	{ "tag_renamed", job_tag_renamed },
	{ "member_gone", job_member_gone },
	{ "number_gone", job_number_gone },
	{ "number_move", job_number_move },
	{ "workspace_gone", job_workspace_gone },
	{ "arrived", delivery_state_arrived_step },
};

const struct statements job_statements = {
	.sql = job_sql,
	.n = N_SQL,
	.also = STATEMENTS(&merge_statements, &delivery_state_statements,
	    &job_links_statements, &number_move_statements,
	    &workspace_remove_statements, &job_kinds_statements),
};

/* 1, 0, -1. */
static int
read_job(struct db_rows *r, struct pool *pool, struct job *job)
{
	int rc = db_next(r);

	if (rc == 1)
		*job = (struct job){
			.id = db_col_int(r, 0),
			.workspace_id = db_col_int(r, 1),
			.kind = db_col_copy(r, pool, 2),
			.subject = db_col_int(r, 3),
			.target = db_col_int(r, 4),
			.place = db_col_int(r, 5),
			.name = db_col_copy(r, pool, 6),
		};
	db_end(r);
	return rc;
}

static const struct job_kind *
find_kind(const struct job *job)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is(kinds[i].name, job->kind))
			return &kinds[i];
	log_warn("job %lld: this program does not know the kind '%s'",
	    (long long)job->id, job->kind);
	return NULL;
}

/* Runs the step, inside its transaction: 0, -1. */
static int
work_job(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	const struct job_kind *kind = find_kind(job);
	int rc = kind != NULL ? kind->step(db, pool, job, now) : 0;

	if (rc == -1)
		return -1;
	if (rc == 0)
		return db_run(db, job_sql[END], DB_ARGS(db_int(job->id)));
	job->waits = rc == JOB_WAITS;
	if (job->waits)
		return 0;
	return db_run(
	    db, job_sql[PLACE], DB_ARGS(db_int(job->id), db_int(job->place)));
}

/* Takes the lock, reads JOB again, which may have changed, and runs a step: 0,
 * -1. */
static int
take_step(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	const char *media_dir = job->media_dir;
	int rc, wanted;

	if (db_begin_step(db) == -1)
		return -1;
	rc = read_job(
	    db_query(db, job_sql[ONE], DB_ARGS(db_int(job->id))), pool, job);
	job->media_dir = media_dir;
	if (rc == -1 || (rc == 1 && work_job(db, pool, job, now) == -1)) {
		log_warn("job %lld (%s) failed and is tried again",
		    (long long)job->id, job->kind);
		db_rollback(db);
		return -1;
	}
	wanted = db_wanted(db);
	if (db_commit(db) == -1)
		return -1;
	if (wanted)
		db_let_others(db, LET_MS);
	return 0;
}

int
job_step(struct db *db, struct pool *pool, const char *media_dir, int64_t *last,
    int64_t now)
{
	struct job job;
	int rc = read_job(
	    db_query(db, job_sql[NEXT], DB_ARGS(db_int(*last))), pool, &job);

	if (rc == 0 && *last != 0) {
		*last = 0;
		return 1;
	}
	if (rc != 1)
		return rc;
	*last = job.id;
	job.media_dir = media_dir;
	if (take_step(db, pool, &job, now) == -1)
		return -1;
	return !job.waits;
}

int
job_finish(struct db *db, struct pool *pool, int64_t workspace_id,
    const char *kind, int64_t id, int64_t now)
{
	struct job job = { 0 };
	int rc;

	while ((rc = read_job(db_query(db, job_sql[OF],
				  DB_ARGS(db_int(workspace_id), db_text(kind),
				      db_int(id))),
		    pool, &job)) == 1)
		if (take_step(db, pool, &job, now) == -1)
			return -1;
	return rc;
}
