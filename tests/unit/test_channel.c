/*
 * A workspace's newest events, for all who follow it; and how many may.
 */
#include "unit.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "action/channel.h"
#include "action/gate.h"

#define W 7 /* a workspace */

static struct pool *pool;

static const char *
take(struct follower *f)
{
	struct buf b = { .pool = pool };

	channel_take(f, &b);
	return buf_end(&b);
}

static void
put(int64_t seq, const char *text)
{
	channel_put(W, seq, text, strlen(text));
}

static enum channel_answer
ask(struct follower *f)
{
	return channel_wait(f, clock_ticks_ms());
}

static void
each_takes_it_once(void **state)
{
	struct follower a, b;

	(void)state;
	channel_join(&a, W, 10, 10);
	channel_join(&b, W, 11, 10);
	assert_int_equal(CHANNEL_QUIET, ask(&a));
	put(11, "x");
	put(12, "y");
	assert_int_equal(CHANNEL_NEWS, ask(&a));
	assert_string_equal("xy", take(&a));
	assert_string_equal("", take(&a));
	assert_int_equal(CHANNEL_QUIET, ask(&a));
	assert_string_equal("y", take(&b));
	assert_int_equal(12, b.after);
	channel_leave(&a);
	channel_leave(&b);
}

static void
who_is_behind_reads_the_database(void **state)
{
	struct follower a, b;

	(void)state;
	channel_join(&a, W, 10, 20);
	assert_int_equal(CHANNEL_BEHIND, ask(&a));
	channel_join(&b, W, 20, 20);
	put(21, "x");
	assert_string_equal("", take(&a));
	channel_move(&a, 21);
	assert_int_equal(CHANNEL_QUIET, ask(&a));
	assert_string_equal("x", take(&b));
	channel_skip(W, 30);
	assert_int_equal(CHANNEL_BEHIND, ask(&b));
	channel_leave(&a);
	channel_leave(&b);
}

static void
only_the_next_is_taken_in(void **state)
{
	struct follower f;

	(void)state;
	channel_join(&f, W, 1, 1);
	put(3, "z");
	assert_int_equal(CHANNEL_QUIET, ask(&f));
	put(2, "y");
	put(2, "y");
	assert_string_equal("y", take(&f));
	channel_leave(&f);
	put(3, "nobody follows");
}

static void
what_is_kept_is_bounded(void **state)
{
	char *large = pool_get(pool, 100001);
	struct follower slow, quick;
	int64_t seq = 0;

	(void)state;
	memset(large, 'x', 100000);
	channel_join(&slow, W, 0, 0);
	channel_join(&quick, W, 0, 0);
	assert_true(channel_has_room(W));
	while (seq < 6)
		put(++seq, large);
	assert_false(channel_has_room(W));
	while (quick.after < seq)
		take(&quick);
	assert_false(channel_has_room(W));
	while (seq < 30)
		put(++seq, large);
	assert_int_equal(CHANNEL_BEHIND, ask(&slow));
	channel_move(&slow, 30);
	channel_move(&quick, 30);
	assert_true(channel_has_room(W));
	channel_leave(&slow);
	channel_leave(&quick);
}

static void
a_giant_is_for_each_to_read(void **state)
{
	char *giant = pool_get(pool, 300001);
	struct follower f;

	(void)state;
	memset(giant, 'x', 300000);
	channel_join(&f, W, 0, 0);
	put(1, "a");
	put(2, giant);
	assert_int_equal(CHANNEL_BEHIND, ask(&f));
	channel_move(&f, 2);
	put(3, "b");
	assert_string_equal("b", take(&f));
	channel_leave(&f);
}

static void
they_are_listed(void **state)
{
	struct channel_state *list;
	struct follower a, b;

	(void)state;
	channel_join(&a, W, 1, 5);
	channel_join(&b, W + 1, 6, 6);
	assert_int_equal(2, channel_list(pool, &list));
	assert_int_equal(11, list[0].last + list[1].last);
	channel_leave(&a);
	assert_int_equal(1, channel_list(pool, &list));
	assert_int_equal(W + 1, list[0].workspace_id);
	channel_leave(&b);
	assert_int_equal(0, channel_list(pool, &list));
}

static void *
follow(void *arg)
{
	struct follower f;
	int64_t *seen = arg;

	channel_join(&f, W, 0, 0);
	__atomic_fetch_add(seen, 1, __ATOMIC_SEQ_CST);
	while (channel_wait(&f, clock_ticks_ms() + 60000) == CHANNEL_NEWS) {
		struct pool *p = pool_new();
		struct buf b = { .pool = p };

		channel_take(&f, &b);
		__atomic_fetch_add(
		    seen, (int64_t)b.len * 1000, __ATOMIC_SEQ_CST);
		pool_free(p);
	}
	channel_leave(&f);
	return NULL;
}

/* The last: nothing waits after it. */
static void
many_wait_until_the_end(void **state)
{
	pthread_t threads[8];
	int64_t seen = 0;

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(
		    0, pthread_create(&threads[i], NULL, follow, &seen));
	while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 8)
		usleep(1000);
	for (int64_t seq = 1; seq <= 100; seq++) {
		put(seq, "x");
		channel_announce(W);
	}
	while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) < 800 * 1000 + 8)
		usleep(1000);
	channel_stop();
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(800 * 1000 + 8, seen);
}

static void
gate_counts_all_and_each_address(void **state)
{
	struct gate *g = gate_new(5, 2);

	(void)state;
	assert_int_equal(GATE_OPEN, gate_enter(g, "192.0.2.1"));
	assert_int_equal(GATE_OPEN, gate_enter(g, "192.0.2.1"));
	assert_int_equal(GATE_ADDRESS_FULL, gate_enter(g, "192.0.2.1"));
	assert_int_equal(GATE_OPEN, gate_enter(g, "2001:db8::1"));
	assert_int_equal(GATE_OPEN, gate_enter(g, "127.0.0.1"));
	assert_int_equal(GATE_OPEN, gate_enter(g, "127.0.0.1"));
	assert_int_equal(GATE_FULL, gate_enter(g, "127.0.0.1"));
	gate_leave(g, "192.0.2.1");
	assert_int_equal(GATE_OPEN, gate_enter(g, "192.0.2.1"));
	gate_leave(g, "192.0.2.1");
	gate_leave(g, "192.0.2.1");
	gate_leave(g, "2001:db8::1");
	gate_leave(g, "127.0.0.1");
	gate_leave(g, "127.0.0.1");
	gate_free(g);
}

static int
begin(void **state)
{
	(void)state;
	pool = pool_new();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	pool_free(pool);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_takes_it_once),
		cmocka_unit_test(who_is_behind_reads_the_database),
		cmocka_unit_test(only_the_next_is_taken_in),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(a_giant_is_for_each_to_read),
		cmocka_unit_test(they_are_listed),
		cmocka_unit_test(gate_counts_all_and_each_address),
		cmocka_unit_test(many_wait_until_the_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
