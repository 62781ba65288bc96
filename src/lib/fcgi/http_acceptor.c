/*
 * From the listening socket to a thread, and out again (http_acceptor.h).
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#include "lib/fcgi/http_acceptor.h"
#include "lib/fcgi/http_head.h"
#include "lib/fcgi/http_idle.h"

#define STACK_LEN    (128 * 1024)
#define PATIENCE_MS  10000
#define SOON_MS	     5	   /* a request may be that late and meet a thread */
#define CROWD	     4	   /* so many wait: no thread waits for others */
#define LINGER_MS    10000 /* for a peer to take note of an answer */
#define LAST_MS	     300   /* for a request at the end of the process */
#define TICK_MS	     100
#define IDLE_TICK_MS 500

enum { CONNECTION, READY, STOP }; /* what threads wait for */

static struct {
	pthread_t thread;
	int listener;
	int epoll_fd; /* all threads wait at this one */
	atomic_int stopping;
	_Atomic int64_t last_ms; /* 0: no end in sight */
} acceptor;

/* Of what this thread was woken for, nobody else hears before it says so. */
static _Thread_local int taken[STOP];

static void *
run_acceptor(void *unused)
{
	int64_t next_ms = 0, now_ms;
	int busy = 0;

	(void)unused;
	do {
		http_idle_attend(busy ? TICK_MS : IDLE_TICK_MS);
		now_ms = clock_ticks_ms();
		if (now_ms < next_ms)
			continue;
		next_ms = now_ms + TICK_MS;
		http_idle_look(now_ms);
		busy = http_idle_count(HTTP_IDLE_WAITING) > 0 ||
		       http_idle_count(HTTP_IDLE_SENDING) > 0 ||
		       http_idle_count(HTTP_IDLE_LEAVING) > 0;
	} while (!acceptor.stopping || http_idle_count(HTTP_IDLE_LEAVING) > 0);
	return NULL;
}

static int
watch(int op, int what)
{
	/* Once: it wakes one thread.  With EPOLLEXCLUSIVE in an epoll for each
	 * thread a wake is lost when it meets one that was woken already and
	 * then serves a request for an hour. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
		.data.u32 = (uint32_t)what };

	return epoll_ctl(acceptor.epoll_fd, op,
	    what == READY ? http_idle_fd() : acceptor.listener, &event);
}

static void
open_epoll(int stop_fd)
{
	struct epoll_event stop = { .events = EPOLLIN, .data.u32 = STOP };

	acceptor.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (acceptor.epoll_fd == -1 || watch(EPOLL_CTL_ADD, CONNECTION) == -1 ||
	    watch(EPOLL_CTL_ADD, READY) == -1 ||
	    epoll_ctl(acceptor.epoll_fd, EPOLL_CTL_ADD, stop_fd, &stop) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
}

int
http_acceptor_wait(void)
{
	struct epoll_event events[STOP + 1];
	int n = epoll_wait(acceptor.epoll_fd, events, STOP + 1, -1), stop = 0;

	for (int i = 0; i < n; i++)
		if (events[i].data.u32 == STOP)
			stop = 1;
		else
			taken[events[i].data.u32] = 1;
	return stop;
}

/* Whatever is left of it wakes another thread. */
static void
share(void)
{
	for (int what = 0; what < STOP; what++)
		if (taken[what] && watch(EPOLL_CTL_MOD, what) == -1)
			die(EX_OSERR, "epoll: %s", strerror(errno));
		else
			taken[what] = 0;
}

void
http_acceptor_begin(int fd, int stop_fd)
{
	pthread_attr_t attr;
	int error;

	acceptor.listener = fd;
	acceptor.stopping = 0;
	http_idle_open();
	open_epoll(stop_fd);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	error = pthread_create(&acceptor.thread, &attr, run_acceptor, NULL);
	if (error != 0)
		die(EX_OSERR, "cannot start a thread for those who wait: %s",
		    strerror(error));
	pthread_attr_destroy(&attr);
}

void
http_acceptor_end(void)
{
	acceptor.stopping = 1;
	http_idle_wake();
	pthread_join(acceptor.thread, NULL);
	close(acceptor.epoll_fd);
	http_idle_close();
}

void
http_acceptor_last(void)
{
	acceptor.last_ms = clock_ticks_ms() + LAST_MS;
}

static int
is_over(void)
{
	int64_t last_ms = acceptor.last_ms;

	return last_ms != 0 && clock_ticks_ms() > last_ms;
}

int
http_acceptor_expects(void)
{
	struct pollfd ready = { .fd = http_idle_fd(), .events = POLLIN };

	if (http_idle_count(HTTP_IDLE_WAITING) == 0 &&
	    http_idle_count(HTTP_IDLE_SENDING) == 0 &&
	    http_idle_count(HTTP_IDLE_READY) == 0)
		return 0;
	if (is_over())
		return 0;
	poll(&ready, 1, TICK_MS);
	return 1;
}

static int
accept_one(void)
{
	struct timeval limit = { PATIENCE_MS / 1000, 0 };
	int fd = accept4(acceptor.listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1 && (errno == EMFILE || errno == ENFILE)) {
		log_warn("no connection taken: %s", strerror(errno));
		poll(NULL, 0, TICK_MS); /* it stays where it is */
	}
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

int
http_acceptor_next(struct http_call **call)
{
	struct pollfd peer = { .events = POLLIN };
	enum http_head head;

	*call = NULL;
	for (;;) {
		int fd, accepted;

		/* What comes now waits in the socket, for the next process. */
		if (is_over())
			return -1;
		fd = http_idle_take(call);
		accepted = fd == -1 ? accept_one() : -1;
		share();
		if (accepted == -1)
			return fd;
		fd = accepted;
		peer.fd = fd;
		head = http_head_look(fd);
		/* Often it has connected, and writes just now. */
		if (head == HTTP_HEAD_MORE &&
		    http_idle_count(HTTP_IDLE_WAITING) < CROWD &&
		    poll(&peer, 1, SOON_MS) == 1)
			head = http_head_look(fd);
		if (head == HTTP_HEAD_WHOLE)
			return fd;
		if (head == HTTP_HEAD_MORE)
			http_idle_receive(fd, HTTP_IDLE_WAITING, PATIENCE_MS);
		else
			close(fd);
	}
}

void
http_acceptor_see_off(int fd, int all_read)
{
	char rest[8192];

	if (!all_read) {
		shutdown(fd, SHUT_WR);
		http_idle_receive(fd, HTTP_IDLE_LEAVING, LINGER_MS);
		return;
	}
	while (recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	close(fd);
}
