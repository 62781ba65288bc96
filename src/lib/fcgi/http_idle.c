/*
 * Connections that nobody serves: not yet, or not any more (http_idle.h).
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
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

#include "lib/fcgi/http_call.h"
#include "lib/fcgi/http_head.h"
#include "lib/fcgi/http_idle.h"

#define IDLES	       1024 /* each is an open file */
#define FILES	       2    /* of all that the process may open: a part */
#define SENDING_MAX    256  /* bodies that are being taken */
#define EVENTS	       64
#define PULL_MAX       (256 * 1024) /* of one body, then it is another one's turn */
/* A body brings so much in each such time, or it is hung up. */
#define PROGRESS_MS    20000
#define PROGRESS_BYTES (16 * 1024)

struct idle_connection {
	enum http_idle_state state;
	int fd;
	int64_t until_ms;
	/* of one that is sending */
	struct http_call *call; /* NULL: its head is to come */
	int64_t began_ms;
	int64_t looked_ms;   /* when its progress was looked at, */
	long long looked_at; /* and what had come then */
	int hung_up;
};

static pthread_mutex_t mutex_idle = PTHREAD_MUTEX_INITIALIZER;
static struct idle_connection idles[IDLES];
static int n_idles; /* of them may be used */
static atomic_int counts[HTTP_IDLE_LEAVING + 1];
static int epoll_fd, ready_fd, notify_fd;

/* As many as half of the files that the process may open, and it may open as
 * many as it is allowed to allow itself. */
static int
count_places(void)
{
	rlim_t want = (rlim_t)IDLES * FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return IDLES / FILES;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < want ? (int)(limit.rlim_cur / FILES) : IDLES;
}

void
http_idle_open(void)
{
	struct epoll_event wake = { .events = EPOLLIN | EPOLLET,
		.data.u32 = IDLES };

	n_idles = count_places();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Each who is ready is written into it once, and read once. */
	ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (epoll_fd == -1 || ready_fd == -1 || notify_fd == -1 ||
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, notify_fd, &wake) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
}

static void
change_idle(struct idle_connection *g, enum http_idle_state state)
{
	counts[g->state]--;
	counts[state]++;
	g->state = state;
}

/* Closing takes it out of epoll, too. */
static void
hang_up(struct idle_connection *g)
{
	struct http_call *call = g->call;

	g->call = NULL;
	change_idle(g, HTTP_IDLE_NONE);
	if (call != NULL)
		http_call_drop(call);
	else
		close(g->fd);
}

void
http_idle_close(void)
{
	pthread_mutex_lock(&mutex_idle);
	for (struct idle_connection *g = idles; g < idles + n_idles; g++)
		if (g->state != HTTP_IDLE_NONE &&
		    g->state != HTTP_IDLE_RESERVED)
			hang_up(g);
	pthread_mutex_unlock(&mutex_idle);
	close(epoll_fd);
	close(ready_fd);
	close(notify_fd);
}

/* The one in STATE whose time is over first, or NULL. */
static struct idle_connection *
oldest(enum http_idle_state state)
{
	struct idle_connection *found = NULL;

	for (struct idle_connection *g = idles; g < idles + n_idles; g++)
		if (g->state == state &&
		    (found == NULL || g->until_ms < found->until_ms))
			found = g;
	return found;
}

/* A place for one more: a free one, or that of who waits in vain. */
static struct idle_connection *
place(void)
{
	struct idle_connection *g;

	for (g = idles; g < idles + n_idles; g++)
		if (g->state == HTTP_IDLE_NONE)
			return g;
	g = oldest(HTTP_IDLE_WAITING);
	if (g == NULL)
		g = oldest(HTTP_IDLE_LEAVING);
	if (g != NULL)
		hang_up(g);
	return g;
}

void
http_idle_receive(int fd, enum http_idle_state state, int64_t ms)
{
	/* What is there by now makes an event, too. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
	struct idle_connection *g;

	pthread_mutex_lock(&mutex_idle);
	g = place();
	if (g == NULL) {
		close(fd);
	} else {
		g->call = NULL;
		g->fd = fd;
		g->until_ms = clock_ticks_ms() + ms;
		change_idle(g, state);
		event.data.u32 = (uint32_t)(g - idles);
		if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == -1)
			hang_up(g);
	}
	pthread_mutex_unlock(&mutex_idle);
}

int
http_idle_reserve(void)
{
	struct idle_connection *g = NULL;

	pthread_mutex_lock(&mutex_idle);
	if (counts[HTTP_IDLE_RESERVED] + counts[HTTP_IDLE_SENDING] <
	    SENDING_MAX)
		g = place();
	if (g != NULL)
		change_idle(g, HTTP_IDLE_RESERVED);
	pthread_mutex_unlock(&mutex_idle);
	return g == NULL ? -1 : (int)(g - idles);
}

void
http_idle_give_back(int n)
{
	pthread_mutex_lock(&mutex_idle);
	change_idle(&idles[n], HTTP_IDLE_NONE);
	pthread_mutex_unlock(&mutex_idle);
}

void
http_idle_take_in(int n, struct http_call *call)
{
	/* What does not fit into one turn makes another event. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP,
		.data.u32 = (uint32_t)n };
	struct idle_connection *g = &idles[n];
	int64_t now_ms = clock_ticks_ms();

	pthread_mutex_lock(&mutex_idle);
	g->fd = call->io.fd;
	g->call = call;
	g->began_ms = g->looked_ms = now_ms;
	g->looked_at = call->io.body.got;
	g->until_ms = call->take.ms > 0 ? now_ms + call->take.ms : INT64_MAX;
	g->hung_up = 0;
	change_idle(g, HTTP_IDLE_SENDING);
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, g->fd, &event) == -1)
		hang_up(g);
	pthread_mutex_unlock(&mutex_idle);
}

int
http_idle_hang_up(const void *group, int64_t older_ms)
{
	struct idle_connection *found = NULL;

	pthread_mutex_lock(&mutex_idle);
	for (struct idle_connection *g = idles; g < idles + n_idles; g++)
		if (g->state == HTTP_IDLE_SENDING && !g->hung_up &&
		    g->call->take.group == group &&
		    (found == NULL || g->began_ms < found->began_ms))
			found = g;
	if (found != NULL && clock_ticks_ms() - found->began_ms < older_ms)
		found = NULL;
	/* The acceptor, which reads it, meets its end.  For its group it is over
	 * now. */
	if (found != NULL) {
		struct http_take *take = &found->call->take;

		log_warn("request=%s: its body comes slowly, and others wait",
		    found->call->request.id);
		found->hung_up = 1;
		shutdown(found->fd, SHUT_RDWR);
		if (take->over != NULL)
			take->over(take->arg);
		take->over = NULL;
	}
	pthread_mutex_unlock(&mutex_idle);
	return found != NULL;
}

static int
is_gone(int fd)
{
	struct pollfd peer = { .fd = fd, .events = POLLRDHUP };

	return poll(&peer, 1, 0) == 1;
}

static void
make_ready(struct idle_connection *g)
{
	uint64_t one = 1;

	change_idle(g, HTTP_IDLE_READY);
	if (write(ready_fd, &one, sizeof(one)) == -1)
		die(EX_OSERR, "eventfd: %s", strerror(errno));
}

static void
judge(struct idle_connection *g)
{
	enum http_head head = http_head_look(g->fd);

	if (head >= HTTP_HEAD_WHOLE) {
		make_ready(g);
	} else if (head == HTTP_HEAD_BAD || is_gone(g->fd)) {
		log_debug("a peer that is no web server was hung up");
		hang_up(g);
	}
}

/* Takes what came of a body.  Nobody else touches one that is sending, so
 * others go on meanwhile, also when the disk is slow. */
static void
pull(struct idle_connection *g)
{
	struct http_body *b = &g->call->io.body;
	enum http_body_state state;

	pthread_mutex_unlock(&mutex_idle);
	state = http_body_pull(b, PULL_MAX);
	pthread_mutex_lock(&mutex_idle);
	if (state == HTTP_BODY_COMING)
		return;
	if (state == HTTP_BODY_BROKEN || g->hung_up) {
		hang_up(g);
		return;
	}
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, g->fd, NULL);
	make_ready(g);
}

static void
drop_rest(struct idle_connection *g)
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
http_idle_attend(int ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll_fd, events, EVENTS, ms);

	pthread_mutex_lock(&mutex_idle);
	for (int i = 0; i < n; i++) {
		struct idle_connection *g = &idles[events[i].data.u32];

		if (g == idles + IDLES) /* woken */
			continue;
		if (g->state == HTTP_IDLE_WAITING)
			judge(g);
		else if (g->state == HTTP_IDLE_SENDING)
			pull(g);
		else if (g->state == HTTP_IDLE_LEAVING)
			drop_rest(g);
	}
	pthread_mutex_unlock(&mutex_idle);
}

void
http_idle_wake(void)
{
	if (write(notify_fd, &(uint64_t){ 1 }, sizeof(uint64_t)) == -1)
		die(EX_OSERR, "eventfd: %s", strerror(errno));
}

/* One that is sending, and not fast enough. */
static int
is_slow(struct idle_connection *g, int64_t now_ms)
{
	long long got = g->call->io.body.got;

	if (now_ms >= g->until_ms)
		return 1;
	if (now_ms - g->looked_ms < PROGRESS_MS)
		return 0;
	if (got - g->looked_at < PROGRESS_BYTES)
		return 1;
	g->looked_ms = now_ms;
	g->looked_at = got;
	return 0;
}

void
http_idle_look(int64_t now_ms)
{
	struct idle_connection *g;

	pthread_mutex_lock(&mutex_idle);
	while (
	    (g = oldest(HTTP_IDLE_WAITING)) != NULL && now_ms >= g->until_ms) {
		log_warn("a peer that did not send a request was hung up");
		hang_up(g);
	}
	while ((g = oldest(HTTP_IDLE_LEAVING)) != NULL && now_ms >= g->until_ms)
		hang_up(g);
	for (g = idles; g < idles + n_idles; g++)
		if (g->state == HTTP_IDLE_SENDING && is_slow(g, now_ms)) {
			log_warn("request=%s: its body did not come in time: "
				 "%lld of %lld bytes",
			    g->call->request.id, g->call->io.body.got,
			    g->call->io.body.length);
			hang_up(g);
		}
	pthread_mutex_unlock(&mutex_idle);
}

int
http_idle_fd(void)
{
	return ready_fd;
}

int
http_idle_take(struct http_call **call)
{
	struct idle_connection *g;
	uint64_t one;
	int fd = -1;

	if (counts[HTTP_IDLE_READY] == 0 ||
	    read(ready_fd, &one, sizeof(one)) != sizeof(one))
		return -1;
	pthread_mutex_lock(&mutex_idle);
	g = oldest(HTTP_IDLE_READY);
	if (g != NULL) {
		fd = g->fd;
		*call = g->call;
		g->call = NULL;
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		change_idle(g, HTTP_IDLE_NONE);
	}
	pthread_mutex_unlock(&mutex_idle);
	return fd;
}

int
http_idle_count(enum http_idle_state state)
{
	return counts[state];
}
