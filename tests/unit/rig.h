#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

/* An inbox with one workspace (1) and number "100" (1), and events for it. */
#include "unit.h"

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/node/delivery_state.h"
#include "inbox/workspace/number.h"

#include "process/drain/apply.h"
#include "process/drain/drain.h"

#define RIG_NOW 1700000000

struct rig {
	char		*dir, *path;
	struct db	*db;
	struct pool	*pool;
	struct apply	 apply;
	const char	*reason;
};

static const struct number_key rig_number = { .id = 1, .workspace_id = 1 };

static inline int
rig_begin(void **state)
{
	struct rig *g = calloc(1, sizeof(*g));

	log_open("test", LOG_LEVEL_WARN);
	g->dir = unit_dir();
	g->path = unit_path(g->dir, "inbox.db");
	g->pool = pool_new();
	assert_int_not_equal(inbox_create(g->path), -1);
	g->db = inbox_open(g->path, DB_WRITE, 1000);
	assert_non_null(g->db);
	assert_int_equal(db_script(g->db,
	    "INSERT INTO workspaces(name, created_at) VALUES ('a', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
	    " VALUES (1, '100', 1);"), 0);
	assert_int_equal(db_prepare_all(g->db, &drain_statements), 0);
	assert_int_equal(db_prepare_all(g->db, &job_statements), 0);
	db_strict();
	g->apply.db = g->db;
	*state = g;
	return 0;
}

static inline int
rig_end(void **state)
{
	struct rig *g = *state;

	db_close(g->db);
	pool_free(g->pool);
	free(g->path);
	unit_clear(g->dir);
	free(g);
	return 0;
}

/* The one number that SQL (a literal) answers; -1 no row. */
static inline int64_t
rig_int(struct rig *g, const char *sql)
{
	int64_t value = -1;

	assert_int_not_equal(db_get_int(g->db, sql, DB_NONE, &value), -1);
	return value;
}

/* The one text, "(null)" for NULL, "(none)" for no row. */
static inline const char *
rig_text(struct rig *g, const char *sql)
{
	struct db_rows *r = db_query(g->db, sql, DB_NONE);
	int rc = db_next(r);
	const char *s = rc == 1 ? db_col_text(r, 0) : "(none)";

	assert_int_not_equal(rc, -1);
	s = pool_copy(g->pool, s != NULL ? s : "(null)");
	db_end(r);
	return s;
}

static inline void
rig_do(struct rig *g, const char *sql)
{
	assert_int_equal(db_script(g->db, sql), 0);
}

/* Applies it as the drain does: 1, 0 with g->reason, -1. */
static inline int
rig_apply(struct rig *g, const struct event *ev)
{
	struct delivery_state_hindrance why = { 0 };
	int rc;

	assert_int_equal(db_begin(g->db), 0);
	assert_int_equal(db_savepoint(g->db), 0);
	rc = apply_event(&g->apply, g->pool, ev, RIG_NOW, &why);
	g->reason = why.reason;
	if (rc == 1)
		assert_int_equal(db_release(g->db), 0);
	else
		db_rollback_savepoint(g->db);
	assert_int_equal(db_commit(g->db), 0);
	return rc;
}

/* All steps of all jobs, each of DB_STEP_MAX rows at most: how many. */
static inline int
rig_jobs(struct rig *g)
{
	int64_t last = 0;
	int n = 0, rc;

	while ((rc = job_step(g->db, g->pool, NULL, &last, RIG_NOW)) == 1)
		n++;
	assert_int_equal(rc, 0);
	return n;
}

/* A live text message of number "100"; the test changes what it is about. */
static inline struct event
rig_event(const char *wamid, const char *wa_id, int64_t at, const char *text)
{
	return (struct event) {
		.kind = EVENT_MESSAGE, .source = EVENT_LIVE, .inbound = 1,
		.phone_number_id = "100", .customer.wa_id = wa_id, .at = at,
		.wamid = wamid, .type = "text", .content = "{\"body\":\"-\"}",
		.preview = text, .text = text, .counts_unread = 1,
		.opens_window = 1,
	};
}

static inline struct event
rig_status(const char *wamid, const char *word, int64_t at)
{
	return (struct event) {
		.kind = EVENT_STATUS, .phone_number_id = "100", .at = at,
		.target_wamid = wamid, .status = word,
	};
}

/* A text that we sent from the phone app. */
static inline struct event
rig_echo(const char *wamid, const char *wa_id, int64_t at)
{
	struct event ev = rig_event(wamid, wa_id, at, "echo");

	ev.source = EVENT_ECHO;
	ev.inbound = ev.counts_unread = ev.opens_window = 0;
	return ev;
}

#endif
