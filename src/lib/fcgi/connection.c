/*
 * The event loop of a thread pool.
 *
 * Connections of the web server (connection.h).  Who calls whom, each state
 * and its ways out:
 *
 *	         accept
 *	           |
 *	 .-----> HEAD --whole--> SERVING -http_receive-> BODY --whole--> SERVING
 *	 |         |                |
 *	 |         |                |-- not asked to keep it, or a stream: close
 *	 |         |                |-- not all was read: LINGER --end--> close
 *	 |         |                `-- all was read, kept --> IDLE
 *	 |         |                                            |
 *	 `---------+-- the first bytes of the next request -----'
 *
 * server.c: a thread waits in connections_next for one event.  Of the listening
 * socket it is a fresh connection; its head is often not there yet, and then it
 * goes into epoll like any other.  Whoever took an event of the listener arms
 * it again before he serves anything: with EPOLLEXCLUSIVE, and an epoll a
 * thread, a wake was lost when it met a thread that was woken already and then
 * served a stream for an hour.  request.c: when a request is answered, by
 * whatever thread, the connection goes back into epoll: it occupies nobody.
 *
 * Time: HEAD has 10 s from its first byte (a fresh one from accept), however
 * many come; BODY what http_receive said, else 16 KiB in 20 s; LINGER 10 s;
 * AWAY 10 s; IDLE none.  When the process ends HEAD, BODY and AWAY have 2 s,
 * and new ones are accepted for 0.3 s.  connections_tick, from the main thread,
 * only shuts down whose time is over: DOOMED.  When there are too many, or the
 * process has no files left, the longest IDLE is told to go; is there none, the
 * oldest HEAD, then the oldest LINGER is doomed.
 *
 * To go: whoever closes a kept connection may meet a request that is on its
 * way, and nginx does not send that again when it is a POST.  So it is not
 * closed: nginx is sent an empty record of STDERR.  On a connection that it
 * does not use it is unexpected, and nginx closes it; before an answer it means
 * nothing.  The request that crosses it is served, and its answer ends with
 * another one, by which nginx does not keep the connection (nginx 1.22 to 1.30,
 * in ngx_http_fastcgi_module.c and ngx_http_upstream_keepalive_module.c).
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/record.h"

#define WAITING_MAX    1024 /* each is an open file */
#define FILES	       2    /* of all that the process may open: a part */
#define BODIES_MAX     256  /* that are being taken */
#define HEAD_MS	       10000
#define LINGER_MS      10000
#define SEND_MS	       10000 /* a peer that takes nothing for so long */
#define AWAY_MS	       10000
#define LAST_MS	       300  /* at the end of the process: new ones are taken */
#define END_MS	       2000 /* … and for those who were, or are told to go */
#define FULL_MS	       100  /* without files: until the next try */
#define DROP_MAX       64   /* pieces of 8 KiB, then it is another one's turn */
#define FULL_AWAY      8    /* … and so many idle ones are told to go */
/* A body without a time brings so much in each such time, or it is hung up. */
#define PROGRESS_MS    20000
#define PROGRESS_BYTES (16 * 1024)

/* As many as half of the files that the process may open, and it may open as
 * many as it is allowed to allow itself. */
static int
count_places(void)
{
	rlim_t want = (rlim_t)WAITING_MAX * FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return WAITING_MAX / FILES;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur < want ? (int)(limit.rlim_cur / FILES)
				     : WAITING_MAX;
}

/* ------------------------------------------------------------------ epoll */

static void
arm_listener(struct connections *all, int op)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
		.data.ptr = all };

	if (epoll_ctl(all->epoll_fd, op, all->listener, &event) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
}

/* With the mutex.  What is there by now makes an event, too. */
static void
arm(struct connection *c, uint32_t events)
{
	struct epoll_event event = { .events = events | EPOLLONESHOT,
		.data.ptr = c };

	if (epoll_ctl(c->all->epoll_fd,
		c->is_in_epoll ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd,
		&event) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
	c->is_in_epoll = 1;
}

void
connections_open(struct connections *all, int listener)
{
	struct epoll_event nothing = { .events = 0 };

	memset(all, 0, sizeof(*all));
	pthread_mutex_init(&all->mutex, NULL);
	for (int i = 0; i < CONNECTION_STATES; i++)
		TAILQ_INIT(&all->list[i]);
	all->listener = listener;
	all->max = count_places();
	all->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	all->stop_fd = eventfd(1, EFD_CLOEXEC);
	if (all->epoll_fd == -1 || all->stop_fd == -1 ||
	    epoll_ctl(all->epoll_fd, EPOLL_CTL_ADD, all->stop_fd, &nothing) ==
		-1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
	arm_listener(all, EPOLL_CTL_ADD);
}

void
connections_close(struct connections *all)
{
	close(all->epoll_fd);
	close(all->stop_fd);
	pthread_mutex_destroy(&all->mutex);
}

/* ------------------------------------------------- states, with the mutex */

static void
change(struct connection *c, enum connection_state state)
{
	struct connections *all = c->all;

	TAILQ_REMOVE(&all->list[c->state], c, link);
	all->n[c->state]--;
	if (c->state == CONNECTION_BODY)
		all->bodies--;
	c->state = state;
	TAILQ_INSERT_TAIL(&all->list[state], c, link);
	all->n[state]++;
}

static void
doom(struct connection *c)
{
	shutdown(c->fd, SHUT_RDWR);
	change(c, CONNECTION_DOOMED);
}

static void
go_away(struct connection *c, int64_t until_ms)
{
	c->until_ms = until_ms;
	if (!c->is_away && record_go_away(c->fd, c->id) == -1)
		doom(c);
	else
		change(c, CONNECTION_AWAY);
	c->is_away = 1;
}

/* The one in STATE whose time is over first, or NULL. */
static struct connection *
first(struct connections *all, enum connection_state state)
{
	struct connection *c, *found = NULL;

	TAILQ_FOREACH (c, &all->list[state], link)
		if (found == NULL || c->until_ms < found->until_ms)
			found = c;
	return found;
}

/* The longest idle is told to go: 1, 0 nobody is idle. */
static int
make_one_go(struct connections *all)
{
	struct connection *c = TAILQ_FIRST(&all->list[CONNECTION_IDLE]);

	if (c != NULL)
		go_away(c, clock_ticks_ms() + AWAY_MS);
	return c != NULL;
}

/* One more is to wait. */
static void
make_room(struct connections *all)
{
	struct connection *c;

	if (all->n[CONNECTION_HEAD] + all->n[CONNECTION_BODY] +
		all->n[CONNECTION_IDLE] + all->n[CONNECTION_AWAY] +
		all->n[CONNECTION_LINGER] <
	    all->max)
		return;
	if (make_one_go(all))
		return;
	c = first(all, CONNECTION_HEAD);
	if (c == NULL)
		c = first(all, CONNECTION_LINGER);
	if (c != NULL)
		doom(c);
}

/* -------------------------------------------------------------- the events */

static struct connection *
add(struct connections *all, int fd)
{
	struct timeval limit = { SEND_MS / 1000, 0 };
	struct connection *c = xcalloc(sizeof(*c));

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	c->all = all;
	c->fd = fd;
	c->state = CONNECTION_HEAD;
	c->until_ms = clock_ticks_ms() + HEAD_MS;
	pthread_mutex_lock(&all->mutex);
	make_room(all);
	TAILQ_INSERT_TAIL(&all->list[CONNECTION_HEAD], c, link);
	all->n[CONNECTION_HEAD]++;
	pthread_mutex_unlock(&all->mutex);
	return c;
}

static int
is_over(struct connections *all)
{
	return all->stopping && clock_ticks_ms() > all->last_ms;
}

static struct connection *
accept_one(struct connections *all)
{
	int fd, n = 0;

	/* What comes now waits in the socket, for the next process. */
	if (is_over(all))
		return NULL;
	fd = accept4(all->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1 && (errno == EMFILE || errno == ENFILE)) {
		log_warn("no connection taken: %s", strerror(errno));
		pthread_mutex_lock(&all->mutex);
		while (n < FULL_AWAY && make_one_go(all))
			n++;
		pthread_mutex_unlock(&all->mutex);
		poll(NULL, 0, FULL_MS); /* it stays where it is */
	}
	arm_listener(all, EPOLL_CTL_MOD);
	return fd == -1 ? NULL : add(all, fd);
}

struct connection *
connections_next(struct connections *all, int ms, int *stop)
{
	struct epoll_event event;
	int n;

	*stop = 0;
	do
		n = epoll_wait(all->epoll_fd, &event, 1, ms);
	while (n == -1 && errno == EINTR);
	if (n != 1)
		return NULL;
	if (event.data.ptr == NULL) {
		*stop = 1;
		return NULL;
	}
	return event.data.ptr == all ? accept_one(all) : event.data.ptr;
}

enum connection_state
connection_take(struct connection *c)
{
	enum connection_state state;

	pthread_mutex_lock(&c->all->mutex);
	state = c->state;
	if (state == CONNECTION_HEAD || state == CONNECTION_IDLE ||
	    state == CONNECTION_AWAY)
		change(c, CONNECTION_SERVING);
	pthread_mutex_unlock(&c->all->mutex);
	return state;
}

/* --------------------------------------------------------- back into epoll */

void
connection_wait(struct connection *c, enum connection_state state, int has_next)
{
	struct connections *all = c->all;

	pthread_mutex_lock(&all->mutex);
	make_room(all);
	if (state == CONNECTION_HEAD && c->until_ms == INT64_MAX)
		c->until_ms = clock_ticks_ms() + HEAD_MS;
	else if (state == CONNECTION_IDLE)
		c->until_ms = INT64_MAX;
	change(c, state);
	if (state == CONNECTION_IDLE && (all->stopping || c->is_away))
		go_away(c,
		    all->stopping ? all->end_ms : clock_ticks_ms() + AWAY_MS);
	arm(c, has_next ? EPOLLIN | EPOLLOUT : EPOLLIN);
	pthread_mutex_unlock(&all->mutex);
}

int
connection_is_to_go(struct connection *c)
{
	int rc;

	pthread_mutex_lock(&c->all->mutex);
	rc = c->is_away = c->is_away || c->all->stopping;
	pthread_mutex_unlock(&c->all->mutex);
	return rc;
}

int
connection_reserve(struct connection *c)
{
	struct connections *all = c->all;
	int rc;

	pthread_mutex_lock(&all->mutex);
	rc = all->bodies < BODIES_MAX && all->bodies < all->max ? 0 : -1;
	if (rc == 0)
		all->bodies++;
	pthread_mutex_unlock(&all->mutex);
	return rc;
}

void
connection_give_back(struct connection *c)
{
	pthread_mutex_lock(&c->all->mutex);
	c->all->bodies--;
	pthread_mutex_unlock(&c->all->mutex);
}

void
connection_wait_body(struct connection *c, long long got)
{
	int64_t now_ms = clock_ticks_ms();

	pthread_mutex_lock(&c->all->mutex);
	make_room(c->all);
	c->began_ms = c->looked_ms = now_ms;
	c->got = c->looked_at = got;
	c->until_ms = c->receive.ms > 0 ? now_ms + c->receive.ms : INT64_MAX;
	change(c, CONNECTION_BODY);
	arm(c, EPOLLIN);
	pthread_mutex_unlock(&c->all->mutex);
}

void
connection_goes_on(struct connection *c, long long got)
{
	pthread_mutex_lock(&c->all->mutex);
	c->got = got;
	arm(c, EPOLLIN);
	pthread_mutex_unlock(&c->all->mutex);
}

int
connection_has_body(struct connection *c)
{
	int rc;

	pthread_mutex_lock(&c->all->mutex);
	rc = c->state == CONNECTION_BODY;
	if (rc)
		change(c, CONNECTION_SERVING);
	pthread_mutex_unlock(&c->all->mutex);
	return rc;
}

/* --------------------------------------------------------------- their end */

/* Reads what nobody wants: 1 there may be more, 0 nothing now, -1 it is
 * over. */
static int
drop_some(struct connection *c)
{
	char rest[8192];
	ssize_t n = 1;

	for (int i = 0; i < DROP_MAX && n > 0; i++)
		n = recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT);
	if (n > 0)
		return 1;
	return n == -1 && errno == EAGAIN ? 0 : -1;
}

/* Closing takes it out of epoll, too. */
void
connection_close(struct connection *c)
{
	/* What the peer sent and nobody read would reset it. */
	drop_some(c);
	pthread_mutex_lock(&c->all->mutex);
	change(c, CONNECTION_SERVING);
	TAILQ_REMOVE(&c->all->list[CONNECTION_SERVING], c, link);
	c->all->n[CONNECTION_SERVING]--;
	pthread_mutex_unlock(&c->all->mutex);
	close(c->fd);
	free(c);
}

void
connection_linger(struct connection *c)
{
	shutdown(c->fd, SHUT_WR);
	pthread_mutex_lock(&c->all->mutex);
	make_room(c->all);
	c->until_ms = clock_ticks_ms() + LINGER_MS;
	change(c, CONNECTION_LINGER);
	arm(c, EPOLLIN);
	pthread_mutex_unlock(&c->all->mutex);
}

void
connection_drop(struct connection *c)
{
	if (drop_some(c) == -1) {
		connection_close(c);
		return;
	}
	pthread_mutex_lock(&c->all->mutex);
	arm(c, EPOLLIN);
	pthread_mutex_unlock(&c->all->mutex);
}

int
connections_hang_up(
    struct connections *all, const void *group, int64_t older_ms)
{
	struct connection *c, *found = NULL;

	pthread_mutex_lock(&all->mutex);
	TAILQ_FOREACH (c, &all->list[CONNECTION_BODY], link)
		if (c->receive.group == group &&
		    (found == NULL || c->began_ms < found->began_ms))
			found = c;
	if (found != NULL && clock_ticks_ms() - found->began_ms < older_ms)
		found = NULL;
	/* Whoever reads it meets its end.  For its group it is over now. */
	if (found != NULL) {
		log_warn("request=%s: its body comes slowly, and others wait",
		    found->about);
		doom(found);
		if (found->receive.over != NULL)
			found->receive.over(found->receive.arg);
		found->receive.over = NULL;
	}
	pthread_mutex_unlock(&all->mutex);
	return found != NULL;
}

/* Its body comes, and not fast enough: its time is over, or it has none and
 * brings too little. */
static int
is_slow(struct connection *c, int64_t now_ms)
{
	if (now_ms >= c->until_ms)
		return 1;
	if (c->receive.ms > 0 || now_ms - c->looked_ms < PROGRESS_MS)
		return 0;
	if (c->got - c->looked_at < PROGRESS_BYTES)
		return 1;
	c->looked_ms = now_ms;
	c->looked_at = c->got;
	return 0;
}

static int
is_late(struct connection *c, int64_t now_ms)
{
	if (c->state == CONNECTION_BODY ? !is_slow(c, now_ms)
					: now_ms < c->until_ms)
		return 0;
	if (c->state == CONNECTION_HEAD)
		log_warn("a peer that did not send a request was hung up");
	if (c->state == CONNECTION_BODY)
		log_warn("request=%s: its body did not come in time: "
			 "%lld of %lld bytes",
		    c->about, c->got, c->length);
	return 1;
}

int
connections_tick(struct connections *all, int64_t now_ms)
{
	static const enum connection_state timed[] = { CONNECTION_HEAD,
		CONNECTION_BODY, CONNECTION_AWAY, CONNECTION_LINGER };
	struct connection *c, *next;
	int n = 0;

	for (size_t i = 0; i < sizeof(timed) / sizeof(timed[0]); i++)
		n += all->n[timed[i]];
	if (n == 0)
		return 0;
	pthread_mutex_lock(&all->mutex);
	for (size_t i = 0; i < sizeof(timed) / sizeof(timed[0]); i++)
		for (c = TAILQ_FIRST(&all->list[timed[i]]); c != NULL;
		     c = next) {
			next = TAILQ_NEXT(c, link);
			if (is_late(c, now_ms))
				doom(c);
		}
	pthread_mutex_unlock(&all->mutex);
	return 1;
}

void
connections_stop(struct connections *all)
{
	struct connection *c;

	pthread_mutex_lock(&all->mutex);
	all->last_ms = clock_ticks_ms() + LAST_MS;
	all->end_ms = clock_ticks_ms() + END_MS;
	all->stopping = 1;
	while ((c = TAILQ_FIRST(&all->list[CONNECTION_IDLE])) != NULL)
		go_away(c, all->end_ms);
	TAILQ_FOREACH (c, &all->list[CONNECTION_AWAY], link)
		if (c->until_ms > all->end_ms)
			c->until_ms = all->end_ms;
	pthread_mutex_unlock(&all->mutex);
	connections_rouse(all);
}

void
connections_rouse(struct connections *all)
{
	struct epoll_event stop = { .events = EPOLLIN | EPOLLONESHOT };

	if (epoll_ctl(all->epoll_fd, EPOLL_CTL_MOD, all->stop_fd, &stop) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
}

void
connections_accept_no_more(struct connections *all)
{
	all->last_ms = INT64_MIN;
}

int
connections_expect(struct connections *all)
{
	struct pollfd backlog = { .fd = all->listener, .events = POLLIN };
	int64_t now_ms = clock_ticks_ms();
	int n = all->n[CONNECTION_AWAY] + all->n[CONNECTION_HEAD] +
		all->n[CONNECTION_BODY];

	if (now_ms < all->last_ms && poll(&backlog, 1, 0) == 1)
		return 1;
	/* Who was accepted is nobody else's, however late the head comes. */
	return n > 0 && now_ms < all->end_ms;
}

struct connection *
connections_pop(struct connections *all, enum connection_state state)
{
	struct connection *c;

	pthread_mutex_lock(&all->mutex);
	c = TAILQ_FIRST(&all->list[state]);
	if (c != NULL)
		change(c, CONNECTION_SERVING);
	pthread_mutex_unlock(&all->mutex);
	return c;
}
