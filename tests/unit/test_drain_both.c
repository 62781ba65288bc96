/*
 * The same deliveries into an inbox in a file and into one on PostgreSQL: they
 * say the same then; also when the server of the latter is killed meanwhile, or
 * the answer to a commit is lost.
 */
#include "fixture.h"
#include "rows.h"
#include "store_pgsql.h"

#include <dirent.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"

#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/node/delivery_state.h"

#include "process/drain/drain.h"

#include "pg/pg_server.h"

#define WAIT_MS	  60000
#define CUSTOMERS 70
#define KILLS	  6

/* A spool, and an inbox in one of the stores. */
struct both {
	char *dir, *path, *wake;
	struct spool *in;
	struct pool *pool;
	int64_t n;
};

static int
begin(void **state)
{
	struct both *b = calloc(1, sizeof(*b));

	b->dir = unit_dir();
	b->path = unit_path(b->dir, "spool.db");
	b->wake = unit_path(b->dir, "wake");
	b->pool = pool_new();
	assert_int_equal(spool_create(b->path), 1);
	b->in = spool_open_writer(b->path, b->wake, 0, WAIT_MS);
	assert_non_null(b->in);
	*state = b;
	return 0;
}

static int
end(void **state)
{
	struct both *b = *state;

	spool_close(b->in);
	pool_free(b->pool);
	free(b->path);
	free(b->wake);
	unit_clear(b->dir);
	free(b);
	return 0;
}

static void
put(struct both *b, const char *body, size_t len)
{
	const struct spool_delivery d = { .received_at = FIXTURE_NOW,
		.remote = "::1",
		.credential = "token-1",
		.body = body,
		.body_len = len };

	assert_int_equal(spool_put(b->in, &d), 0);
	b->n++;
}

/* ------------------------------------------------------------- processors */

static void
open_inbox(struct fixture *fx, char *name, int wait_ms)
{
	*fx = (struct fixture){ .path = name, .pool = pool_new() };
	fx->db = fixture_open(name, wait_ms);
	assert_non_null(fx->db);
	assert_int_equal(db_prepare_all(fx->db, &drain_statements), 0);
}

static void
close_inbox(struct fixture *fx)
{
	db_close(fx->db);
	pool_free(fx->pool);
}

/* A new one, with two numbers in two workspaces; others come to the first. */
static char *
new_inbox(struct both *b)
{
	char *name = store_now->create(b->dir);
	struct fixture fx = { .db = fixture_open(name, WAIT_MS) };

	fixture_do(&fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('a', 1), ('b', "
	    "1);"
	    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
	    " VALUES (1, '100', 1), (2, '200', 1);");
	db_close(fx.db);
	return name;
}

/* All of the spool at NOW, also when the database fails meanwhile. */
static void
drain_to_end(struct both *b, struct fixture *fx, int batch, int64_t now)
{
	struct drain d = { .apply.db = fx->db,
		.apply.default_workspace = 1,
		.apply.phone_number_id = "106540352242922",
		.spool = spool_open_reader(b->path, WAIT_MS),
		.pool = pool_new(),
		.beside = pool_new(),
		.batch = batch,
		.hold_ms = WAIT_MS,
		.plain_max = 4U << 20 };
	enum db_error why;
	int64_t cursor = 0, end_ms = clock_ticks_ms() + WAIT_MS;
	int rc;

	while ((rc = drain_batch(&d, now, &why)) != 0)
		if (rc == -1) {
			assert_int_equal(why, DB_BUSY);
			assert_true(clock_ticks_ms() < end_ms);
			usleep(20000);
		}
	assert_int_equal(
	    delivery_state_cursor(fx->db, spool_node(d.spool), &cursor, NULL),
	    0);
	assert_int_equal(cursor, b->n);
	spool_close(d.spool);
	pool_free(d.pool);
	pool_free(d.beside);
}

/* What an inbox in STORE says when all is applied; in the pool. */
static char *
outcome(struct both *b, const struct store *store, int batch)
{
	struct fixture fx;
	char *name, *text;

	store_now = store;
	name = new_inbox(b);
	open_inbox(&fx, name, WAIT_MS);
	drain_to_end(b, &fx, batch, FIXTURE_NOW);
	/* Once more what waited for what stood behind it. */
	drain_to_end(b, &fx, batch, FIXTURE_NOW + DELIVERY_STATE_WAIT);
	text = rows_dump(&fx, b->pool);
	close_inbox(&fx);
	store->drop(name);
	return text;
}

static void
assert_same(const char *sqlite, const char *pgsql)
{
	if (strcmp(sqlite, pgsql) != 0)
		rows_show(sqlite, pgsql);
	assert_true(strlen(sqlite) > 1000);
	assert_int_equal(strcmp(sqlite, pgsql), 0);
}

/* -------------------------------------------------------------- deliveries */

static void
put_file(struct both *b, const char *path)
{
	struct buf body = { .pool = b->pool };
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(&body, part, n);
	fclose(f);
	put(b, body.s, body.len);
}

/* Its account is known, or waited for, by what stands in front. */
static const char out_of_order[] = "broken-siblings.json";

static void
put_data(struct both *b)
{
	const char *srcdir = getenv("srcdir");
	const char *dir = pool_printf(
	    b->pool, "%s/tests/data/deliveries", srcdir != NULL ? srcdir : ".");
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	assert_true(n > 100);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' &&
		    strcmp(names[i]->d_name, "expect.json") != 0 &&
		    strcmp(names[i]->d_name, out_of_order) != 0)
			put_file(b, pool_printf(b->pool, "%s/%s", dir,
					names[i]->d_name));
		free(names[i]);
	}
	free(names);
}

/* Of several countries; each second one of Brazil's is the one before, without
 * the ninth digit. */
static void
put_phone(struct buf *out, int customer)
{
	switch (customer % 8) {
	case 1:
		buf_printf(out, "55119870%05d", customer);
		break;
	case 2:
		buf_printf(out, "5511870%05d",
		    customer % 16 == 2 ? customer - 1 : customer);
		break;
	case 3:
		buf_printf(out, "54911400%05d", customer);
		break;
	case 4:
		buf_printf(out, "52155100%05d", customer);
		break;
	case 5:
		buf_printf(out, "383440%05d", customer);
		break;
	default:
		buf_printf(out, "4915100%05d", customer);
	}
}

/* What I is: mostly a text, sometimes a file or a reaction. */
static void
put_message(struct buf *out, int i, int customer)
{
	buf_text(out, "\"messages\":[{\"from\":\"");
	put_phone(out, customer);
	buf_printf(out,
	    "\",\"from_user_id\":\"DE.%d\",\"id\":\"wamid.%d\","
	    "\"timestamp\":\"%d\",",
	    customer, i, 1700000000 + i * 7);
	if (i % 10 == 2)
		buf_printf(out,
		    "\"type\":\"image\",\"image\":{\"id\":\"%d\","
		    "\"mime_type\":\"image/png\"}}]",
		    1000 + i);
	else if (i % 10 == 4 || i % 10 == 8) /* the first, and what is later */
		buf_printf(out,
		    "\"type\":\"reaction\",\"reaction\":{"
		    "\"message_id\":\"wamid.%d\","
		    "\"emoji\":\"%s\"}}]",
		    i - i % 10 + 3,
		    i % 10 == 4	  ? "\U0001f44d"
		    : i % 20 == 8 ? ""
				  : "\U0001f602");
	else
		buf_printf(out,
		    "\"type\":\"text\",\"text\":{\"body\":"
		    "\"text \\\"%d\\\" \\\\ \\n\\u0007 \\u00e9\"}}]",
		    i);
}

/* One of many customers says something; now and then what he has said comes
 * once more. */
static void
put_made(struct both *b, int n)
{
	for (int k = 0; k < n; k++) {
		struct buf out = { .pool = b->pool };
		int i = k % 10 == 7 ? k - 5 : k;
		int customer = (i * 31 + i / 9) % CUSTOMERS;

		buf_printf(&out,
		    "{\"object\":\"whatsapp_business_account\",\"entry\":[{"
		    "\"id\":\"waba\",\"changes\":[{\"field\":\"messages\","
		    "\"value\":{\"messaging_product\":\"whatsapp\","
		    "\"metadata\":{\"phone_number_id\":\"%d\"},"
		    "\"contacts\":[{\"wa_id\":\"",
		    i % 3 == 0 ? 200 : 100);
		put_phone(&out, customer);
		buf_printf(&out,
		    "\",\"user_id\":\"DE.%d\",\"profile\":{\"name\":\"N%d\"}}]"
		    ",",
		    customer, i % 50 == 49 ? i : customer);
		put_message(&out, i, customer);
		buf_text(&out, "}}]}]}");
		put(b, out.s, out.len);
	}
}

/* ------------------------------------------------------------------- tests */

/* One after the other: many are examples that have the same wamid. */
static void
what_the_provider_says_makes_the_same_rows(void **state)
{
	struct both *b = *state;
	char *sqlite;

	put_data(b);
	sqlite = outcome(b, &store_sqlite, 500);
	assert_same(sqlite, outcome(b, &store_pgsql, 1));
}

static void
sets_of_messages_make_the_same_rows(void **state)
{
	struct both *b = *state;
	char *sqlite;

	put_made(b, 700);
	sqlite = outcome(b, &store_sqlite, 500);
	assert_same(sqlite, outcome(b, &store_pgsql, 500));
	assert_same(sqlite, outcome(b, &store_pgsql, 37));
}

struct draining {
	struct both *b;
	struct fixture fx;
};

static void *
drain_meanwhile(void *arg)
{
	struct draining *d = arg;

	drain_to_end(d->b, &d->fx, 23, FIXTURE_NOW);
	return NULL;
}

/* By this thread: the server ends with the one that has started it. */
static void
kill_it_now_and_then(void)
{
	for (int i = 0; i < KILLS; i++) {
		usleep((useconds_t)(3000 + i * 17000));
		pg_server_kill(store_pgsql_server);
		assert_int_equal(pg_server_start_again(store_pgsql_server), 0);
	}
}

static void
a_server_that_is_killed_loses_and_doubles_nothing(void **state)
{
	struct draining d = { .b = *state };
	pthread_t thread;
	char *sqlite, *name;

	put_made(d.b, 900);
	sqlite = outcome(d.b, &store_sqlite, 500);
	store_now = &store_pgsql;
	name = new_inbox(d.b);
	open_inbox(&d.fx, name, 1000);
	assert_int_equal(pthread_create(&thread, NULL, drain_meanwhile, &d), 0);
	kill_it_now_and_then();
	pthread_join(thread, NULL);
	assert_same(sqlite, rows_dump(&d.fx, d.b->pool));
	close_inbox(&d.fx);
	store_now->drop(name);
}

static void *
release_commits(void *unused)
{
	(void)unused;
	sleep(2);
	pg_server_hold_commits(store_pgsql_server, 0);
	return NULL;
}

/* The commit is done a while after its answer was given up: until then nobody
 * reads where the cursor is. */
static void
a_commit_without_an_answer_loses_and_doubles_nothing(void **state)
{
	struct both *b = *state;
	struct fixture fx;
	pthread_t thread;
	char *sqlite, *name;

	put_made(b, 100);
	sqlite = outcome(b, &store_sqlite, 500);
	store_now = &store_pgsql;
	name = new_inbox(b);
	open_inbox(&fx, name, 100);
	pg_server_hold_commits(store_pgsql_server, 1);
	assert_int_equal(
	    pthread_create(&thread, NULL, release_commits, NULL), 0);
	drain_to_end(b, &fx, 40, FIXTURE_NOW);
	pthread_join(thread, NULL);
	assert_same(sqlite, rows_dump(&fx, b->pool));
	close_inbox(&fx);
	store_now->drop(name);
}

static int
run(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(what_the_provider_says_makes_the_same_rows),
		T(sets_of_messages_make_the_same_rows),
		T(a_server_that_is_killed_loses_and_doubles_nothing),
		T(a_commit_without_an_answer_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(void)
{
	return store_pgsql_serve(run);
}
