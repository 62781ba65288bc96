/*
 * A server of its own process, asked over its socket as nginx would:
 * connections that are kept, and the end of the process.
 */
#include "unit.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_stream.h"
#include "lib/fcgi/slot.h"
#include "lib/fcgi/stack.h"

#define BEGIN	"\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
#define KEEP	"\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
#define NO_MORE "\1\4\0\1\0\0\0\0"
#define LAST	"\1\5\0\1\0\0\0\0"
#define ABORT	"\1\2\0\1\0\0\0\0"
#define AWAY	"\1\7\0\1\0\0\0\0"
#define END	"\1\6\0\1\0\0\0\0\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"

/* GET of a path of two characters; POST of five bytes to /b. */
#define GET(path) "\1\4\0\1\0\17\0\0\13\2REQUEST_URI" path NO_MORE
#define POST	  "\1\4\0\1\0\40\0\0\13\2REQUEST_URI/b\16\1CONTENT_LENGTH5" NO_MORE
#define BODY	  "\1\5\0\1\0\5\3\0helloPAD"

#define SAY(fd, s) say((fd), (s), sizeof(s) - 1)

struct fixture {
	char *dir;
	struct sockaddr_un address;
	int listener; /* is its supervisor's, too */
	pid_t pid;
};

/* Counted in the server. */
static struct {
	atomic_int rests, threads, may_answer;
} * seen;

/* In front of libc's: the clock of the day is ahead of the one by which the
 * system waits, as when it is set back meanwhile. */
int
clock_gettime(clockid_t id, struct timespec *t)
{
	int (*look)(clockid_t, struct timespec *);
	int rc;

	*(void **)&look = dlsym(RTLD_NEXT, "clock_gettime");
	rc = look(id, t);
	if (rc == 0 && id == CLOCK_REALTIME)
		t->tv_sec += 86400;
	return rc;
}

/* ---------------------------------------------------------- in the server */

static void *
answer_later(void *request)
{
	struct http_answer answer = { .status = 200, .body_len = 2 };
	const struct http_request *r = request;
	int is_long = r->path[1] == 'L';

	poll(NULL, 0, is_long ? 300 : 20);
	answer.body = is_long ? "/L" : "/l";
	http_done(request, &answer);
	return NULL;
}

/* Another thread has the stream, of which nothing else is kept. */
static void *
stream_later(void *request)
{
	const struct http_answer nothing = { .status = 200 };

	poll(NULL, 0, 20);
	assert_true(http_listens(request));
	assert_int_equal(http_write(request, "later", 5), 0);
	http_done(request, &nothing);
	return NULL;
}

static void
handle(void *unused, const struct http_request *request,
    struct http_answer *answer)
{
	struct http_receive how = { .ms = 5000 };
	pthread_t thread;
	char *body;
	size_t len;

	(void)unused;
	answer->body = request->path;
	answer->body_len = 2;
	switch (request->path[1]) {
	case 'b':
		if (!http_whole(request)) {
			http_receive(request, &how);
			return;
		}
		if (http_body(request, 100, &body, &len) == 1) {
			answer->body = body;
			answer->body_len = len;
		}
		break;
	case 'h':
		answer->status = 201;
		answer->headers = "Location: /x\r\n";
		break;
	case 'L':
	case 'l':
		http_later(request);
		pthread_create(&thread, NULL, answer_later, (void *)request);
		pthread_detach(thread);
		break;
	case 's':
		http_begin(request, answer);
		http_write(request, "piece", 5);
		answer->body = NULL;
		break;
	case 'S':
		http_begin(request, answer);
		http_later(request);
		http_forget(request);
		pthread_create(&thread, NULL, stream_later, (void *)request);
		pthread_detach(thread);
		break;
	case 'w':
		poll(NULL, 0, 300);
		break;
	case 'W':
		http_wait();
		for (int n = 0; !seen->may_answer && n < 2000; n++)
			poll(NULL, 0, 10);
		break;
	}
}

static void *
begin_thread(void *arg)
{
	(void)arg;
	seen->threads++;
	return seen;
}

static void
end_thread(void *state)
{
	assert_ptr_equal(state, seen);
	seen->threads--;
}

static void
rest_thread(void *state)
{
	assert_ptr_equal(state, seen);
	seen->rests++;
}

#define THREADS 2
#define MANY	6	   /* of whom one is kept */
#define TURNS	(MANY + 1) /* … and few of whom have a turn at a time */

static void
serve(int listener, rlim_t files, int threads)
{
	struct rlimit limit = { files, files };

	struct http_service service = { .handler = handle,
		.begin = begin_thread,
		.end = end_thread,
		.rest = rest_thread,
		.threads = threads };

	if (threads > THREADS) {
		service.kept = 1;
		service.kept_ms = 100;
		service.turns = threads == TURNS;
	}

	log_open("test", LOG_LEVEL_WARN);
	if (files > 0)
		setrlimit(RLIMIT_NOFILE, &limit);
	dup2(listener, 0);
	_exit(http_serve(&service) == 0 ? 0 : 1);
}

static int
begin(void **state, rlim_t files, int threads)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char *path;

	f->dir = unit_dir();
	path = unit_path(f->dir, "socket");
	f->address.sun_family = AF_UNIX;
	strcpy(f->address.sun_path, path);
	free(path);
	assert_return_code(
	    bind(listener, (struct sockaddr *)&f->address, sizeof(f->address)),
	    errno);
	assert_return_code(listen(listener, 64), errno);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(seen != MAP_FAILED);
	f->pid = fork();
	if (f->pid == 0)
		serve(listener, files, threads);
	f->listener = listener;
	*state = f;
	return 0;
}

static int
set_up(void **state)
{
	return begin(state, 0, THREADS);
}

static int
set_up_many(void **state)
{
	return begin(state, 0, MANY);
}

static int
set_up_turns(void **state)
{
	return begin(state, 0, TURNS);
}

static int
set_up_small(void **state)
{
	return begin(state, 24, THREADS);
}

/* It ends well: 0, in so many milliseconds. */
static void
ends_within(struct fixture *f, int ms)
{
	int status = -1;

	if (f->pid == 0)
		return;
	while (waitpid(f->pid, &status, WNOHANG) == 0 && (ms -= 10) > 0)
		poll(NULL, 0, 10);
	if (ms <= 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, &status, 0);
	}
	f->pid = 0;
	assert_int_equal(status, 0);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->pid != 0)
		kill(f->pid, SIGTERM);
	ends_within(f, 15000);
	close(f->listener);
	unit_clear(f->dir);
	munmap(seen, sizeof(*seen));
	free(f);
	return 0;
}

/* --------------------------------------------------------------- its peer */

static int
dial(const struct fixture *f)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct timeval limit = { 20, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_return_code(connect(fd, (const struct sockaddr *)&f->address,
			       sizeof(f->address)),
	    errno);
	return fd;
}

static void
say(int fd, const char *s, size_t len)
{
	assert_int_equal(send(fd, s, len, MSG_NOSIGNAL), len);
}

static void
read_bytes(int fd, unsigned char *s, size_t len)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = recv(fd, s + got, len - got, 0);

		if (n <= 0)
			fail_msg("%zd after %zu of %zu bytes", n, got, len);
		got += (size_t)n;
	}
}

/* One answer, up to its end: its length.  What came before its own records and
 * means nothing is passed over. */
static size_t
read_answer(int fd, char text[4096])
{
	unsigned char head[8], content[4096];
	size_t len = 0, n;

	do {
		read_bytes(fd, head, 8);
		n = (size_t)head[4] << 8 | head[5];
		assert_true(n < sizeof(content) && head[6] == 0);
		read_bytes(fd, content, n);
		if (head[1] == 6) {
			memcpy(text + len, content, n);
			len += n;
		} else {
			assert_true(head[1] == 3 || (head[1] == 7 && n == 0));
		}
	} while (head[1] != 3);
	return len;
}

static void
answered(int fd, const char *body)
{
	char text[4096] = "";
	size_t len = read_answer(fd, text);

	assert_memory_equal(text, "Status: 200 OK\r\n", 16);
	assert_true(len > strlen(body));
	assert_string_equal(text + len - strlen(body), body);
}

static int
is_silent(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 50) == 0;
}

static void
is_closed(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

static void
is_told_to_go(int fd)
{
	unsigned char s[8];

	read_bytes(fd, s, sizeof(s));
	assert_memory_equal(s, AWAY, sizeof(s));
}

/* ------------------------------------------------------------------- cases */

static void
one_after_the_other_on_one_connection(void **state)
{
	int fd = dial(*state);

	for (int i = 0; i < 3; i++) {
		SAY(fd, KEEP GET("/a") LAST);
		answered(fd, "/a");
		SAY(fd, KEEP POST BODY LAST);
		answered(fd, "hello");
		SAY(fd, KEEP GET("/l") LAST);
		answered(fd, "/l");
		assert_true(is_silent(fd));
	}
	close(fd);
}

/* haproxy's fcgi-app makes 302 of a Location behind the status. */
static void
a_status_stands_behind_a_location(void **state)
{
	static const char begins[] = "Location: /x\r\nStatus: 201 Created\r\n";
	char text[4096] = "";
	int fd = dial(*state);

	SAY(fd, BEGIN GET("/h") LAST);
	read_answer(fd, text);
	assert_memory_equal(text, begins, sizeof(begins) - 1);
	is_closed(fd);
}

static void
it_is_kept_when_it_is_asked_for(void **state)
{
	int fd = dial(*state);

	SAY(fd, BEGIN GET("/a") LAST);
	answered(fd, "/a");
	is_closed(fd);
	fd = dial(*state);
	SAY(fd, KEEP GET("/a") LAST);
	answered(fd, "/a");
	SAY(fd, BEGIN GET("/a") LAST);
	answered(fd, "/a");
	is_closed(fd);
}

/* One byte at a time, so that each thread meets each state. */
static void
a_next_request_comes_in_pieces(void **state)
{
	static const char text[] = KEEP POST BODY LAST;
	int fd = dial(*state);

	for (int n = 0; n < 2; n++) {
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			say(fd, text + i, 1);
			if (i % 16 == 0)
				poll(NULL, 0, 2);
		}
		answered(fd, "hello");
	}
	close(fd);
}

/* Also when its first half did. */
static void
a_request_before_the_last_answer_is_served(void **state)
{
	int fd = dial(*state);

	SAY(fd, KEEP GET("/l") LAST KEEP POST BODY LAST KEEP GET("/a") LAST
	    "\1\1\0");
	answered(fd, "/l");
	answered(fd, "hello");
	answered(fd, "/a");
	assert_true(is_silent(fd));
	SAY(fd, "\1\0\10\0\0\0\1\1\0\0\0\0\0" GET("/w") LAST);
	SAY(fd, KEEP GET("/a") LAST);
	answered(fd, "/w");
	answered(fd, "/a");
	close(fd);
}

/* The answer comes all the same, and the next one. */
static void
an_abort_is_passed_over(void **state)
{
	int fd = dial(*state);

	SAY(fd, KEEP GET("/w") LAST ABORT);
	answered(fd, "/w");
	SAY(fd, KEEP GET("/w") LAST);
	poll(NULL, 0, 50);
	SAY(fd, ABORT);
	answered(fd, "/w");
	SAY(fd, ABORT KEEP GET("/a") LAST);
	answered(fd, "/a");
	close(fd);
}

/* The end of a body may be late, with or without padding. */
static void
the_end_of_a_body_is_passed_over(void **state)
{
	int fd = dial(*state);

	SAY(fd, KEEP POST BODY);
	answered(fd, "hello");
	SAY(fd, "\1\5\0\1\0\0\3\0P");
	assert_true(is_silent(fd));
	SAY(fd, "AD" KEEP GET("/a"));
	answered(fd, "/a");
	SAY(fd, KEEP GET("/a") LAST); /* it never comes */
	answered(fd, "/a");
	close(fd);
}

/* What nobody reads, and more than was said: not kept.  nginx, which has sent
 * all of it, would keep it, and hears in time that it shall not. */
static void
what_was_not_read_is_no_next_request(void **state)
{
	int fd = dial(*state);

	SAY(fd, KEEP
	    "\1\4\0\1\0\40\0\0\13\2REQUEST_URI/a\16\1CONTENT_LENGTH5" NO_MORE);
	answered(fd, "/a");
	is_told_to_go(fd);
	SAY(fd, BODY LAST);
	is_closed(fd);
	fd = dial(*state);
	SAY(fd, KEEP POST "\1\5\0\1\0\6\0\0hello!" LAST);
	answered(fd, "hello");
	is_told_to_go(fd);
	is_closed(fd);
	fd = dial(*state);
	SAY(fd, KEEP POST BODY BODY);
	answered(fd, "hello");
	is_closed(fd);
}

static void
who_is_idle_occupies_no_thread(void **state)
{
	int fd[100];

	for (int i = 0; i < 100; i++)
		fd[i] = dial(*state);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 100; i++) {
			SAY(fd[i], KEEP GET("/a") LAST);
			answered(fd[i], "/a");
		}
	for (int i = 0; i < 100; i++)
		close(fd[i]);
}

/* Once after each request, but not at once. */
static void
who_has_nothing_to_do_rests(void **state)
{
	int fd = dial(*state);

	for (int n = 0; n < 2; n++) {
		int before;

		SAY(fd, KEEP GET("/a") LAST);
		answered(fd, "/a");
		before = seen->rests;
		for (int ms = 0; seen->rests == before && ms < 20000; ms += 20)
			poll(NULL, 0, 20);
		assert_true(seen->rests > before);
	}
	close(fd);
}

static void
wait_for_threads(int least, int most)
{
	int n = 0;

	for (int ms = 0; ms < 20000; ms += 20) {
		n = seen->threads;
		if (n >= least && n <= most)
			return;
		poll(NULL, 0, 20);
	}
	fail_msg("%d threads, and not %d to %d", n, least, most);
}

static void
whom_nobody_needs_leaves_and_is_back(void **state)
{
	int fd[MANY];

	for (int n = 0; n < 3; n++) {
		seen->may_answer = 0;
		for (int i = 0; i < MANY; i++) {
			fd[i] = dial(*state);
			SAY(fd[i], BEGIN GET("/W") LAST);
		}
		wait_for_threads(MANY, TURNS);
		seen->may_answer = 1;
		for (int i = 0; i < MANY; i++) {
			answered(fd[i], "/W");
			close(fd[i]);
		}
		wait_for_threads(1, 1);
	}
}

/* Rather than that nobody else is served. */
static void
with_few_files_the_longest_idle_goes(void **state)
{
	enum { PEERS = 60 };
	int fd[PEERS], went = 0, first = 0;

	for (int i = 0; i < PEERS; i++) {
		fd[i] = dial(*state);
		SAY(fd[i], KEEP GET("/a") LAST);
		answered(fd[i], "/a");
		while (first <= i && !is_silent(fd[first])) {
			is_told_to_go(fd[first]);
			close(fd[first++]);
			went++;
		}
	}
	assert_between(went, PEERS - 24, PEERS - 1);
	SAY(fd[PEERS - 1], KEEP GET("/a") LAST);
	answered(fd[PEERS - 1], "/a");
	for (int i = first; i < PEERS; i++)
		close(fd[i]);
}

static void
a_stream_is_not_kept(void **state)
{
	int fd = dial(*state);

	SAY(fd, KEEP GET("/s") LAST);
	answered(fd, "piece");
	is_told_to_go(fd);
	is_closed(fd);
}

static void
a_stream_goes_on_in_another_thread(void **state)
{
	for (int i = 0; i < 3; i++) {
		int fd = dial(*state);

		SAY(fd, KEEP GET("/S") LAST);
		answered(fd, "later");
		is_told_to_go(fd);
		is_closed(fd);
	}
}

static void
who_is_idle_is_told_to_go_at_the_end(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f), crosses = dial(f), waits = dial(f);

	SAY(fd, KEEP GET("/a") LAST);
	answered(fd, "/a");
	SAY(crosses, KEEP GET("/a") LAST);
	answered(crosses, "/a");
	SAY(waits, KEEP GET("/w") LAST);
	poll(NULL, 0, 100);
	kill(f->pid, SIGTERM);
	is_told_to_go(fd);
	is_told_to_go(crosses);
	/* It was on its way. */
	SAY(crosses, KEEP POST BODY LAST);
	answered(crosses, "hello");
	is_told_to_go(crosses);
	answered(waits, "/w");
	is_told_to_go(waits);
	close(fd);
	close(crosses);
	close(waits);
	ends_within(f, 1500);
}

static void
who_does_not_go_is_hung_up_at_the_end(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	SAY(fd, KEEP GET("/a") LAST);
	answered(fd, "/a");
	kill(f->pid, SIGTERM);
	is_told_to_go(fd);
	is_closed(fd);
	ends_within(f, 4000);
}

/* No thread is left by then, and one answer is still to come. */
static void
who_comes_at_the_end_waits_for_the_next_process(void **state)
{
	struct fixture *f = *state;
	int later = dial(f), fresh;

	SAY(later, BEGIN GET("/L") LAST);
	poll(NULL, 0, 50);
	kill(f->pid, SIGTERM);
	poll(NULL, 0, 100);
	fresh = dial(f);
	SAY(fresh, BEGIN GET("/a") LAST);
	answered(later, "/L");
	is_closed(later);
	ends_within(f, 1500);
	assert_true(is_silent(fresh));
	close(fresh);
}

/* It was taken, so no other process has it: its head may be late. */
static void
who_was_taken_at_the_end_is_answered(void **state)
{
	struct fixture *f = *state;
	int kept = dial(f), fd;

	SAY(kept, KEEP GET("/a") LAST);
	answered(kept, "/a");
	kill(f->pid, SIGTERM);
	is_told_to_go(kept);
	fd = dial(f);
	poll(NULL, 0, 500);
	close(kept); /* from here on only its head is waited for */
	poll(NULL, 0, 300);
	SAY(fd, BEGIN GET("/a") LAST);
	answered(fd, "/a");
	is_closed(fd);
	ends_within(f, 1500);
}

static void
without_connections_it_ends_at_once(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	SAY(fd, BEGIN GET("/a") LAST);
	answered(fd, "/a");
	is_closed(fd);
	kill(f->pid, SIGTERM);
	ends_within(f, 1500);
}

/* 1 while the page at ADDRESS is in memory. */
static int
is_there(uintptr_t address)
{
	unsigned char there = 0;

	address -= address % (uintptr_t)sysconf(_SC_PAGESIZE);
	assert_int_equal(mincore((void *)address, 1, &there), 0);
	return there & 1;
}

/* Where it was. */
static __attribute__((noinline)) uintptr_t
call_deep(void)
{
	volatile char deep[64 * 1024];

	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = 'x';
	return (uintptr_t)&deep[1024];
}

static void *
go_deep(void *unused)
{
	volatile int mine = 7;
	uintptr_t deep = call_deep();

	(void)unused;
	assert_true(is_there(deep));
	stack_release();
	assert_false(is_there(deep));
	assert_int_equal(mine, 7);
	call_deep();
	return NULL;
}

#define PAGES 400

/* Reads so many pages of a file from the disk: how many waited for it. */
static long
wait_for_disk(const char *path)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), len = PAGES * page;
	struct rusage before, after;
	volatile const char *map;
	char *zeros = calloc(1, len);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd != -1);
	assert_int_equal(write(fd, zeros, len), len);
	free(zeros);
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	madvise((void *)(uintptr_t)map, len, MADV_RANDOM);
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < PAGES; i++)
		assert_int_equal(map[i * page], 0);
	getrusage(RUSAGE_SELF, &after);
	munmap((void *)(uintptr_t)map, len);
	close(fd);
	unlink(path);
	return after.ru_majflt - before.ru_majflt;
}

static int
free_slots(struct slots *slots)
{
	int n;

	assert_int_equal(sem_getvalue(&slots->free, &n), 0);
	return n;
}

static void
more_work_while_many_wait_for_the_disk(void **state)
{
	static struct slot slot; /* this thread's own from here on */
	struct slots slots;
	int usual;

	(void)state;
	slots_open(&slots, 1);
	usual = free_slots(&slots);
	assert_int_equal(slots_tend(&slots, 1000), 0);
	if (wait_for_disk("test_server.pages") < PAGES / 2)
		skip(); /* a disk that is memory */
	assert_int_equal(slots_tend(&slots, 2000), 1);
	assert_int_equal(free_slots(&slots), usual + SLOTS_EXTRA);
	/* one that is in use is taken back when it is free again */
	slot_begin(&slot, &slots);
	for (int i = 0; i < usual; i++)
		sem_wait(&slots.free);
	assert_int_equal(slot_take(&slot, -1), 1);
	assert_int_equal(slots_tend(&slots, 3000), 1);
	assert_int_equal(free_slots(&slots), 0);
	slot_give(&slot);
	assert_int_equal(slots_tend(&slots, 4000), 0);
	for (int i = 0; i < usual; i++)
		sem_post(&slots.free);
	assert_int_equal(free_slots(&slots), usual);
	slots_close(&slots);
}

static void
a_stack_gives_back_what_was_deep(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, go_deep, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

int
main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		CASE(one_after_the_other_on_one_connection),
		CASE(a_status_stands_behind_a_location),
		CASE(it_is_kept_when_it_is_asked_for),
		CASE(a_next_request_comes_in_pieces),
		CASE(a_request_before_the_last_answer_is_served),
		CASE(an_abort_is_passed_over),
		CASE(the_end_of_a_body_is_passed_over),
		CASE(what_was_not_read_is_no_next_request),
		CASE(who_is_idle_occupies_no_thread),
		CASE(who_has_nothing_to_do_rests),
		cmocka_unit_test_setup_teardown(
		    whom_nobody_needs_leaves_and_is_back, set_up_many,
		    tear_down),
		{ "…_where_they_have_turns",
		    whom_nobody_needs_leaves_and_is_back, set_up_turns,
		    tear_down, NULL },
		cmocka_unit_test_setup_teardown(
		    with_few_files_the_longest_idle_goes, set_up_small,
		    tear_down),
		CASE(a_stream_is_not_kept),
		CASE(a_stream_goes_on_in_another_thread),
		CASE(who_is_idle_is_told_to_go_at_the_end),
		CASE(who_does_not_go_is_hung_up_at_the_end),
		CASE(who_comes_at_the_end_waits_for_the_next_process),
		CASE(who_was_taken_at_the_end_is_answered),
		CASE(without_connections_it_ends_at_once),
		cmocka_unit_test(more_work_while_many_wait_for_the_disk),
		cmocka_unit_test(a_stack_gives_back_what_was_deep),
	};

	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
