/*
 * Bodies of FastCGI requests as a web server sends them, cut anywhere: taken
 * without waiting, into memory or a file.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/body.h"

#define STDIN "\1\5\0\1\0\5\3\0helloPAD"
#define MORE  "\1\5\0\1\0\6\0\0 world"
#define LAST  "\1\5\0\1\0\0\0\0"
#define WORDS "hello world"

#define BYTES(s) (s), sizeof(s) - 1

struct fixture {
	struct pool *pool;
	char *dir;
	int peer, fd;
	unsigned char raw[64];
	struct fcgi_body body;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd[2];

	log_open("test", LOG_LEVEL_WARN);
	f->pool = pool_new();
	f->dir = unit_dir();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	f->peer = fd[0];
	f->fd = fd[1];
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	body_end(&f->body);
	if (f->peer != -1)
		close(f->peer);
	close(f->fd);
	pool_free(f->pool);
	unit_clear(f->dir);
	free(f);
	return 0;
}

static void
begin(struct fixture *f, long long length, const char *with, size_t len)
{
	memcpy(f->raw, with, len);
	body_begin(&f->body, f->fd, 1, length, f->raw, len, sizeof(f->raw));
}

static void
say(struct fixture *f, const char *s, size_t len)
{
	assert_int_equal(write(f->peer, s, len), len);
}

static void
is_hello_world(struct fixture *f)
{
	char s[32];

	assert_int_equal(f->body.state, BODY_WHOLE);
	assert_int_equal(f->body.got, strlen(WORDS));
	f->body.given = 0;
	assert_int_equal(body_read(&f->body, s, 4), 4);
	assert_int_equal(
	    body_read(&f->body, s + 4, sizeof(s) - 4), strlen(WORDS) - 4);
	assert_memory_equal(s, WORDS, strlen(WORDS));
	assert_int_equal(body_read(&f->body, s, 1), 0);
}

/* The head brings the first N bytes with it, the rest comes one by one. */
static void
cut(struct fixture *f, size_t n, int to_file)
{
	static const char all[] = STDIN MORE LAST;
	size_t len = sizeof(all) - 1;

	begin(f, strlen(WORDS), all, n);
	if (to_file)
		assert_int_equal(body_to_file(&f->body, f->dir), 0);
	else
		body_to_memory(&f->body, n % 2 ? f->pool : NULL);
	for (; n < len && body_pull(&f->body, 100) == BODY_COMING; n++)
		say(f, all + n, 1);
	body_pull(&f->body, 100);
	is_hello_world(f);
	body_end(&f->body);
	while (recv(f->fd, f->raw, sizeof(f->raw), MSG_DONTWAIT) > 0)
		;
}

static void
it_may_be_cut_anywhere(void **state)
{
	struct fixture *f = *state;

	for (size_t n = 0; n < sizeof(STDIN MORE LAST); n++) {
		cut(f, n < sizeof(f->raw) ? n : sizeof(f->raw), 0);
		cut(f, n < sizeof(f->raw) ? n : sizeof(f->raw), 1);
	}
}

static void
nothing_is_waited_for(void **state)
{
	struct fixture *f = *state;

	begin(f, 11, BYTES(STDIN));
	body_to_memory(&f->body, f->pool);
	assert_int_equal(body_pull(&f->body, 100), BODY_COMING);
	assert_int_equal(body_pull(&f->body, 100), BODY_COMING);
	assert_int_equal(f->body.got, 5);
}

/* A record of 250 bytes: so much, and what was received with it. */
static void
so_much_at_a_time(void **state)
{
	struct fixture *f = *state;
	char record[8 + 250] = "\1\5\0\1\0\372\0";

	memset(record + 8, 'a', 250);
	begin(f, 250, "", 0);
	say(f, record, sizeof(record));
	body_to_memory(&f->body, NULL);
	assert_int_equal(body_pull(&f->body, 3), BODY_COMING);
	assert_int_equal(f->body.got, sizeof(f->raw) - 8);
	assert_int_equal(body_pull(&f->body, 3), BODY_COMING);
	assert_int_equal(f->body.got, sizeof(f->raw) - 8 + 3);
	assert_int_equal(body_pull(&f->body, 1000), BODY_WHOLE);
	assert_int_equal(f->body.got, 250);
}

static void
none_is_whole_from_the_beginning(void **state)
{
	struct fixture *f = *state;

	begin(f, 0, "", 0);
	assert_int_equal(f->body.state, BODY_WHOLE);
}

/* More than was said is left where it is; an end that comes early is one. */
static void
its_length_is_the_one_that_was_said(void **state)
{
	struct fixture *f = *state;

	begin(f, 5, BYTES(STDIN MORE LAST));
	body_to_memory(&f->body, f->pool);
	assert_int_equal(body_pull(&f->body, 100), BODY_WHOLE);
	assert_int_equal(f->body.got, 5);
	begin(f, 50, BYTES(STDIN MORE LAST));
	body_to_memory(&f->body, f->pool);
	assert_int_equal(body_pull(&f->body, 100), BODY_WHOLE);
	assert_int_equal(f->body.got, 11);
}

static void
what_is_no_body_breaks_it(void **state)
{
	static const struct {
		const char *s;
		size_t len;
	} cases[] = {
		{ BYTES("\1\5\0\2\0\1\0\0x") },	 /* another request's */
		{ BYTES("\1\2\0\1\0\0\0\0") },	 /* an abort */
		{ BYTES("\2\5\0\1\0\1\0\0x") },	 /* another version */
		{ BYTES("\1\10\0\1\0\1\0\0x") }, /* FCGI_DATA */
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(f, 11, cases[i].s, cases[i].len);
		body_to_memory(&f->body, f->pool);
		assert_int_equal(body_pull(&f->body, 100), BODY_BROKEN);
	}
	/* What came before the peer went away is no body. */
	begin(f, 11, BYTES(STDIN));
	close(f->peer);
	f->peer = -1;
	body_to_memory(&f->body, f->pool);
	assert_int_equal(body_pull(&f->body, 100), BODY_BROKEN);
}

static int
names_in(const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
	closedir(d);
	return n;
}

/* Others see what it will need, and nothing is left of it. */
static void
a_file_has_its_room_and_no_name(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	begin(f, 8 << 20, BYTES(STDIN));
	assert_int_equal(body_to_file(&f->body, f->dir), 0);
	assert_int_equal(names_in(f->dir), 0);
	assert_int_equal(fstat(f->body.file, &st), 0);
	assert_true(st.st_blocks * 512 >= 8 << 20);
	assert_true(fcntl(f->body.file, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(body_to_file(&f->body, "/nowhere"), -1);
}

/* What epoll is to tell must be in the connection: whatever MAX, what a pull
 * leaves is there, or it has come to the end of what came. */
static void
what_is_left_is_in_the_connection(void **state)
{
	static const char all[] = STDIN MORE;
	struct fixture *f = *state;
	struct pollfd peer = { .fd = f->fd, .events = POLLIN };

	for (size_t max = 1; max <= strlen(WORDS); max++)
		for (int to_file = 0; to_file < 2; to_file++) {
			begin(f, strlen(WORDS), "", 0);
			if (to_file)
				body_to_file(&f->body, f->dir);
			else
				body_to_memory(&f->body, NULL);
			say(f, all, sizeof(all) - 1);
			while (body_pull(&f->body, max) == BODY_COMING)
				assert_int_equal(poll(&peer, 1, 0), 1);
			is_hello_world(f);
			body_end(&f->body);
		}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(it_may_be_cut_anywhere),
		TEST(nothing_is_waited_for),
		TEST(so_much_at_a_time),
		TEST(what_is_left_is_in_the_connection),
		TEST(none_is_whole_from_the_beginning),
		TEST(its_length_is_the_one_that_was_said),
		TEST(what_is_no_body_breaks_it),
		TEST(a_file_has_its_room_and_no_name),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
