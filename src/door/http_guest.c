/*
 * Connections that nobody serves: not yet, or not any more (http_guest.h).
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#include "door/http_guest.h"
#include "door/http_head.h"

#define GUESTS 256 /* files that a process may open beside all others */
#define EVENTS 64

struct guest {
	enum http_guest_state state;
	int fd;
	int64_t until_ms;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct guest guests[GUESTS];
static atomic_int counts[HTTP_GUEST_LEAVING + 1];
static int epoll_fd, ready_fd, wake_fd;

void
http_guest_open(void)
{
	struct epoll_event wake = { .events = EPOLLIN | EPOLLET,
		.data.u32 = GUESTS };

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Each who is ready is written into it once, and read once. */
	ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (epoll_fd == -1 || ready_fd == -1 || wake_fd == -1 ||
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &wake) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
}

static void
change(struct guest *g, enum http_guest_state state)
{
	counts[g->state]--;
	counts[state]++;
	g->state = state;
}

/* Closing takes it out of epoll, too. */
static void
hang_up(struct guest *g)
{
	close(g->fd);
	change(g, HTTP_GUEST_NONE);
}

void
http_guest_close(void)
{
	pthread_mutex_lock(&mutex);
	for (struct guest *g = guests; g < guests + GUESTS; g++)
		if (g->state != HTTP_GUEST_NONE)
			hang_up(g);
	pthread_mutex_unlock(&mutex);
	close(epoll_fd);
	close(ready_fd);
	close(wake_fd);
}

/* The one in STATE whose time is over first, or NULL. */
static struct guest *
oldest(enum http_guest_state state)
{
	struct guest *found = NULL;

	for (struct guest *g = guests; g < guests + GUESTS; g++)
		if (g->state == state &&
		    (found == NULL || g->until_ms < found->until_ms))
			found = g;
	return found;
}

/* A place for one more: a free one, or that of who waits in vain. */
static struct guest *
place(void)
{
	struct guest *g = oldest(HTTP_GUEST_NONE);

	if (g != NULL)
		return g;
	g = oldest(HTTP_GUEST_WAITING);
	if (g == NULL)
		g = oldest(HTTP_GUEST_LEAVING);
	if (g != NULL)
		hang_up(g);
	return g;
}

void
http_guest_receive(int fd, enum http_guest_state state, int64_t ms)
{
	/* What is there by now makes an event, too. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
	struct guest *g;

	pthread_mutex_lock(&mutex);
	g = place();
	if (g == NULL) {
		close(fd);
	} else {
		g->fd = fd;
		g->until_ms = clock_ticks_ms() + ms;
		change(g, state);
		event.data.u32 = (uint32_t)(g - guests);
		if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == -1)
			hang_up(g);
	}
	pthread_mutex_unlock(&mutex);
}

static int
is_gone(int fd)
{
	struct pollfd peer = { .fd = fd, .events = POLLRDHUP };

	return poll(&peer, 1, 0) == 1;
}

static void
judge(struct guest *g)
{
	enum http_head head = http_head_look(g->fd);
	uint64_t one = 1;

	if (head >= HTTP_HEAD_WHOLE) {
		change(g, HTTP_GUEST_READY);
		if (write(ready_fd, &one, sizeof(one)) == -1)
			die(EX_OSERR, "eventfd: %s", strerror(errno));
	} else if (head == HTTP_HEAD_BAD || is_gone(g->fd)) {
		log_debug("a peer that is no web server was hung up");
		hang_up(g);
	}
}

static void
drop_rest(struct guest *g)
{
	char rest[8192];
	ssize_t n;

	do
		n = recv(g->fd, rest, sizeof(rest), MSG_DONTWAIT);
	while (n > 0);
	if (n == 0 || errno != EAGAIN)
		hang_up(g);
}

void
http_guest_attend(int ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll_fd, events, EVENTS, ms);

	pthread_mutex_lock(&mutex);
	for (int i = 0; i < n; i++) {
		struct guest *g = &guests[events[i].data.u32];

		if (g == guests + GUESTS) /* woken */
			continue;
		if (g->state == HTTP_GUEST_WAITING)
			judge(g);
		else if (g->state == HTTP_GUEST_LEAVING)
			drop_rest(g);
	}
	pthread_mutex_unlock(&mutex);
}

void
http_guest_wake(void)
{
	if (write(wake_fd, &(uint64_t){ 1 }, sizeof(uint64_t)) == -1)
		die(EX_OSERR, "eventfd: %s", strerror(errno));
}

void
http_guest_look(int64_t now_ms)
{
	struct guest *g;

	pthread_mutex_lock(&mutex);
	while (
	    (g = oldest(HTTP_GUEST_WAITING)) != NULL && now_ms >= g->until_ms) {
		log_warn("a peer that did not send a request was hung up");
		hang_up(g);
	}
	while (
	    (g = oldest(HTTP_GUEST_LEAVING)) != NULL && now_ms >= g->until_ms)
		hang_up(g);
	pthread_mutex_unlock(&mutex);
}

int
http_guest_fd(void)
{
	return ready_fd;
}

int
http_guest_take(void)
{
	struct guest *g;
	uint64_t one;
	int fd = -1;

	if (counts[HTTP_GUEST_READY] == 0 ||
	    read(ready_fd, &one, sizeof(one)) != sizeof(one))
		return -1;
	pthread_mutex_lock(&mutex);
	g = oldest(HTTP_GUEST_READY);
	if (g != NULL) {
		fd = g->fd;
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		change(g, HTTP_GUEST_NONE);
	}
	pthread_mutex_unlock(&mutex);
	return fd;
}

int
http_guest_count(enum http_guest_state state)
{
	return counts[state];
}
