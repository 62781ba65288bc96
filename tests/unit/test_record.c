/*
 * Long answers as records of FastCGI, to a peer that takes its time.
 */
#include "unit.h"

#include <sys/socket.h>

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/fcgi/record.h"

/* The output is at its end; the request, too. */
#define END "\1\6\1\2\0\0\0\0\1\3\1\2\0\10\0\0\0\0\0\0\0\0\0\0"

#define AWAY "\1\7\1\2\0\0\0\0"

struct peer {
	int fd;
	struct buf got;
};

/* As it comes, in small pieces. */
static void *
take(void *arg)
{
	struct peer *peer = arg;
	char some[1000];
	ssize_t n;

	while ((n = read(peer->fd, some, sizeof(some))) > 0)
		buf_put(&peer->got, some, (size_t)n);
	return NULL;
}

static int
has_end(const struct buf *got)
{
	size_t len = sizeof(END) - 1;

	return got->len >= len &&
	       memcmp(got->s + got->len - len, END, len) == 0;
}

/* What stands in the records of request 258; fails for anything else. */
static struct buf
contents(struct pool *pool, const struct buf *got)
{
	struct buf out = { .pool = pool };
	const unsigned char *s = (const unsigned char *)got->s;

	for (size_t at = 0, len; at < got->len; at += 8 + len) {
		const unsigned char *r = s + at;

		assert_true(got->len - at >= 8);
		if (memcmp(r, END, sizeof(END) - 1) == 0) {
			assert_int_equal(got->len - at, sizeof(END) - 1);
			break;
		}
		assert_memory_equal(r, "\1\6\1\2", 4);
		len = (size_t)r[4] << 8 | r[5];
		assert_true(len > 0 && len + r[6] <= got->len - at - 8);
		buf_put(&out, r + 8, len);
		len += r[6];
	}
	return out;
}

static void
send_and_compare(size_t body_len, int in_a_hurry, int ends)
{
	struct pool *pool = pool_new();
	struct peer peer = { .got.pool = pool };
	char *body = pool_alloc(pool, body_len + 1);
	struct iovec part[3] = { { (char *)(uintptr_t) "Status: 200 OK\r\n",
				     16 },
		{ (char *)(uintptr_t) "\r\n", 2 }, { body, body_len } };
	struct buf out;
	pthread_t thread;
	int fd[2];

	for (size_t i = 0; i < body_len; i++)
		body[i] = (char)('a' + i * 7 % 23);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	peer.fd = fd[1];
	if (in_a_hurry)
		close(fd[1]);
	else
		assert_int_equal(pthread_create(&thread, NULL, take, &peer), 0);
	assert_int_equal(record_send(fd[0], 258, part, 3,
			     ends ? RECORD_END : RECORD_GOES_ON),
	    in_a_hurry ? -1 : 0);
	close(fd[0]);
	if (!in_a_hurry) {
		pthread_join(thread, NULL);
		close(fd[1]);
		assert_int_equal(ends, has_end(&peer.got));
		out = contents(pool, &peer.got);
		assert_int_equal(out.len, 18 + body_len);
		assert_memory_equal(out.s, "Status: 200 OK\r\n\r\n", 18);
		assert_memory_equal(out.s + 18, body, body_len);
	}
	pool_free(pool);
}

/* Nobody takes it, until nothing more goes out; then somebody does. */
static void
what_is_not_taken_waits(void **state)
{
	struct pool *pool = pool_new();
	struct peer peer = { .got.pool = pool };
	struct record_output output = { .len = 0 };
	const size_t piece_len = 100000;
	char *piece = pool_alloc(pool, piece_len);
	struct buf out;
	size_t n = 0;
	pthread_t thread;
	int fd[2];
	long left = 0;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	for (size_t i = 0; i < piece_len; i++)
		piece[i] = (char)('a' + i * 7 % 23);
	while (left == 0) {
		record_put(&output, 258, piece, piece_len, RECORD_GOES_ON);
		left = record_flush(fd[0], &output);
		n++;
	}
	assert_true(left > 0);
	record_put(&output, 258, piece, piece_len, RECORD_GOES_ON);
	record_put(&output, 258, NULL, 0, RECORD_END);
	assert_true(record_flush(fd[0], &output) > left);
	peer.fd = fd[1];
	assert_int_equal(pthread_create(&thread, NULL, take, &peer), 0);
	while ((left = record_flush(fd[0], &output)) > 0)
		;
	assert_int_equal(left, 0);
	assert_null(output.s);
	close(fd[0]);
	pthread_join(thread, NULL);
	assert_true(has_end(&peer.got));
	out = contents(pool, &peer.got);
	assert_int_equal(out.len, (n + 1) * piece_len);
	for (size_t i = 0; i <= n; i++)
		assert_memory_equal(out.s + i * piece_len, piece, piece_len);
	close(fd[1]);
	pool_free(pool);
}

static void
who_has_gone_takes_nothing(void **state)
{
	struct record_output output = { .len = 0 };
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	close(fd[1]);
	record_put(&output, 258, "x", 1, RECORD_GOES_ON);
	assert_int_equal(record_flush(fd[0], &output), -1);
	record_drop(&output);
	assert_null(output.s);
	close(fd[0]);
}

static void
all_of_it_comes_whatever_its_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 4096, 65509, 65510, 65511,
		65528, 65536, 131056, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int ends = 0; ends < 2; ends++)
			send_and_compare(lengths[i], 0, ends);
}

static void
an_end_may_come_alone(void **state)
{
	unsigned char got[64];
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(record_send(fd[0], 258, NULL, 0, RECORD_END), 0);
	assert_int_equal(read(fd[1], got, sizeof(got)), sizeof(END) - 1);
	assert_memory_equal(got, END, sizeof(END) - 1);
	close(fd[0]);
	close(fd[1]);
}

/* By an empty record of STDERR, behind the end or alone. */
static void
a_web_server_is_told_to_close(void **state)
{
	unsigned char got[64];
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(record_send(fd[0], 258, NULL, 0, RECORD_END_AWAY), 0);
	assert_int_equal(read(fd[1], got, sizeof(got)), sizeof(END AWAY) - 1);
	assert_memory_equal(got, END AWAY, sizeof(END AWAY) - 1);
	assert_int_equal(record_go_away(fd[0], 258), 0);
	assert_int_equal(read(fd[1], got, sizeof(got)), sizeof(AWAY) - 1);
	assert_memory_equal(got, AWAY, sizeof(AWAY) - 1);
	close(fd[1]);
	assert_int_equal(record_go_away(fd[0], 258), -1);
	close(fd[0]);
}

static void
a_peer_that_has_gone_is_no_end_of_us(void **state)
{
	(void)state;
	send_and_compare(1 << 20, 1, 0);
	send_and_compare(1 << 20, 1, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_comes_whatever_its_length),
		cmocka_unit_test(an_end_may_come_alone),
		cmocka_unit_test(what_is_not_taken_waits),
		cmocka_unit_test(who_has_gone_takes_nothing),
		cmocka_unit_test(a_web_server_is_told_to_close),
		cmocka_unit_test(a_peer_that_has_gone_is_no_end_of_us),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
