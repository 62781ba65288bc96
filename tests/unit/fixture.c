/*
 * The inbox of a test: fixture.h.  Times of its first rows are 1, long ago.
 */
#include "fixture.h"
#include "store.h"
#include "words_anew.h"

#include "base/log.h"

#include "lib/digest/digest.h"

#include "session/session.h"

#include "inbox/job/job.h"
#include "inbox/node/delivery_state.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_partition.h"

#include "process/drain/drain.h"

const struct number_key fixture_number = { .id = 1, .workspace_id = 1 };

struct db *
fixture_open(const char *path, int wait_ms)
{
	return store_now->open(path, wait_ms);
}

int
fixture_begin(void **state)
{
	struct fixture *fx = calloc(1, sizeof(*fx));

	log_open("test", LOG_LEVEL_WARN);
	fx->dir = unit_dir();
	fx->path = store_now->create(fx->dir);
	fx->pool = pool_new();
	fx->db = fixture_open(fx->path, 1000);
	assert_non_null(fx->db);
	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('a', 1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
	    " VALUES (1, '100', 1);");
	assert_int_equal(db_prepare_all(fx->db, &drain_statements), 0);
	if (store_now->has_words) {
		assert_int_equal(db_prepare_all(fx->db, &job_statements), 0);
		assert_int_equal(
		    db_prepare_all(fx->db, &search_index_statements), 0);
	}
	db_strict(fx->db);
	fx->apply.db = fx->db;
	*state = fx;
	return 0;
}

int
fixture_end(void **state)
{
	struct fixture *fx = *state;

	if (store_now->has_words &&
	    fixture_int(fx, "SELECT COALESCE(MAX(id), 0) FROM messages") <
		4000) {
		assert_int_equal(words_anew(fx->db), 0);
		fixture_words(fx);
		assert_int_equal(words_anew(fx->db), 0);
	}
	session_close(fx->member);
	db_close(fx->db);
	pool_free(fx->pool);
	store_now->drop(fx->path);
	unit_clear(fx->dir);
	free(fx);
	return 0;
}

int64_t
fixture_int(struct fixture *fx, const char *sql)
{
	int64_t value = -1;

	assert_int_not_equal(db_get_int(fx->db, sql, DB_NONE, &value), -1);
	return value;
}

const char *
fixture_text(struct fixture *fx, const char *sql)
{
	struct db_rows *r = db_query(fx->db, sql, DB_NONE);
	int rc = db_next(r);
	const char *s = rc == 1 ? db_col_text(r, 0) : "(none)";

	assert_int_not_equal(rc, -1);
	s = pool_copy(fx->pool, s != NULL ? s : "(null)");
	db_end(r);
	return s;
}

void
fixture_do(struct fixture *fx, const char *sql)
{
	assert_int_equal(db_script(fx->db, sql), 0);
}

void
fixture_token(struct fixture *fx, int64_t id, int64_t workspace_id,
    int64_t user_id, const char *text, int64_t expires_at, int64_t revoked_at)
{
	static const char insert[] =
	    "INSERT INTO api_tokens(id, workspace_id, user_id, hash, name,"
	    " created_at, expires_at, revoked_at)"
	    " VALUES ($1, $2, $3, $4, 'test', 1, $5, $6)";
	unsigned char hash[DIGEST_LEN];

	digest_sha256(text, strlen(text), hash);
	assert_int_equal(db_run(fx->db, insert,
			     DB_ARGS(db_int(id), db_int(workspace_id),
				 db_int(user_id), db_blob(hash, sizeof(hash)),
				 db_id(expires_at), db_id(revoked_at))),
	    0);
}

int
fixture_apply(struct fixture *fx, const struct event *ev)
{
	struct delivery_state_hindrance why = { 0 };
	int rc;

	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(db_savepoint(fx->db), 0);
	rc = apply_event(&fx->apply, fx->pool, ev, FIXTURE_NOW, &why);
	fx->reason = why.reason;
	if (rc == 1)
		assert_int_equal(db_release(fx->db), 0);
	else
		db_rollback_savepoint(fx->db);
	assert_int_equal(db_commit(fx->db), 0);
	return rc;
}

int
fixture_jobs(struct fixture *fx)
{
	int64_t last = 0;
	int n = 0, rc;

	do {
		while ((rc = job_step(
			    fx->db, fx->pool, NULL, &last, FIXTURE_NOW)) == 1)
			n++;
		assert_int_equal(rc, 0);
	} while (fixture_words(fx) > 0);
	return n;
}

int
fixture_words(struct fixture *fx)
{
	int n = 0, rc;

	if (!store_now->has_words)
		return 0;
	while ((rc = search_index_step(
		    fx->db, SEARCH_PARTITION_ROWS, FIXTURE_ROWS)) == 1)
		n++;
	assert_int_equal(rc, 0);
	return n;
}

struct event
fixture_event(
    const char *wamid, const char *wa_id, int64_t at, const char *text)
{
	return (struct event){
		.kind = EVENT_MESSAGE,
		.source = EVENT_LIVE,
		.inbound = 1,
		.phone_number_id = "100",
		.customer.wa_id = wa_id,
		.at = at,
		.wamid = wamid,
		.type = "text",
		.content = "{\"body\":\"-\"}",
		.preview = text,
		.text = text,
		.counts_unread = 1,
		.opens_window = 1,
	};
}

struct event
fixture_status(const char *wamid, const char *word, int64_t at)
{
	return (struct event){
		.kind = EVENT_STATUS,
		.phone_number_id = "100",
		.at = at,
		.target_wamid = wamid,
		.status = word,
	};
}

struct event
fixture_echo(const char *wamid, const char *wa_id, int64_t at)
{
	struct event ev = fixture_event(wamid, wa_id, at, "echo");

	ev.source = EVENT_ECHO;
	ev.inbound = ev.counts_unread = ev.opens_window = 0;
	return ev;
}
