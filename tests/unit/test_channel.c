/*
 * A workspace's newest events, for all who follow it; and how many may.
 */
#include "unit.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "api/realtime/channel.h"
#include "api/realtime/limiter.h"

#define W 7 /* a workspace */

static struct pool *pool;

static const char *
take(struct follower *f)
{
	struct buf b = { .pool = pool };

	channel_next(f, &b);
	return buf_end(&b);
}

static void
put(int64_t seq, const char *text)
{
	channel_put(W, seq, 0, text, strlen(text));
}

static enum channel_answer
ask(struct follower *f)
{
	return channel_wait(f, clock_ticks_ms());
}

static void
each_takes_it_once(void **state)
{
	struct follower a = { 0 }, b = { 0 };

	(void)state;
	channel_join(&a, W, 10, 10);
	channel_join(&b, W, 11, 10);
	assert_int_equal(ask(&a), CHANNEL_QUIET);
	put(11, "x");
	put(12, "y");
	assert_int_equal(ask(&a), CHANNEL_NEWS);
	assert_string_equal(take(&a), "xy");
	assert_string_equal(take(&a), "");
	assert_int_equal(ask(&a), CHANNEL_QUIET);
	assert_string_equal(take(&b), "y");
	assert_int_equal(b.after, 12);
	channel_leave(&a);
	channel_leave(&b);
}

static void
who_is_behind_reads_the_database(void **state)
{
	struct follower a = { 0 }, b = { 0 };

	(void)state;
	channel_join(&a, W, 10, 20);
	assert_int_equal(ask(&a), CHANNEL_BEHIND);
	channel_join(&b, W, 20, 20);
	put(21, "x");
	assert_string_equal(take(&a), "");
	channel_move(&a, 21);
	assert_int_equal(ask(&a), CHANNEL_QUIET);
	assert_string_equal(take(&b), "x");
	channel_skip(W, 30);
	assert_int_equal(ask(&b), CHANNEL_BEHIND);
	channel_leave(&a);
	channel_leave(&b);
}

static void
only_the_next_is_taken_in(void **state)
{
	struct follower f = { 0 };

	(void)state;
	channel_join(&f, W, 1, 1);
	put(3, "z");
	assert_int_equal(ask(&f), CHANNEL_QUIET);
	put(2, "y");
	put(2, "y");
	assert_string_equal(take(&f), "y");
	channel_leave(&f);
	put(3, "nobody follows");
}

static void
what_is_kept_is_bounded(void **state)
{
	char *large = pool_alloc(pool, 100001);
	struct follower slow = { 0 }, quick = { 0 };
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
	assert_int_equal(ask(&slow), CHANNEL_BEHIND);
	channel_move(&slow, 30);
	channel_move(&quick, 30);
	assert_true(channel_has_room(W));
	channel_leave(&slow);
	channel_leave(&quick);
}

static void
a_giant_is_for_each_to_read(void **state)
{
	char *giant = pool_alloc(pool, 300001);
	struct follower f = { 0 };

	(void)state;
	memset(giant, 'x', 300000);
	channel_join(&f, W, 0, 0);
	put(1, "a");
	put(2, giant);
	assert_int_equal(ask(&f), CHANNEL_BEHIND);
	channel_move(&f, 2);
	put(3, "b");
	assert_string_equal(take(&f), "b");
	channel_leave(&f);
}

static void
they_are_listed(void **state)
{
	struct channel_state *list;
	struct follower a = { 0 }, b = { 0 };

	(void)state;
	channel_join(&a, W, 1, 5);
	channel_join(&b, W + 1, 6, 6);
	assert_int_equal(channel_list(pool, &list), 2);
	assert_int_equal(list[0].last + list[1].last, 11);
	channel_leave(&a);
	assert_int_equal(channel_list(pool, &list), 1);
	assert_int_equal(list[0].workspace_id, W + 1);
	channel_leave(&b);
	assert_int_equal(channel_list(pool, &list), 0);
}

static void
a_members_own_is_for_him_alone(void **state)
{
	struct follower ann = { .user_id = 1 }, bob = { .user_id = 2 };

	(void)state;
	channel_join(&ann, W, 0, 0);
	channel_join(&bob, W, 0, 0);
	channel_put(W, 1, 1, "a", 1);
	assert_int_equal(ask(&bob), CHANNEL_NEWS);
	assert_string_equal(take(&bob), "");
	assert_int_equal(ask(&bob), CHANNEL_QUIET);
	put(2, "b");
	assert_string_equal(take(&bob), "b");
	assert_string_equal(take(&ann), "ab");
	channel_leave(&ann);
	channel_leave(&bob);
}

static void
what_is_said_is_for_who_hears_it_now(void **state)
{
	struct follower ann = { .user_id = 1, .hears = 1 }, deaf = { 0 },
			late = { .hears = 1 };

	(void)state;
	channel_say(W, "nobody", 6);
	channel_join(&ann, W, 0, 0);
	channel_join(&deaf, W, 0, 0);
	assert_int_equal(ask(&ann), CHANNEL_QUIET);
	channel_say(W, "1", 1);
	channel_join(&late, W, 0, 0);
	channel_say(W, "2", 1);
	assert_int_equal(ask(&deaf), CHANNEL_QUIET);
	assert_string_equal(take(&deaf), "");
	put(1, "a");
	assert_int_equal(ask(&ann), CHANNEL_NEWS);
	assert_string_equal(take(&ann), "a12");
	assert_int_equal(ask(&ann), CHANNEL_QUIET);
	assert_string_equal(take(&late), "a2");
	/* Who is slow has the last ones. */
	for (int i = 0; i < 3 * CHANNEL_SAID; i++)
		channel_say(W, i < 2 * CHANNEL_SAID ? "x" : "y", 1);
	assert_int_equal(strlen(take(&ann)), CHANNEL_SAID);
	assert_int_equal(channel_follows(W, 1), 1);
	channel_leave(&ann);
	assert_int_equal(channel_follows(W, 1), 0);
	channel_leave(&deaf);
	channel_leave(&late);
	assert_int_equal(channel_follows(W, 1), 0);
}

static void *
follow(void *arg)
{
	struct follower f = { 0 };
	int64_t *seen = arg;

	channel_join(&f, W, 0, 0);
	__atomic_fetch_add(seen, 1, __ATOMIC_SEQ_CST);
	while (channel_wait(&f, clock_ticks_ms() + 60000) == CHANNEL_NEWS) {
		struct pool *p = pool_new();
		struct buf b = { .pool = p };

		channel_next(&f, &b);
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
		    pthread_create(&threads[i], NULL, follow, &seen), 0);
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
	assert_int_equal(seen, 800 * 1000 + 8);
}

static void
note_leave(void *arg)
{
	++*(int *)arg;
}

/* Somebody comes in by an address: what he hears. */
static enum limiter_answer
come(struct limiter *g, struct limiter_place *p, int64_t workspace_id,
    int64_t user_id, const char *address, int *asked)
{
	*p = (struct limiter_place){ .workspace_id = workspace_id,
		.user_id = user_id,
		.address = address,
		.leave = note_leave,
		.arg = asked };
	return limiter_enter(g, p);
}

static void
gate_counts_all_and_each_address(void **state)
{
	static const struct {
		const char *address;
		enum limiter_answer answer;
	} guests[] = {
		{ "192.0.2.1", LIMITER_OPEN },
		{ "::ffff:192.0.2.1", LIMITER_OPEN },
		{ "192.0.2.1", LIMITER_ADDRESS_FULL },
		{ "2001:db8:1:2::1", LIMITER_OPEN },
		{ "2001:db8:1:2:ffff::2", LIMITER_OPEN }, /* of the same /64 */
		{ "2001:db8:1:2:3:4:5:6", LIMITER_ADDRESS_FULL },
		{ "2001:db8:1:3::1", LIMITER_OPEN },
		{ "127.0.0.1", LIMITER_OPEN },
		{ "::ffff:127.0.0.1", LIMITER_OPEN },
		{ "::1", LIMITER_OPEN },
		{ "", LIMITER_OPEN }, /* a socket of the machine */
		{ "198.51.100.1", LIMITER_FULL },
	};
	enum { N = sizeof(guests) / sizeof(guests[0]) };
	struct limiter *g = limiter_new(9, 2);
	struct limiter_place places[N];
	int asked = 0;

	(void)state;
	for (int i = 0; i < N; i++)
		assert_int_equal(guests[i].answer,
		    come(g, &places[i], 1, 1, guests[i].address, &asked));
	limiter_leave(g, &places[0]);
	assert_int_equal(
	    come(g, &places[0], 1, 1, "192.0.2.1", &asked), LIMITER_OPEN);
	assert_int_equal(asked, 0);
	for (int i = 0; i < N; i++)
		if (guests[i].answer == LIMITER_OPEN)
			limiter_leave(g, &places[i]);
	limiter_free(g);
}

/* One has all as long as nobody else comes; then each has his share. */
static void
gate_gives_each_a_share(void **state)
{
	struct limiter *g = limiter_new(30, 100);
	struct limiter_place one[30], two[20], three;
	int asked[4] = { 0 };

	(void)state;
	for (int i = 0; i < 30; i++)
		assert_int_equal(come(g, &one[i], 1, 1, "127.0.0.1", &asked[1]),
		    LIMITER_OPEN);
	assert_int_equal(
	    come(g, &three, 1, 1, "127.0.0.1", &asked[1]), LIMITER_FULL);
	/* The other workspace's owner gets in: the oldest leaves. */
	for (int i = 0; i < 15; i++) {
		assert_int_equal(come(g, &two[i], 2, 2, "127.0.0.1", &asked[2]),
		    LIMITER_OPEN);
		assert_int_equal(asked[1], i + 1);
		assert_true(one[i].leaving);
		limiter_leave(g, &one[i]);
	}
	/* Half of them is his share; and whoever left finds no place. */
	assert_int_equal(
	    come(g, &two[15], 2, 2, "127.0.0.1", &asked[2]), LIMITER_FULL);
	assert_int_equal(
	    come(g, &one[0], 1, 1, "127.0.0.1", &asked[1]), LIMITER_FULL);
	/* Another member of the first workspace has a share of that. */
	assert_int_equal(
	    come(g, &three, 1, 3, "127.0.0.1", &asked[3]), LIMITER_OPEN);
	assert_int_equal(asked[1], 16);
	assert_int_equal(asked[2] + asked[3], 0);
	limiter_leave(g, &three);
	for (int i = 15; i < 30; i++)
		limiter_leave(g, &one[i]);
	for (int i = 0; i < 15; i++)
		limiter_leave(g, &two[i]);
	limiter_free(g);
}

/* Who does not leave keeps a thread: there are not more of them than that. */
static void
gate_lets_no_more_in_than_can_leave(void **state)
{
	struct limiter *g = limiter_new(100, 1000);
	struct limiter_place one[100], two[100];
	int asked = 0, in = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		come(g, &one[i], 1, 1, "127.0.0.1", &asked);
	while (come(g, &two[in], 2, 2, "127.0.0.1", &asked) == LIMITER_OPEN)
		in++;
	assert_int_equal(in, LIMITER_LEAVING_MAX);
	limiter_leave(g, &one[0]);
	assert_int_equal(
	    come(g, &two[in], 2, 2, "127.0.0.1", &asked), LIMITER_OPEN);
	for (int i = 1; i < 100; i++)
		limiter_leave(g, &one[i]);
	for (int i = 0; i <= in; i++)
		limiter_leave(g, &two[i]);
	limiter_free(g);
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
		cmocka_unit_test(a_members_own_is_for_him_alone),
		cmocka_unit_test(what_is_said_is_for_who_hears_it_now),
		cmocka_unit_test(gate_counts_all_and_each_address),
		cmocka_unit_test(gate_gives_each_a_share),
		cmocka_unit_test(gate_lets_no_more_in_than_can_leave),
		cmocka_unit_test(many_wait_until_the_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
