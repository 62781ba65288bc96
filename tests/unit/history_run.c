/*
 * A history is delivered: history_run.h.
 */
#include "history_run.h"

#include "base/log.h"
#include "base/text.h"

#include "spool/spool.h"

#include "inbox/node/delivery_state.h"
#include "inbox/workspace/number_admin.h"

#include "process/drain/drain.h"

#include "rows.h"
#include "store.h"

static struct place {
	char *dir;
	char *inbox, *spool, *wake;
	/* as each history begins, in each store that was used */
	char *inbox_first[2], *spool_first;
	struct fixture fixture;
	struct spool *in, *out;
	struct drain drain;
} at;

uint64_t
history_run_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (b + 1) << 17;

	x ^= x >> 31;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ x >> 29;
}

/* ------------------------------------------------------------ processors */

static void
copy_file(const char *from, const char *to)
{
	char bytes[65536];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	assert_true(in != NULL && out != NULL);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void
begin_run(void)
{
	at.fixture.db = fixture_open(at.inbox, 1000);
	assert_non_null(at.fixture.db);
	assert_int_equal(db_prepare_all(at.fixture.db, &drain_statements), 0);
	at.out = spool_open_reader(at.spool, 1000);
	assert_non_null(at.out);
	at.drain.apply.db = at.fixture.db;
	at.drain.spool = at.out;
}

static void
end_run(void)
{
	spool_close(at.out);
	db_close(at.fixture.db);
}

static void
drain_all(const struct history_plan *plan)
{
	enum db_error why;
	int rc;

	/* Sometimes all in one transaction. */
	at.drain.batch = !plan->shuffled       ? 10
			 : plan->seed % 4 == 2 ? 500
					       : 1 + (int)(plan->seed % 5);
	at.drain.hold_ms = plan->shuffled && plan->seed & 1 ? 0 : 1000;
	while ((rc = drain_batch(&at.drain, FIXTURE_NOW, &why)) > 0)
		if (plan->shuffled && plan->seed & 2) {
			end_run();
			begin_run();
		}
	assert_int_equal(rc, 0);
}

static void
register_late(void)
{
	assert_int_equal(db_begin(at.fixture.db), 0);
	assert_int_equal(number_admin_add(at.fixture.db, 1, history_numbers[2],
			     NULL, NULL, 1),
	    1);
	assert_int_not_equal(
	    delivery_state_arrived(at.fixture.db,
		delivery_state_number(at.fixture.pool, history_numbers[2]),
		FIXTURE_NOW),
	    -1);
	assert_int_equal(db_commit(at.fixture.db), 0);
}

/* ------------------------------------------------------------ deliveries */

static void
deliver(const char *changes)
{
	struct spool_delivery d = { .received_at = FIXTURE_NOW,
		.remote = "::1",
		.credential = "token-1" };

	d.body = pool_printf(at.fixture.pool,
	    "{\"object\":\"whatsapp_business_account\","
	    "\"entry\":[{\"id\":\"waba\",\"changes\":[%s]}]}",
	    changes);
	d.body_len = strlen(d.body);
	assert_int_equal(spool_put(at.in, &d), 0);
}

const char *
history_run_text_of(const struct history *h, const struct history_item *item)
{
	return item->past ? h->past[item->fact] : h->fact[item->fact];
}

/* A delivery ends behind each in order, behind every third or so else; and
 * now and then the processor comes by before the next. */
static void
deliver_all(const struct history *h, const struct history_item *items,
    unsigned n, const struct history_plan *plan)
{
	const char *changes = "";

	for (unsigned i = 0; i < n; i++) {
		uint64_t luck = history_run_mix(plan->seed, items[i].place);

		changes = pool_printf(at.fixture.pool, "%s%s%s", changes,
		    *changes != '\0' ? "," : "",
		    history_run_text_of(h, &items[i]));
		if (plan->shuffled && luck % 3 != 0 && i + 1 < n)
			continue;
		deliver(changes);
		changes = "";
		if (plan->shuffled && luck % 4 == 0)
			drain_all(plan);
	}
}

/* --------------------------------------------------------------- outcome */

/* What was there before: contacts, and two messages that a member sent, one
 * of them with an answer that never came. */
static const char rows_before[] =
    "INSERT INTO workspaces(name, created_at) VALUES ('a', 1);"
    "INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
    " VALUES (1, '100', 1), (1, '200', 1);"
    "INSERT INTO contacts(workspace_id, phone, name, created_at, updated_at)"
    " VALUES (1, '+5511987654321', 'B', 1, 1), (1, '+491510000010', 'C', 1, 1),"
    " (1, '+491510000011', 'D', 1, 1);"
    "INSERT INTO conversations(id, workspace_id, number_id, phone, contact_id,"
    " created_at, updated_at) VALUES (1, 1, 1, '+491510000010', 2, 1, 1);"
    "INSERT INTO identities(workspace_id, number_id, kind, value, "
    "conversation_id, created_at) VALUES (1, 1, 'alias', '491510000010', 1, 1);"
    "INSERT INTO sightings(id, workspace_id, number_id, account, user_id,"
    " parent_user_id, portfolio, first_at) VALUES (1, 1, 1, '491510000010',"
    " '', '', '', 1);"
    "INSERT INTO messages(id, workspace_id, conversation_id, number_id, wamid,"
    " direction, source, type, content, preview, status, sent_at, created_at,"
    " sighting_id)"
    " VALUES (1, 1, 1, 1, 'api1', 'outbound', 'api', 'text', '{}', 'one',"
    " 'sent', 3, 3, 1), (2, 1, 1, 1, NULL, 'outbound', 'api', 'text', '{}', "
    "'two',"
    " 'queued', 4, 4, 1);"
    "INSERT INTO outbox(workspace_id, number_id, conversation_id, message_id,"
    " kind, state, due_at, sending_at, created_at) VALUES"
    " (1, 1, 1, 1, 'message', 'done', 3, 3, 3),"
    " (1, 1, 1, 2, 'message', 'sending', 4, 5, 4);";

/* The inbox as each history begins, in the store of now. */
static const char *
first_inbox(void)
{
	/* Whose ids are given below. */
	static const char *const tables[] = { "conversations", "sightings",
		"messages" };
	char **first = &at.inbox_first[store_now != &store_sqlite];

	if (*first != NULL)
		return *first;
	*first = store_now->create(at.dir);
	at.fixture.db = fixture_open(*first, 1000);
	assert_non_null(at.fixture.db);
	fixture_do(&at.fixture, rows_before);
	assert_int_equal(db_begin(at.fixture.db), 0);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		assert_int_equal(
		    db_sequence_raise(at.fixture.db, tables[i], 2), 0);
	assert_int_equal(db_commit(at.fixture.db), 0);
	db_close(at.fixture.db);
	return *first;
}

char *
history_run_outcome(const struct history *h, const struct history_item *items,
    unsigned n, const struct history_plan *plan, struct pool *pool)
{
	char *text;

	at.inbox = store_now->copy(first_inbox(), at.dir);
	copy_file(at.spool_first, at.spool);
	at.in = spool_open_writer(at.spool, at.wake, 0, 1000);
	assert_non_null(at.in);
	begin_run();
	if (!plan->shuffled)
		register_late();
	deliver_all(h, items, n, plan);
	drain_all(plan);
	if (plan->shuffled) {
		register_late();
		drain_all(plan);
	}
	rows_check_search(&at.fixture);
	text = rows_dump(&at.fixture, pool);
	end_run();
	store_now->drop(at.inbox);
	spool_close(at.in);
	pool_reset(at.fixture.pool);
	return text;
}

/* ------------------------------------------------------------------ place */

int
history_run_begin(void **state)
{
	char shm[] = "/dev/shm/waspool-unit-XXXXXX"; /* no disk to wait for */

	(void)state;
	log_open("test", LOG_LEVEL_WARN);
	at.dir = mkdtemp(shm) != NULL ? strdup(shm) : unit_dir();
	at.spool = unit_path(at.dir, "spool.db");
	at.wake = unit_path(at.dir, "wake");
	at.spool_first = unit_path(at.dir, "first-spool.db");
	at.fixture.pool = pool_new();
	at.drain.pool = pool_new();
	at.drain.beside = pool_new();
	assert_int_equal(spool_create(at.spool_first), 1);
	return 0;
}

int
history_run_end(void **state)
{
	(void)state;
	pool_free(at.fixture.pool);
	pool_free(at.drain.pool);
	pool_free(at.drain.beside);
	free(at.spool);
	free(at.wake);
	for (int i = 0; i < 2; i++)
		free(at.inbox_first[i]);
	free(at.spool_first);
	unit_clear(at.dir);
	return 0;
}
