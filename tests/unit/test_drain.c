/*
 * From the spool into the inbox: nothing forgotten, nothing twice, whatever
 * fails and whenever it stops.  Made with STORE_PGSQL for an inbox on
 * PostgreSQL.
 */
#include "fixture.h"

#ifdef STORE_PGSQL
#include "store_pgsql.h"
#else
#include "store.h"
#endif

#include <pthread.h>

#include <sys/wait.h>

#include <signal.h>

#include <zlib.h>

#include "base/buf.h"

#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/inbox.h"
#include "inbox/node/delivery_state.h"

#include "process/drain/drain.h"
#include "process/drain/prefetch.h"
#include "process/retain/retain.h"

struct node {
	struct fixture *fx;
	char *path, *wake;
	struct spool *in, *out;
	struct drain drain;
};

static int
begin(void **state)
{
	struct node *n = calloc(1, sizeof(*n));

	fixture_begin((void **)&n->fx);
	n->path = unit_path(n->fx->dir, "spool.db");
	n->wake = unit_path(n->fx->dir, "wake");
	assert_int_equal(spool_create(n->path), 1);
	n->in = spool_open_writer(n->path, n->wake, 0, 1000);
	n->out = spool_open_reader(n->path, 1000);
	assert_non_null(n->in);
	assert_non_null(n->out);
	n->drain = (struct drain){ .apply = n->fx->apply,
		.spool = n->out,
		.pool = pool_new(),
		.beside = pool_new(),
		.batch = 10,
		.hold_ms = DRAIN_HOLD_MS,
		.plain_max = 4U << 20 };
	*state = n;
	return 0;
}

static int
end(void **state)
{
	struct node *n = *state;

	spool_close(n->in);
	spool_close(n->out);
	pool_free(n->drain.pool);
	pool_free(n->drain.beside);
	free(n->path);
	free(n->wake);
	fixture_end((void **)&n->fx);
	free(n);
	return 0;
}

static void
put_bytes(struct node *n, const char *body, size_t len)
{
	const struct spool_delivery d = { .received_at = FIXTURE_NOW,
		.remote = "::1",
		.credential = "token-1",
		.body = body,
		.body_len = len };

	assert_int_equal(spool_put(n->in, &d), 0);
}

static void
put(struct node *n, const char *body)
{
	put_bytes(n, body, strlen(body));
}

/* A delivery with texts w<FROM> … w<TO - 1> for a number of ours. */
static const char *
texts(struct node *n, const char *number, int from, int to)
{
	struct buf b = { .pool = n->fx->pool };

	buf_printf(&b,
	    "{\"object\":\"whatsapp_business_account\",\"entry\":["
	    "{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{"
	    "\"messaging_product\":\"whatsapp\",\"metadata\":{"
	    "\"phone_number_id\":\"%s\"},\"messages\":[",
	    number);
	for (int i = from; i < to; i++)
		buf_printf(&b,
		    "%s{\"from\":\"1650555%04d\",\"id\":\"w%d\","
		    "\"timestamp\":\"%d\",\"type\":\"text\",\"text\":{"
		    "\"body\":\"text %d\"}}",
		    i > from ? "," : "", i % 50, i, 1600000000 + i, i);
	buf_text(&b, "]}}]}]}");
	return buf_end(&b);
}

/* Drains all that is due at NOW: how many deliveries. */
static int
drain(struct node *n, int64_t now)
{
	int all = 0, rc;
	enum db_error why;

	while ((rc = drain_batch(&n->drain, now, &why)) > 0)
		all += rc;
	assert_int_equal(rc, 0);
	return all;
}

static int64_t
cursor(struct node *n)
{
	int64_t id;

	assert_int_equal(
	    delivery_state_cursor(n->fx->db, spool_node(n->out), &id, NULL), 0);
	return id;
}

static int64_t
messages(struct node *n)
{
	return fixture_int(n->fx, "SELECT COUNT(*) FROM messages");
}

static void
every_delivery_is_applied_once(void **state)
{
	struct node *n = *state;

	for (int i = 0; i < 25; i++)
		put(n, texts(n, "100", i, i + 2));
	assert_int_equal(drain(n, FIXTURE_NOW), 25);
	assert_int_equal(drain(n, FIXTURE_NOW), 0);
	assert_int_equal(messages(n), 26);
	assert_int_equal(cursor(n), 25);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
}

static void
not_json_is_dead_at_once_and_others_go_on(void **state)
{
	struct node *n = *state;
	struct delivery_held h;

	put(n, texts(n, "100", 0, 1));
	put(n, "this is not JSON");
	put(n, texts(n, "100", 1, 2));
	assert_int_equal(drain(n, FIXTURE_NOW), 3);
	assert_int_equal(messages(n), 2);
	assert_int_equal(cursor(n), 3);
	assert_int_equal(delivery_state_get(
			     n->fx->db, n->fx->pool, spool_node(n->out), 2, &h),
	    1);
	assert_string_equal(h.state, "dead");
	assert_true(strlen(h.reason) > 0);
	assert_int_equal(drain(n, FIXTURE_NOW + 1000000), 0);
}

static void
bad_event_takes_no_sibling_with_it(void **state)
{
	struct node *n = *state;
	struct delivery_held h;

	/* The schema refuses one of three. */
	fixture_do(n->fx,
	    store_sql(
		"CREATE TRIGGER refuse BEFORE INSERT ON messages"
		" WHEN new.wamid = 'w1' BEGIN SELECT RAISE(ABORT, 'no'); END;",
		"ALTER TABLE messages ADD CONSTRAINT refuse"
		" CHECK (wamid <> 'w1');"));
	put(n, texts(n, "100", 0, 3));
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(messages(n), 2);
	/* Not even its conversation is there. */
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM conversations"), 2);
	assert_int_equal(delivery_state_get(
			     n->fx->db, n->fx->pool, spool_node(n->out), 1, &h),
	    1);
	assert_string_equal(h.state, "deferred");
	assert_int_equal(h.due_at, FIXTURE_NOW + 5);
	fixture_do(n->fx, store_sql("DROP TRIGGER refuse;",
			      "ALTER TABLE messages DROP CONSTRAINT refuse;"));
	assert_int_equal(drain(n, FIXTURE_NOW + 5), 1);
	assert_int_equal(messages(n), 3);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
}

static void
number_added_later_gets_its_deliveries(void **state)
{
	struct node *n = *state;

	put(n, texts(n, "999", 0, 2));
	/* It waits for longer than any other is tried. */
	for (int day = 0; day < 20; day++)
		assert_int_equal(
		    drain(n, FIXTURE_NOW + day * DELIVERY_STATE_WAIT), 1);
	assert_int_equal(messages(n), 0);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT state || ' ' || waits_for FROM held"),
	    "deferred number 999");
	assert_int_equal(db_begin(n->fx->db), 0);
	fixture_do(n->fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
			  " created_at) VALUES (1, '999', 1);");
	assert_int_equal(
	    delivery_state_arrived(n->fx->db, "number 999", FIXTURE_NOW), 1);
	assert_int_equal(db_commit(n->fx->db), 0);
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(messages(n), 2);
}

static void
locked_inbox_holds_and_loses_nothing(void **state)
{
	struct node *n = *state;
	struct db *other = fixture_open(n->fx->path, 1000);
	struct db *hasty = fixture_open(n->fx->path, 10);
	enum db_error why;

	put(n, texts(n, "100", 0, 2));
	assert_int_equal(db_prepare_all(hasty, &drain_statements), 0);
	n->drain.apply.db = hasty;
	assert_int_equal(db_begin(other), 0);
	assert_int_equal(drain_batch(&n->drain, FIXTURE_NOW, &why), -1);
	assert_int_equal(why, DB_BUSY);
	db_rollback(other);
	assert_int_equal(cursor(n), 0);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(messages(n), 2);
	db_close(other);
	db_close(hasty);
}

static void
long_delivery_is_spread_over_transactions(void **state)
{
	struct node *n = *state;

	n->drain.hold_ms = 0;
	put(n, texts(n, "100", 0, 200));
	put(n, texts(n, "100", 100, 210));
	assert_int_equal(drain(n, FIXTURE_NOW), 2);
	assert_int_equal(messages(n), 210);
	assert_int_equal(cursor(n), 2);
}

/* However large the old ones are: each batch has room for new ones. */
static void
large_held_ones_do_not_hold_up_the_new(void **state)
{
	struct node *n = *state;
	const size_t room = (size_t)5 << 19;
	char *space = pool_alloc(n->fx->pool, room + 1);
	enum db_error why;

	memset(space, ' ', room);
	space[room] = '\0';
	for (int i = 0; i < 3; i++)
		put(n, pool_printf(n->fx->pool, "%s%s",
			   texts(n, "100", i, i + 1), space));
	drain(n, FIXTURE_NOW);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(db_begin(n->fx->db), 0);
		assert_int_equal(delivery_state_replay(n->fx->db,
				     spool_node(n->out), i, FIXTURE_NOW),
		    1);
		assert_int_equal(db_commit(n->fx->db), 0);
	}
	put(n, texts(n, "100", 7, 8));
	assert_true(drain_batch(&n->drain, FIXTURE_NOW, &why) > 0);
	assert_int_equal(
	    fixture_int(
		n->fx, "SELECT count(*) FROM messages WHERE wamid = 'w7'"),
	    1);
	assert_int_equal(fixture_int(n->fx, "SELECT count(*) FROM held"), 2);
}

/* BODY and a MiB of spaces, as a few KiB of gzip. */
static void
put_gzip(struct node *n, const char *body)
{
	size_t len = strlen(body), room = len + (1 << 20);
	unsigned char *plain = pool_alloc(n->fx->pool, room), *small;
	z_stream z = { .next_in = plain, .avail_in = (uInt)room };

	memset(plain, ' ', room);
	memcpy(plain, body, len);
	small = z.next_out = pool_alloc(n->fx->pool, room);
	z.avail_out = (uInt)room;
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	assert_true(z.total_out < 10000);
	put_bytes(n, (char *)small, z.total_out);
}

/* What they say is in memory at once, not what they came as. */
static void
little_gzip_that_says_much_is_a_large_delivery(void **state)
{
	struct node *n = *state;
	enum db_error why;

	for (int i = 0; i < 8; i++)
		put_gzip(n, texts(n, "100", i, i + 1));
	assert_int_equal(drain_batch(&n->drain, FIXTURE_NOW, &why), 2);
	assert_int_equal(drain(n, FIXTURE_NOW), 6);
	assert_int_equal(messages(n), 8);
	for (int i = 1; i <= 8; i++) {
		assert_int_equal(db_begin(n->fx->db), 0);
		assert_int_equal(delivery_state_replay(n->fx->db,
				     spool_node(n->out), i, FIXTURE_NOW),
		    1);
		assert_int_equal(db_commit(n->fx->db), 0);
	}
	put(n, texts(n, "100", 9, 10));
	assert_int_equal(drain_batch(&n->drain, FIXTURE_NOW, &why), 2);
	assert_int_equal(messages(n), 9);
}

/* It is kept, and applied once the limit is raised. */
static void
gzip_that_says_too_much_waits_for_a_higher_limit(void **state)
{
	struct node *n = *state;

	n->drain.plain_max = 1U << 20; /* of a MiB and some more */
	put_gzip(n, texts(n, "100", 0, 1));
	put(n, texts(n, "100", 1, 2));
	assert_int_equal(drain(n, FIXTURE_NOW), 2);
	assert_int_equal(messages(n), 1);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT state || ': ' || reason FROM held"),
	    "dead: gzip of more than 1048576 bytes: raise WASPOOL_BODY_MAX,"
	    " restart waspool-process, then type waspool spool retry --all");
	n->drain.plain_max *= 2;
	assert_int_equal(db_begin(n->fx->db), 0);
	assert_int_equal(
	    delivery_state_retry(n->fx->db, spool_node(n->out), 1, FIXTURE_NOW),
	    1);
	assert_int_equal(db_commit(n->fx->db), 0);
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(messages(n), 2);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
}

static void
held_delivery_that_is_purged_is_forgotten(void **state)
{
	struct node *n = *state;

	assert_int_equal(db_begin(n->fx->db), 0);
	delivery_state_defer(n->fx->db, spool_node(n->out), 77,
	    &(const struct delivery_state_hindrance){ .reason = "x" }, 0);
	assert_int_equal(db_commit(n->fx->db), 0);
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
}

/* SQL in the spool, behind everybody's back. */
static void
meddle(struct node *n, const char *sql)
{
	struct db *db = db_open(n->path, DB_WRITE, 5000);

	assert_non_null(db);
	assert_int_equal(db_script(db, sql), 0);
	db_close(db);
}

/* Who takes in hears how far it is (spool_pace.h). */
static void
how_far_it_is_stands_beside_the_spool(void **state)
{
	struct node *n = *state;
	char *path = unit_path(n->fx->dir, "spool.applied"), text[32] = "";
	FILE *file;

	for (int i = 0; i < 9; i++)
		put(n, texts(n, "100", i, i + 1));
	assert_int_equal(drain(n, FIXTURE_NOW), 9);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "00000000000000000009\n");
	free(path);
}

/* Nobody remembers which ids were given. */
static void
forget_ids(struct node *n)
{
	char *path = unit_path(n->fx->dir, "spool.highwater");

	spool_close(n->in);
	assert_int_equal(unlink(path), 0);
	n->in = spool_open_writer(n->path, n->wake, 0, 1000);
	free(path);
}

/* 9 are applied, then CHANGE happens to the file, then 5 more come in. */
static void
put_back(struct node *n, const char *change)
{
	char *name = strdup(spool_node(n->out));

	for (int i = 0; i < 9; i++)
		put(n, texts(n, "100", i, i + 1));
	assert_int_equal(drain(n, FIXTURE_NOW), 9);
	meddle(n, change);
	forget_ids(n);
	for (int i = 9; i < 14; i++)
		put(n, texts(n, "100", i, i + 1));
	drain(n, FIXTURE_NOW);
	assert_int_equal(messages(n), 14);
	assert_string_not_equal(name, spool_node(n->out));
	assert_int_equal(
	    fixture_int(n->fx, "SELECT CAST(SUM(unread_count) AS BIGINT)"
			       " FROM conversations"),
	    14);
	put(n, texts(n, "100", 14, 15));
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	free(name);
}

static void
what_follows_an_older_copy_is_applied(void **state)
{
	put_back(*state, "DELETE FROM deliveries WHERE id > 5");
}

static void
what_fills_an_older_copy_up_to_the_cursor_is_applied(void **state)
{
	put_back(*state, "DELETE FROM deliveries WHERE id > 4");
}

static void
what_follows_an_emptied_file_is_applied(void **state)
{
	put_back(*state, "DELETE FROM deliveries");
}

static void
an_older_copy_without_a_new_delivery_is_noticed_too(void **state)
{
	struct node *n = *state;

	for (int i = 0; i < 9; i++)
		put(n, texts(n, "100", i, i + 1));
	drain(n, FIXTURE_NOW);
	fixture_do(
	    n->fx, pool_printf(n->fx->pool,
		       "INSERT INTO node_health(node, seen_at, waiting,"
		       " oldest_at, deferred, dead, spool_bytes, spool_wal,"
		       " inbox_wal, outbox_open, media_pending,"
		       " media_stopped, paused) VALUES"
		       " ('%s', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
		       spool_node(n->out)));
	meddle(n, "DELETE FROM deliveries WHERE id > 5");
	assert_int_equal(drain(n, FIXTURE_NOW), 5);
	assert_int_equal(drain(n, FIXTURE_NOW), 0);
	assert_int_equal(messages(n), 9);
	assert_int_equal(cursor(n), 5);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM node_health"), 0);
}

static void
the_file_that_was_read_last_goes_on_where_it_was(void **state)
{
	struct node *n = *state;
	char *name = strdup(spool_node(n->out));

	put(n, "not JSON");
	for (int i = 0; i < 9; i++)
		put(n, texts(n, "100", i, i + 1));
	drain(n, FIXTURE_NOW);
	meddle(n, "CREATE TABLE kept AS SELECT * FROM deliveries;"
		  "DELETE FROM deliveries WHERE id > 5");
	assert_int_equal(drain(n, FIXTURE_NOW), 5);
	meddle(n, pool_printf(n->fx->pool,
		      "INSERT INTO deliveries SELECT * FROM kept WHERE id > 5;"
		      "UPDATE spool SET node = '%s'",
		      name));
	assert_int_equal(spool_reread(n->out), 0);
	assert_int_equal(drain(n, FIXTURE_NOW), 0);
	assert_string_equal(name, spool_node(n->out));
	put(n, texts(n, "100", 9, 10));
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(messages(n), 10);
	free(name);
}

static void
the_one_at_the_cursor_outlives_the_purge(void **state)
{
	struct node *n = *state;
	struct retain r = { .db = n->fx->db, .spool = n->out };
	int64_t count, bytes;

	put(n, texts(n, "100", 0, 1));
	put(n, texts(n, "100", 1, 2));
	drain(n, FIXTURE_NOW);
	put(n, texts(n, "100", 2, 3));
	assert_int_equal(retain_spool(&r, INT64_MAX, FIXTURE_NOW), 0);
	assert_int_equal(spool_count(n->out, &count, &bytes), 0);
	assert_int_equal(count, 2);
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	assert_int_equal(cursor(n), 3);
}

/* A process of its own, with its own handles, that drains until it dies. */
static void
drain_and_die(struct node *n)
{
	struct db *db = fixture_open(n->fx->path, 5000);
	struct drain d = { .apply.db = db,
		.pool = pool_new(),
		.batch = 20,
		.spool = spool_open_reader(n->path, 5000),
		.hold_ms = 1 };
	enum db_error why;

	if (db == NULL || d.spool == NULL ||
	    db_prepare_all(db, &drain_statements) == -1)
		_exit(1);
	while (drain_batch(&d, FIXTURE_NOW, &why) > 0)
		;
	_exit(0);
}

static void
killed_at_any_point_all_is_there_once(void **state)
{
	struct node *n = *state;
	int killed = 0;

	for (int i = 0; i < 150; i++)
		put(n, texts(n, "100", i * 4, i * 4 + 5));
	for (int i = 0; i < 12; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			drain_and_die(n);
		usleep((useconds_t)(2000 + i * 3000));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		killed += WIFSIGNALED(status);
	}
	assert_true(killed > 0);
	drain(n, FIXTURE_NOW);
	assert_int_equal(messages(n), 601);
	assert_int_equal(cursor(n), 150);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT CAST(SUM(unread_count) AS BIGINT)"
			       " FROM conversations"),
	    601);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM conversations"), 50);
}

/* A processor that does not know of the other one. */
struct another {
	struct node *n;
	struct drain drain;
	int applied;
};

static void *
drain_all_of_it(void *arg)
{
	struct another *a = arg;
	enum db_error why;
	int rc;

	while ((rc = drain_batch(&a->drain, FIXTURE_NOW, &why)) != 0)
		if (rc > 0)
			a->applied += rc;
		else if (why != DB_BUSY)
			return a;
	return NULL;
}

static void
begin_another(struct node *n, struct another *a)
{
	struct db *db = fixture_open(n->fx->path, 60000);

	assert_non_null(db);
	assert_int_equal(db_prepare_all(db, &drain_statements), 0);
	*a = (struct another){ .n = n };
	a->drain = (struct drain){ .apply.db = db,
		.pool = pool_new(),
		.batch = 7,
		.spool = spool_open_reader(n->path, 60000),
		.hold_ms = 60000,
		.plain_max = 4U << 20 };
}

static void
end_another(struct another *a)
{
	spool_close(a->drain.spool);
	db_close(a->drain.apply.db);
	pool_free(a->drain.pool);
}

/* One of them moves the cursor, the other finds that and reads again: each
 * delivery is applied by one. */
static void
two_processors_of_one_spool_share_it(void **state)
{
	struct node *n = *state;
	struct another a, b;
	pthread_t thread;
	void *failed;

	for (int i = 0; i < 200; i++)
		put(n, texts(n, "100", i, i + 1));
	begin_another(n, &a);
	begin_another(n, &b);
	b.drain.batch = 11;
	assert_int_equal(pthread_create(&thread, NULL, drain_all_of_it, &a), 0);
	assert_null(drain_all_of_it(&b));
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	/* What a batch had committed before it found that is not counted. */
	assert_true(a.applied + b.applied <= 200);
	assert_int_equal(cursor(n), 200);
	assert_int_equal(messages(n), 200);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT CAST(SUM(unread_count) AS BIGINT)"
			       " FROM conversations"),
	    200);
	end_another(&a);
	end_another(&b);
}

static void
old_deliveries_go_and_held_ones_stay(void **state)
{
	struct node *n = *state;
	struct retain r = { .db = n->fx->db,
		.spool = n->out,
		.pool = n->drain.pool,
		.keep_deliveries = 100,
		.keep_bytes = INT64_MAX,
		.keep_changes = 3600,
		.keep_held = 86400 };
	struct spool_delivery d;
	int64_t count, bytes;

	assert_int_equal(db_prepare_all(n->fx->db, &retain_statements), 0);
	fixture_do(n->fx, "INSERT INTO users(email, name, created_at)"
			  " VALUES ('a', 'a', 1);");
	assert_int_equal(
	    db_run(n->fx->db,
		"INSERT INTO idempotency_keys("
		"workspace_id, user_id, key, request_hash, status, body,"
		" created_at) VALUES (1, 1, 'k', $2, 201, '{}', $1)",
		DB_ARGS(db_int(FIXTURE_NOW), db_blob("x", 1))),
	    0);
	fixture_do(n->fx,
	    pool_printf(n->fx->pool,
		"INSERT INTO discarded VALUES ('n', 7, %d)", FIXTURE_NOW));
	put(n, "not JSON");
	for (int i = 0; i < 5; i++)
		put(n, texts(n, "100", i, i + 1));
	drain(n, FIXTURE_NOW);
	put(n, texts(n, "100", 9, 10)); /* beyond the cursor */
	put(n, texts(n, "100", 10, 11));
	while (retain_step(&r, FIXTURE_NOW + 99) == 1)
		;
	assert_int_equal(spool_count(n->out, &count, &bytes), 0);
	assert_int_equal(count, 8);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM discarded"), 1);
	while (retain_step(&r, FIXTURE_NOW + 101) == 1)
		;
	assert_int_equal(spool_count(n->out, &count, &bytes), 0);
	assert_int_equal(count, 4);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM discarded"), 0);
	assert_int_equal(spool_get(n->out, n->fx->pool, 1, &d), 1);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*)"
					    " FROM idempotency_keys"),
	    1);
	while (retain_step(&r, FIXTURE_NOW + 24 * 3600 + 1) == 1)
		;
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*)"
					    " FROM idempotency_keys"),
	    0);
}

static void
too_many_bytes_go_before_their_time(void **state)
{
	struct node *n = *state;
	struct retain r = { .db = n->fx->db,
		.spool = n->out,
		.pool = n->drain.pool,
		.keep_deliveries = 1000000,
		.keep_bytes = 200000,
		.keep_changes = 3600 };
	int64_t count, bytes, before;

	assert_int_equal(db_prepare_all(n->fx->db, &retain_statements), 0);
	for (int i = 0; i < 20; i++)
		put(n, texts(n, "100", i * 200, i * 200 + 200));
	drain(n, FIXTURE_NOW);
	assert_int_equal(spool_count(n->out, &before, &bytes), 0);
	for (int i = 0; i < 20; i++)
		assert_int_not_equal(
		    retain_step(&r, FIXTURE_NOW + i * 400), -1);
	assert_int_equal(spool_count(n->out, &count, &bytes), 0);
	assert_true(count < before);
	assert_true(count >= 1);
	assert_true(bytes < 250000);
}

#ifndef STORE_PGSQL
/* Whether anybody has looked is a matter of luck, and of no matter. */
static void
what_threads_beside_have_looked_at_is_applied_as_ever(void **state)
{
	struct node *n = *state;
	struct prefetch p = {
		.path = n->fx->path, .wait_ms = 1000, .always = 1
	};

	n->drain.prefetch = &p;
	n->drain.batch = 40;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 120; i++)
			put(n, i % 40 == 7
				   ? "{"
				   : texts(n, i % 40 == 9 ? "999" : "100",
					 i * 3, i * 3 + 3));
		assert_int_equal(drain(n, FIXTURE_NOW), 120);
		assert_int_equal(messages(n), (120 - 6) * 3);
	}
	for (int i = 0; i < PREFETCH_THREADS; i++) {
		assert_int_equal(p.threads[i].runs, 0);
		assert_int_equal(p.threads[i].failed, 0);
	}
	prefetch_rest(&p);
	assert_null(p.threads[0].db);
	put(n, texts(n, "100", 900, 903));
	assert_int_equal(drain(n, FIXTURE_NOW), 1);
	prefetch_rest(&p);
}
#endif

static int
run(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(every_delivery_is_applied_once),
		T(not_json_is_dead_at_once_and_others_go_on),
		T(bad_event_takes_no_sibling_with_it),
		T(number_added_later_gets_its_deliveries),
		T(locked_inbox_holds_and_loses_nothing),
		T(long_delivery_is_spread_over_transactions),
		T(large_held_ones_do_not_hold_up_the_new),
		T(little_gzip_that_says_much_is_a_large_delivery),
		T(gzip_that_says_too_much_waits_for_a_higher_limit),
		T(held_delivery_that_is_purged_is_forgotten),
		T(how_far_it_is_stands_beside_the_spool),
		T(what_follows_an_older_copy_is_applied),
		T(what_fills_an_older_copy_up_to_the_cursor_is_applied),
		T(what_follows_an_emptied_file_is_applied),
		T(an_older_copy_without_a_new_delivery_is_noticed_too),
		T(the_file_that_was_read_last_goes_on_where_it_was),
		T(the_one_at_the_cursor_outlives_the_purge),
		T(killed_at_any_point_all_is_there_once),
		T(two_processors_of_one_spool_share_it),
		T(old_deliveries_go_and_held_ones_stay),
		T(too_many_bytes_go_before_their_time),
#ifndef STORE_PGSQL
		T(what_threads_beside_have_looked_at_is_applied_as_ever),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(void)
{
#ifdef STORE_PGSQL
	return store_pgsql_serve(run);
#else
	return run();
#endif
}
