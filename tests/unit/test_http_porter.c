/*
 * Two threads that wait for connections: what comes while one of them is busy
 * for an hour is the other one's.
 */
#include "unit.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#include "lib/fcgi/http_acceptor.h"

#define BEGIN "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
#define END   "\1\4\0\1\0\0\0\0"

#define PATIENCE_S 20

struct fixture {
	char *dir;
	struct sockaddr_un address;
	int listener, stop_fd;
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
	f->stop_fd = eventfd(0, EFD_NONBLOCK);
	http_acceptor_begin(f->listener, f->stop_fd);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	http_acceptor_end();
	close(f->stop_fd);
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

/* Waits for a connection: its descriptor. */
static void *
take(void *fd)
{
	struct http_call *call;

	do
		http_acceptor_wait();
	while ((*(int *)fd = http_acceptor_next(&call)) == -1);
	return NULL;
}

/* Two connections have come: each of two threads gets one, though neither asks
 * for another. */
static void
take_two(void)
{
	struct timespec limit;
	int first, second;
	pthread_t other;

	take(&first);
	assert_int_equal(pthread_create(&other, NULL, take, &second), 0);
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE_S;
	assert_int_equal(pthread_timedjoin_np(other, NULL, &limit), 0);
	assert_int_not_equal(first, second);
	close(first);
	close(second);
}

static void
a_connection_does_not_wait_for_who_took_another(void **state)
{
	struct fixture *f = *state;
	int one = connect_peer(f), two = connect_peer(f);

	say(one, BEGIN END, sizeof(BEGIN END) - 1);
	say(two, BEGIN END, sizeof(BEGIN END) - 1);
	take_two();
	close(one);
	close(two);
}

/* Both were taken before their requests came. */
static void
a_late_request_does_not_wait_for_who_took_another(void **state)
{
	struct fixture *f = *state;
	int one = connect_peer(f), two = connect_peer(f);
	struct http_call *call;

	say(one, BEGIN, sizeof(BEGIN) - 1);
	say(two, BEGIN, sizeof(BEGIN) - 1);
	http_acceptor_wait();
	assert_int_equal(http_acceptor_next(&call), -1);
	say(one, END, sizeof(END) - 1);
	say(two, END, sizeof(END) - 1);
	take_two();
	close(one);
	close(two);
}

static void
all_hear_that_it_is_time_to_stop(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(write(f->stop_fd, &(uint64_t){ 1 }, 8), 8);
	for (int i = 0; i < 3; i++)
		assert_int_equal(http_acceptor_wait(), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_connection_does_not_wait_for_who_took_another, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_late_request_does_not_wait_for_who_took_another, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    all_hear_that_it_is_time_to_stop, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
