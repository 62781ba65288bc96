/*
 * The server (http.h): threads that wait for events of connections, and lead
 * each request through.
 *
 * A thread takes a slot (slot.c), where slots are limited, and waits in
 * connections_next.  What it got there is its own:
 *
 *   HEAD, IDLE, AWAY  serve_head: the bytes of a head.  Whole, the handler is
 *                     called; else back into epoll, or closed.
 *   BODY              pull: some more of it.  Whole, the handler is called
 *                     again; else back into epoll, or hung up.
 *   LINGER            connection_drop
 *   DOOMED            drop
 *
 * After the handler: request_done (answer.c), unless the answer comes later
 * (http_later, then http_done calls it, in whatever thread) or the body is to
 * be taken (http_receive: BODY).  The main thread waits for signals, and hangs
 * up whose time is over (connections_tick).  All state is in struct server, on
 * its stack.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/http.h"
#include "lib/fcgi/request.h"
#include "lib/fcgi/slot.h"

#define LISTENER  0
#define STACK_LEN (256 * 1024)
#define PULL_MAX  (256 * 1024) /* of one body, then it is another one's turn */
#define REST_MS	  1000	       /* between two looks at who has nothing to do */
#define TRIM_MS	  5000
#define TRIM_KEEP (256 * 1024)
#define TICK_MS	  100 /* while somebody has a time */
#define IDLE_MS	  500
#define END_TICK  20	/* at the end of the process, ms */
#define LAST_ONES 16	/* threads that stay while a request may come */
#define LATER_MS  10000 /* for who has yet to answer */

struct server {
	const struct http_service *service;
	struct connections connections;
	struct requests *requests;
	struct slots slots;
	pthread_attr_t attr;
	pthread_mutex_t mutex;	/* of the threads */
	struct worker *workers; /* service->threads places */
	int ending;
	int64_t rested_ms, trimmed_ms; /* give_back */
	atomic_int spare;	       /* threads without a request */
	atomic_int alive;
	atomic_int is_to_trim; /* a thread left */
};

struct worker {
	struct server *server;
	pthread_t thread;
	void *state;
	struct slot slot;
	int is_started, is_roused; /* it heard that it is time to stop */
	atomic_int has_left;
	pthread_mutex_t mutex; /* whose is the state at the moment */
	int idle;	       /* so many looks without a request */
};

static void *run(void *worker);

/* ----------------------------------------------------------------- threads */

/* One in which no thread is; NULL: none. */
static struct worker *
place(struct server *server)
{
	for (int i = 0; i < server->service->threads; i++) {
		struct worker *w = &server->workers[i];

		if (w->has_left && pthread_tryjoin_np(w->thread, NULL) == 0)
			w->has_left = w->is_started = 0;
		if (!w->is_started)
			return w;
	}
	return NULL;
}

static int
start(struct server *server)
{
	struct worker *w = place(server);
	int error;

	if (w == NULL)
		return -1;
	w->is_roused = w->idle = 0;
	server->spare++; /* before it can take a request */
	server->alive++;
	error = pthread_create(&w->thread, &server->attr, run, w);
	if (error != 0) {
		server->spare--;
		if (--server->alive == 0)
			die(EX_OSERR, "cannot start a thread: %s",
			    strerror(error));
		log_warn("cannot start thread %d: %s", server->alive,
		    strerror(error));
		return -1;
	}
	w->is_started = 1;
	return 0;
}

/* As many threads again, so that a crowd does not wait for one after the
 * other, where none is without a request and one more could work.  A thread is
 * memory and often a database: they are started when they are needed. */
static void
grow(void *arg)
{
	struct server *server = arg;
	int n;

	if (server->spare > 0 || !slots_are_free(&server->slots))
		return;
	pthread_mutex_lock(&server->mutex);
	n = server->alive > 0 ? server->alive : 1;
	while (!server->ending && n-- > 0 &&
	       server->alive < server->service->threads)
		if (start(server) == -1)
			break;
	pthread_mutex_unlock(&server->mutex);
}

/* ---------------------------------------------------------------- requests */

static void
drop(struct connection *c)
{
	if (c->request != NULL)
		request_put(c->request);
	connection_close(c);
}

static void
handle(struct worker *w, struct request *r)
{
	struct http_answer answer = { .status = 200 };
	int later = 0;

	r->later = &later;
	r->is_receiving = 0;
	log_about_text("request", r->http.id);
	w->server->service->handler(w->state, &r->http, &answer);
	log_about(NULL, NULL);
	if (later) /* and may be answered by now: it is not ours */
		return;
	if (r->is_receiving)
		connection_wait_body(r->connection, r->body.got);
	else
		request_done(r, &answer);
}

static void
serve_head(struct worker *w, struct connection *c)
{
	struct request *r = c->request;

	if (r == NULL)
		r = c->request = request_get(w->server->requests, c);
	switch (request_receive(r)) {
	case RECORD_HEAD_BAD:
		if (r->len > 0)
			log_debug("a peer that is no web server was hung up");
		drop(c);
		break;
	case RECORD_HEAD_MORE:
		if (r->len == 0 && r->padding == 0) {
			request_put(r);
			connection_wait(c,
			    c->id == 0 ? CONNECTION_HEAD : CONNECTION_IDLE, 0);
		} else {
			connection_wait(c, CONNECTION_HEAD, 0);
		}
		break;
	case RECORD_HEAD_WHOLE:
		if (request_begin(r) == -1)
			drop(c);
		else
			handle(w, r);
		break;
	}
}

/* Nobody else touches a body that comes, so others go on meanwhile, also when
 * the disk is slow. */
static void
pull(struct worker *w, struct connection *c)
{
	struct request *r = c->request;
	enum body_state state = body_pull(&r->body, PULL_MAX);

	if (state == BODY_COMING)
		connection_goes_on(c, r->body.got);
	else if (!connection_has_body(c) || state == BODY_BROKEN)
		drop(c);
	else
		handle(w, r);
}

static void
serve(struct worker *w, struct connection *c)
{
	switch (connection_take(c)) {
	case CONNECTION_BODY:
		pull(w, c);
		break;
	case CONNECTION_LINGER:
		connection_drop(c);
		break;
	case CONNECTION_DOOMED:
		drop(c);
		break;
	default:
		serve_head(w, c);
	}
}

/* It is time to stop, and a request that may still come has others: 1. */
static int
may_leave(struct server *server)
{
	int n = server->alive;

	if (!server->connections.stopping)
		return 0;
	while (n > LAST_ONES)
		if (atomic_compare_exchange_weak(&server->alive, &n, n - 1))
			return 1;
	if (connections_expect(&server->connections))
		return 0;
	server->alive--;
	return 1;
}

/* Nobody needed this thread for a while: 1, and it is none of them any more, if
 * so many as are kept are without a request beside it. */
static int
is_too_many(struct server *server)
{
	int spare = server->spare;

	while (spare > server->service->kept && !server->connections.stopping)
		if (atomic_compare_exchange_weak(
			&server->spare, &spare, spare - 1)) {
			server->alive--;
			return 1;
		}
	return 0;
}

/* How long to wait for a request, ms; -1: until one comes. */
static int
patience(const struct server *server)
{
	const struct http_service *service = server->service;

	if (server->connections.stopping)
		return END_TICK;
	return service->kept > 0 && server->alive > service->kept
		   ? service->kept_ms
		   : -1;
}

static void
begin_worker(struct worker *w)
{
	const struct http_service *service = w->server->service;

	pthread_mutex_lock(&w->mutex);
	w->state = service->begin != NULL ? service->begin(service->arg)
					  : service->arg;
	if (service->begin != NULL && w->state == NULL)
		die(EX_TEMPFAIL, "a request thread cannot begin");
	pthread_mutex_unlock(&w->mutex);
}

static void
end_worker(struct worker *w)
{
	const struct http_service *service = w->server->service;
	void *state;

	pthread_mutex_lock(&w->mutex);
	state = w->state;
	w->state = NULL;
	pthread_mutex_unlock(&w->mutex);
	slot_give(&w->slot);
	if (service->end != NULL)
		service->end(state);
	w->server->is_to_trim = 1;
	w->has_left = 1;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct server *server = w->server;
	struct connection *c;
	int is_stop, ms;

	slot_begin(&w->slot, &server->slots);
	begin_worker(w);
	for (;;) {
		ms = patience(server);
		if (!slot_take(&w->slot, ms)) {
			if (is_too_many(server))
				break;
			continue;
		}
		if (may_leave(server))
			break;
		c = connections_next(&server->connections, ms, &is_stop);
		if (is_stop && !w->is_roused)
			connections_rouse(&server->connections);
		w->is_roused |= is_stop;
		if (c == NULL && !is_stop && server->service->kept > 0 &&
		    is_too_many(server))
			break;
		if (c == NULL)
			continue;
		server->spare--;
		grow(server);
		pthread_mutex_lock(&w->mutex);
		w->idle = 0;
		serve(w, c);
		pthread_mutex_unlock(&w->mutex);
		server->spare++;
	}
	end_worker(w);
	return NULL;
}

static void
start_threads(struct server *server)
{
	size_t stack_len = server->service->stack_len;

	server->workers = xcalloc(
	    (size_t)server->service->threads * sizeof(*server->workers));
	for (int i = 0; i < server->service->threads; i++) {
		server->workers[i].server = server;
		pthread_mutex_init(&server->workers[i].mutex, NULL);
	}
	pthread_mutex_init(&server->mutex, NULL);
	pthread_attr_init(&server->attr);
	pthread_attr_setstacksize(
	    &server->attr, stack_len != 0 ? stack_len : STACK_LEN);
	grow(server);
}

/* Who waits hears of the end, and those whose time is over are hung up. */
static void
tick_to_end(struct server *server)
{
	connections_tick(&server->connections, clock_ticks_ms());
	connections_rouse(&server->connections);
}

static void
join(struct server *server, pthread_t thread)
{
	struct timespec until;

	do {
		tick_to_end(server);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += END_TICK * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
	} while (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until) ==
		 ETIMEDOUT);
}

static void
end_threads(struct server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->ending = 1;
	pthread_mutex_unlock(&server->mutex);
	for (int i = 0; i < server->service->threads; i++)
		if (server->workers[i].is_started)
			join(server, server->workers[i].thread);
	pthread_attr_destroy(&server->attr);
	pthread_mutex_destroy(&server->mutex);
	slots_close(&server->slots);
	free(server->workers);
}

/* No thread is left.  Who lingers has its time, and who has yet to answer. */
static void
end_connections(struct server *server)
{
	static const enum connection_state closed[] = { CONNECTION_HEAD,
		CONNECTION_BODY, CONNECTION_IDLE, CONNECTION_AWAY,
		CONNECTION_DOOMED };
	struct connections *all = &server->connections;
	int64_t until_ms = clock_ticks_ms() + LATER_MS;
	struct connection *c;
	int unused;

	connections_accept_no_more(all);
	do {
		for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
			while ((c = connections_pop(all, closed[i])) != NULL)
				drop(c);
		if (all->n[CONNECTION_LINGER] + all->n[CONNECTION_SERVING] == 0)
			return;
		c = connections_next(all, END_TICK, &unused);
		if (c != NULL && connection_take(c) == CONNECTION_LINGER)
			connection_drop(c);
		else if (c != NULL)
			drop(c);
		connections_tick(all, clock_ticks_ms());
	} while (clock_ticks_ms() < until_ms);
}

/* ------------------------------------------------------------- the process */

/* Of those who have had no request since the look before this one. */
static void
rest_workers(struct server *server)
{
	for (int i = 0; i < server->service->threads; i++) {
		struct worker *w = &server->workers[i];

		if (pthread_mutex_trylock(&w->mutex) != 0)
			continue;
		if (w->idle < 2 && ++w->idle == 2 && w->state != NULL)
			server->service->rest(w->state);
		pthread_mutex_unlock(&w->mutex);
	}
}

/* What a burst took is given back: free() keeps it for the next. */
static void
give_back(struct server *server, int64_t now_ms)
{
	if (server->service->rest != NULL &&
	    now_ms - server->rested_ms >= REST_MS) {
		rest_workers(server);
		server->rested_ms = now_ms;
	}
	if (atomic_exchange(&server->is_to_trim, 0) ||
	    now_ms - server->trimmed_ms >= TRIM_MS) {
		requests_rest(server->requests);
		malloc_trim(TRIM_KEEP);
		server->trimmed_ms = now_ms;
	}
}

static int
wait_for_stop(struct server *server, const sigset_t *stop)
{
	struct timespec rest = { 0 };
	int64_t now_ms;
	int signal_number, is_busy = 0;

	for (;;) {
		rest.tv_nsec = (is_busy ? TICK_MS : IDLE_MS) * 1000000L;
		signal_number = sigtimedwait(stop, NULL, &rest);
		if (signal_number == SIGHUP && !manager_reload())
			continue;
		if (signal_number != -1)
			return signal_number;
		manager_beat();
		now_ms = clock_ticks_ms();
		is_busy = connections_tick(&server->connections, now_ms);
		give_back(server, now_ms);
		slots_tend(&server->slots, now_ms);
		grow(server);
	}
}

static void
serve_threads(struct server *server)
{
	const struct http_service *service = server->service;
	int signal_number;
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	/* multiwatch 1.0.0 makes of its -s TERM this one, without -s USR1. */
	sigaddset(&stop, SIGQUIT);
	sigaddset(&stop, SIGUSR1);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	server->requests = requests_new(service->threads);
	connections_open(&server->connections, LISTENER);
	slots_open(&server->slots, service->turns);
	server->slots.given = grow;
	server->slots.arg = server;
	start_threads(server);
	log_info("serving with up to %d threads", service->threads);
	manager_tell("READY=1");
	signal_number = wait_for_stop(server, &stop);
	manager_stopping();
	connections_stop(&server->connections);
	if (service->stop != NULL)
		service->stop(service->arg);
	end_threads(server);
	end_connections(server);
	connections_close(&server->connections);
	requests_free(server->requests);
	log_info("stopped by signal %d", signal_number);
}

static void
serve_cgi(const struct http_service *service)
{
	struct requests *all = requests_new(1);
	struct request *r = request_get(all, NULL);
	struct server server = { .service = service, .requests = all };
	struct worker w = { .server = &server };

	w.state = service->begin != NULL ? service->begin(service->arg)
					 : service->arg;
	if (service->begin != NULL && w.state == NULL)
		die(EX_TEMPFAIL, "cannot begin");
	request_begin_cgi(r);
	handle(&w, r);
	requests_free(all);
	if (service->end != NULL)
		service->end(w.state);
}

/* A web server that speaks FastCGI hands a listening socket over. */
static int
is_cgi(void)
{
	socklen_t len = sizeof(int);
	int listens = 0;

	return getsockopt(
		   LISTENER, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == -1 ||
	       !listens;
}

int
http_serve(const struct http_service *service)
{
	struct server server = { .service = service };
	int flags;

	signal(SIGPIPE, SIG_IGN);
	if (manager_take_socket(LISTENER) == -1)
		return -1;
	if (is_cgi()) {
		serve_cgi(service);
		return 0;
	}
	flags = fcntl(LISTENER, F_GETFL);
	if (flags == -1 || fcntl(LISTENER, F_SETFL, flags | O_NONBLOCK) == -1) {
		log_warn("descriptor 0: %s", strerror(errno));
		return -1;
	}
	serve_threads(&server);
	return 0;
}
