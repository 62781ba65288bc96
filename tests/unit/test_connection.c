/*
 * Connections of the web server, each state and its ways out.  What comes while
 * one thread is busy for an hour is another one's.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"

#include "lib/fcgi/connection.h"

#define BEGIN "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
#define END   "\1\4\0\1\0\0\0\0"

#define PATIENCE_S 20

struct fixture {
	char *dir;
	struct sockaddr_un address;
	int listener;
	struct connections all;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char *path;

	f->dir = unit_dir();
	path = unit_path(f->dir, "socket");
	f->address.sun_family = AF_UNIX;
	strcpy(f->address.sun_path, path);
	free(path);
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_return_code(bind(f->listener, (struct sockaddr *)&f->address,
			       sizeof(f->address)),
	    0);
	assert_return_code(listen(f->listener, 8), 0);
	connections_open(&f->all, f->listener);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	struct connection *c;

	for (int i = 0; i < CONNECTION_STATES; i++)
		while ((c = connections_pop(&f->all, i)) != NULL)
			connection_close(c);
	connections_close(&f->all);
	close(f->listener);
	unit_clear(f->dir);
	free(f);
	return 0;
}

static int
connect_peer(const struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_return_code(connect(fd, (const struct sockaddr *)&f->address,
			       sizeof(f->address)),
	    0);
	return fd;
}

static void
say(int fd, const char *s, size_t len)
{
	assert_int_equal(write(fd, s, len), len);
}

/* Waits for a connection that has an event. */
static struct connection *
next(struct fixture *f)
{
	struct connection *c;
	int stop;

	do
		c = connections_next(&f->all, PATIENCE_S * 1000, &stop);
	while (c == NULL && !stop);
	return c;
}

struct other {
	struct fixture *f;
	struct connection *c;
};

static void *
take(void *arg)
{
	struct other *other = arg;

	other->c = next(other->f);
	return NULL;
}

/* Two connections have an event: each of two threads gets one, though neither
 * asks for another. */
static void
take_two(struct fixture *f)
{
	struct other other = { f, NULL };
	struct connection *first = next(f);
	struct timespec limit;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, take, &other), 0);
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE_S;
	assert_int_equal(pthread_timedjoin_np(thread, NULL, &limit), 0);
	assert_non_null(first);
	assert_non_null(other.c);
	assert_ptr_not_equal(first, other.c);
	assert_int_equal(connection_take(first), CONNECTION_HEAD);
	assert_int_equal(connection_take(other.c), CONNECTION_HEAD);
}

/* FD is the peer of a connection that was taken and waits in STATE. */
static struct connection *
one_in(struct fixture *f, enum connection_state state, int *fd)
{
	struct connection *c;

	*fd = connect_peer(f);
	c = next(f);
	connection_take(c);
	c->id = 1;
	connection_wait(c, state, 0);
	return c;
}

/* What the peer reads now: how many bytes, 0 the end, -1 nothing. */
static int
peer_reads(int fd)
{
	char s[64];

	return (int)recv(fd, s, sizeof(s), MSG_DONTWAIT);
}

static void
a_connection_does_not_wait_for_who_took_another(void **state)
{
	struct fixture *f = *state;
	int one = connect_peer(f), two = connect_peer(f);

	say(one, BEGIN END, sizeof(BEGIN END) - 1);
	say(two, BEGIN END, sizeof(BEGIN END) - 1);
	take_two(f);
	close(one);
	close(two);
}

/* Both were taken before their requests came. */
static void
a_late_request_does_not_wait_for_who_took_another(void **state)
{
	struct fixture *f = *state;
	int one, two;

	one_in(f, CONNECTION_HEAD, &one);
	one_in(f, CONNECTION_HEAD, &two);
	say(one, END, sizeof(END) - 1);
	say(two, END, sizeof(END) - 1);
	take_two(f);
	close(one);
	close(two);
}

static void
all_hear_that_it_is_time_to_stop(void **state)
{
	struct fixture *f = *state;
	int stop;

	connections_stop(&f->all);
	for (int i = 0; i < 3; i++) {
		assert_null(connections_next(&f->all, 20000, &stop));
		assert_int_equal(stop, 1);
		connections_rouse(&f->all);
	}
}

static void
whose_time_is_over_is_hung_up_by_its_owner(void **state)
{
	static const enum connection_state timed[] = { CONNECTION_HEAD,
		CONNECTION_LINGER };
	struct fixture *f = *state;
	struct connection *c;
	int fd;

	for (size_t i = 0; i < 2; i++) {
		int64_t began_ms = clock_ticks_ms();

		c = one_in(f, CONNECTION_HEAD, &fd);
		if (timed[i] == CONNECTION_LINGER)
			connection_linger(c);
		assert_between(
		    c->until_ms, began_ms + 10000, clock_ticks_ms() + 10000);
		connections_tick(&f->all, c->until_ms - 1);
		assert_int_equal(c->state, timed[i]);
		connections_tick(&f->all, c->until_ms);
		assert_int_equal(c->state, CONNECTION_DOOMED);
		assert_int_equal(peer_reads(fd), 0);
		assert_ptr_equal(next(f), c);
		assert_int_equal(connection_take(c), CONNECTION_DOOMED);
		connection_close(c);
		close(fd);
	}
}

static void
who_is_kept_has_no_time(void **state)
{
	struct fixture *f = *state;
	struct connection *c;
	int fd;

	c = one_in(f, CONNECTION_IDLE, &fd);
	assert_int_equal(
	    connections_tick(&f->all, clock_ticks_ms() + 100000000), 0);
	assert_int_equal(c->state, CONNECTION_IDLE);
	assert_int_equal(peer_reads(fd), -1);
	close(fd);
}

/* Its head counts from its first byte, and no other byte prolongs it. */
static void
a_next_request_has_a_time_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct connection *c;
	int64_t until_ms;
	int fd;

	c = one_in(f, CONNECTION_IDLE, &fd);
	say(fd, "\1", 1);
	assert_ptr_equal(next(f), c);
	assert_int_equal(connection_take(c), CONNECTION_IDLE);
	connection_wait(c, CONNECTION_HEAD, 0);
	until_ms = c->until_ms;
	assert_between(
	    until_ms, clock_ticks_ms() + 5000, clock_ticks_ms() + 10000);
	assert_ptr_equal(next(f), c);
	connection_take(c);
	connection_wait(c, CONNECTION_HEAD, 0);
	assert_int_equal(c->until_ms, until_ms);
	close(fd);
}

/* Not closed: a request that crosses it would be lost. */
static void
who_is_kept_is_told_to_go_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct connection *c;
	int fd;

	c = one_in(f, CONNECTION_IDLE, &fd);
	connections_stop(&f->all);
	assert_int_equal(c->state, CONNECTION_AWAY);
	assert_int_equal(peer_reads(fd), 8);
	assert_int_equal(peer_reads(fd), -1);
	assert_int_equal(connections_expect(&f->all), 1);
	/* A request that crossed it. */
	say(fd, BEGIN END, sizeof(BEGIN END) - 1);
	while (next(f) != c) /* rather than that it is time to stop */
		;
	assert_int_equal(connection_take(c), CONNECTION_AWAY);
	assert_int_equal(connection_is_to_go(c), 1);
	connection_wait(c, CONNECTION_IDLE, 0);
	assert_int_equal(c->state, CONNECTION_AWAY);
	assert_int_equal(peer_reads(fd), -1); /* it was told */
	/* The peer does not go. */
	connections_tick(&f->all, clock_ticks_ms() + 3000);
	assert_int_equal(c->state, CONNECTION_DOOMED);
	assert_int_equal(connections_expect(&f->all), 0);
	close(fd);
}

static void
the_longest_idle_makes_room(void **state)
{
	struct fixture *f = *state;
	struct connection *c[3];
	int fd[3];

	f->all.max = 2;
	for (int i = 0; i < 3; i++)
		c[i] = one_in(f, CONNECTION_IDLE, &fd[i]);
	assert_int_equal(c[0]->state, CONNECTION_AWAY);
	assert_int_equal(peer_reads(fd[0]), 8);
	assert_int_equal(c[2]->state, CONNECTION_IDLE);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static void
without_idle_ones_who_waits_longest_makes_room(void **state)
{
	struct fixture *f = *state;
	struct connection *c[3];
	int fd[3];

	f->all.max = 2;
	for (int i = 0; i < 3; i++)
		c[i] = one_in(f, CONNECTION_HEAD, &fd[i]);
	assert_int_equal(c[0]->state, CONNECTION_DOOMED);
	assert_int_equal(c[2]->state, CONNECTION_HEAD);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static void
count(void *n)
{
	++*(int *)n;
}

static struct connection *
one_with_body(
    struct fixture *f, const void *group, int64_t ms, int *over, int *fd)
{
	struct connection *c;

	*fd = connect_peer(f);
	c = next(f);
	connection_take(c);
	assert_int_equal(connection_reserve(c), 0);
	c->receive = (struct http_receive){
		.ms = ms, .group = group, .over = count, .arg = over
	};
	c->about = "r";
	c->length = 1000000;
	connection_wait_body(c, 0);
	return c;
}

static void
a_body_that_does_not_come_is_hung_up(void **state)
{
	struct fixture *f = *state;
	int fd[2], over = 0;
	struct connection *timed = one_with_body(f, NULL, 30000, &over, &fd[0]);
	struct connection *slow = one_with_body(f, NULL, 0, &over, &fd[1]);
	int64_t now_ms = slow->looked_ms;

	connections_tick(&f->all, now_ms + 19000);
	assert_int_equal(slow->state, CONNECTION_BODY);
	connection_goes_on(slow, 16 * 1024); /* so much is enough */
	connections_tick(&f->all, now_ms + 21000);
	assert_int_equal(slow->state, CONNECTION_BODY);
	/* One that has a time may come as slowly as it likes until then. */
	assert_int_equal(timed->state, CONNECTION_BODY);
	connections_tick(&f->all, timed->until_ms - 1);
	assert_int_equal(timed->state, CONNECTION_BODY);
	connections_tick(&f->all, timed->until_ms);
	assert_int_equal(timed->state, CONNECTION_DOOMED);
	assert_int_equal(slow->state, CONNECTION_BODY);
	connections_tick(&f->all, now_ms + 42000);
	assert_int_equal(slow->state, CONNECTION_DOOMED);
	assert_int_equal(f->all.bodies, 0);
	close(fd[0]);
	close(fd[1]);
}

static void
of_a_group_the_first_one_is_hung_up(void **state)
{
	struct fixture *f = *state;
	int fd[3], over[3] = { 0, 0, 0 }, group = 0, others = 0;
	struct connection *c[3];

	c[0] = one_with_body(f, &others, 0, &over[0], &fd[0]);
	c[1] = one_with_body(f, &group, 0, &over[1], &fd[1]);
	c[2] = one_with_body(f, &group, 0, &over[2], &fd[2]);
	c[1]->began_ms -= 500;
	assert_int_equal(connections_hang_up(&f->all, &group, 100000), 0);
	assert_int_equal(connections_hang_up(&f->all, &group, 400), 1);
	assert_int_equal(c[1]->state, CONNECTION_DOOMED);
	assert_int_equal(over[1], 1);
	assert_null(c[1]->receive.over);
	assert_int_equal(connection_has_body(c[1]), 0);
	assert_int_equal(connection_has_body(c[2]), 1);
	assert_int_equal(over[0] + over[2], 0);
	for (int i = 0; i < 3; i++)
		close(fd[i]);
}

static void
so_many_bodies_come_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct connection *c;
	int fd;

	fd = connect_peer(f);
	c = next(f);
	f->all.max = 2;
	assert_int_equal(connection_reserve(c), 0);
	assert_int_equal(connection_reserve(c), 0);
	assert_int_equal(connection_reserve(c), -1);
	connection_give_back(c);
	assert_int_equal(connection_reserve(c), 0);
	close(fd);
}

/* Also the one that nobody is told of again: it came with the last request. */
static void
a_request_that_is_here_already_has_an_event(void **state)
{
	struct fixture *f = *state;
	struct connection *c;
	int fd, stop;

	c = one_in(f, CONNECTION_IDLE, &fd);
	assert_null(connections_next(&f->all, 0, &stop));
	say(fd, "\1", 1);
	assert_ptr_equal(next(f), c);
	assert_int_equal(recv(c->fd, &(char){ 0 }, 1, 0), 1);
	connection_wait(c, CONNECTION_HEAD, 1);
	assert_ptr_equal(next(f), c);
	assert_null(connections_next(&f->all, 0, &stop));
	close(fd);
}

int
main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		CASE(a_connection_does_not_wait_for_who_took_another),
		CASE(a_late_request_does_not_wait_for_who_took_another),
		CASE(all_hear_that_it_is_time_to_stop),
		CASE(whose_time_is_over_is_hung_up_by_its_owner),
		CASE(who_is_kept_has_no_time),
		CASE(a_next_request_has_a_time_of_its_own),
		CASE(who_is_kept_is_told_to_go_at_the_end),
		CASE(the_longest_idle_makes_room),
		CASE(without_idle_ones_who_waits_longest_makes_room),
		CASE(a_body_that_does_not_come_is_hung_up),
		CASE(of_a_group_the_first_one_is_hung_up),
		CASE(so_many_bodies_come_at_a_time),
		CASE(a_request_that_is_here_already_has_an_event),
	};

	return cmocka_run_group_tests_name("connection", tests, NULL, NULL);
}
