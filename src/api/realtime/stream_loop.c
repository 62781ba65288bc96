/*
 * The thread of all streams (stream_loop.h).
 *
 * A round: who came is added, then each stream that is due makes a step, none
 * of which waits for a client; then the thread waits in epoll_wait.  Steps that
 * ask the database take their time: in a round they have READ_MS together, and
 * who had one goes to the end of the list.  So a thousand that come back at
 * once and read on hold up nobody else's news for long.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_stream.h"

#include "api/action.h"
#include "api/realtime/stream.h"
#include "api/realtime/stream_loop.h"
#include "api/serve.h"

#define STACK_LEN (256 * 1024)
#define EVENTS	  64
#define READ_MS	  20
#define REST_MS	  15000 /* nobody is due */
#define LOOK_MS	  2000	/* of plain CGI: is the client there? */

TAILQ_HEAD(stream_list, stream);

struct stream_loop {
	pthread_t thread;
	int epoll_fd;
	int wake_fd; /* of epoll: readable when there is news, or who came */
	struct stream_list streams; /* the thread's own */
	pthread_mutex_t lock;
	struct stream_list coming; /* under the lock */
	atomic_int is_over;
};

static void
wake_loop(void *loop)
{
	const struct stream_loop *l = loop;
	uint64_t one = 1;

	/* It cannot fail but when it is woken already. */
	if (write(l->wake_fd, &one, sizeof(one)) == -1 && errno != EAGAIN)
		log_warn("eventfd: %s", strerror(errno));
}

/* What its connection has to say: always when it can be read, and when it can
 * be written, if something is left. */
static void
watch(struct stream_loop *l, struct stream *s)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP,
		.data.ptr = s };
	int is_writer = s->left > 0;

	if (s->is_watched == 1 + is_writer)
		return;
	if (is_writer)
		event.events |= EPOLLOUT;
	if (epoll_ctl(l->epoll_fd,
		s->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
		http_socket(s->request), &event) == -1)
		log_warn("epoll: %s", strerror(errno));
	s->is_watched = 1 + is_writer;
}

static void
log_stream(const struct stream *s, const char *why)
{
	struct http_answer answer = { .status = 200 };
	const struct action a = { .request = s->request,
		.answer = &answer,
		.route = s->route,
		.who = s->who };

	log_info("stream over: %s", why);
	serve_log(&a, s->began_ms);
}

static void
end_one(struct stream_loop *l, struct stream *s, const char *why)
{
	const struct http_answer nothing = { .status = 200 };
	struct epoll_event unused = { .events = 0 };

	TAILQ_REMOVE(&l->streams, s, link);
	if (s->is_watched)
		epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, http_socket(s->request),
		    &unused);
	log_about_text("request", s->id);
	stream_end(s);
	log_stream(s, why);
	log_about(NULL, NULL);
	http_done(s->request, &nothing);
	stream_free(s);
}

static void
take_coming(struct stream_loop *l)
{
	pthread_mutex_lock(&l->lock);
	TAILQ_CONCAT(&l->streams, &l->coming, link);
	pthread_mutex_unlock(&l->lock);
}

/* One round: the time at which the next one is due. */
static int64_t
go_round(struct stream_loop *l)
{
	int64_t now_ms = clock_ticks_ms(), due_ms = now_ms + REST_MS;
	int64_t until_ms = now_ms + READ_MS;
	struct stream *s, *next;

	for (s = TAILQ_FIRST(&l->streams); s != NULL; s = next) {
		const char *why;

		next = TAILQ_NEXT(s, link);
		why = stream_step(s, now_ms, now_ms < until_ms);
		if (why != NULL) {
			end_one(l, s, why);
			continue;
		}
		watch(l, s);
		if (s->due_ms < due_ms)
			due_ms = s->due_ms;
		if (!s->has_read)
			continue;
		now_ms = clock_ticks_ms();
		TAILQ_REMOVE(&l->streams, s, link);
		TAILQ_INSERT_TAIL(&l->streams, s, link);
	}
	return due_ms;
}

static void
wait_for_events(struct stream_loop *l, int64_t due_ms)
{
	struct epoll_event events[EVENTS];
	int64_t ms = due_ms - clock_ticks_ms();
	uint64_t unused;
	int n = epoll_wait(l->epoll_fd, events, EVENTS, ms > 0 ? (int)ms : 0);

	for (int i = 0; i < n; i++) {
		struct stream *s = events[i].data.ptr;

		if (s != NULL)
			s->is_ready = 1;
		else if (read(l->wake_fd, &unused, sizeof(unused)) == -1 &&
			 errno != EAGAIN)
			log_warn("eventfd: %s", strerror(errno));
	}
}

static void *
run_loop(void *loop)
{
	struct stream_loop *l = loop;

	while (!l->is_over) {
		take_coming(l);
		wait_for_events(l, go_round(l));
	}
	return NULL;
}

struct stream_loop *
stream_loop_begin(void)
{
	struct stream_loop *l = xcalloc(sizeof(*l));
	struct epoll_event event = { .events = EPOLLIN };
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	TAILQ_INIT(&l->streams);
	TAILQ_INIT(&l->coming);
	pthread_mutex_init(&l->lock, NULL);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll_fd == -1 || l->wake_fd == -1 ||
	    epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &event) == -1) {
		log_warn("epoll: %s", strerror(errno));
		return NULL;
	}
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	error = pthread_create(&l->thread, &attr, run_loop, l);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0) {
		log_warn("cannot start the thread of the streams: %s",
		    strerror(error));
		return NULL;
	}
	channel_on_news(wake_loop, l);
	return l;
}

void
stream_loop_end(struct stream_loop *l)
{
	if (l == NULL)
		return;
	channel_on_news(NULL, NULL);
	l->is_over = 1;
	wake_loop(l);
	pthread_join(l->thread, NULL);
	close(l->epoll_fd);
	close(l->wake_fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void
stream_loop_add(struct stream_loop *l, struct stream *s)
{
	http_later(s->request);
	http_forget(s->request);
	pthread_mutex_lock(&l->lock);
	TAILQ_INSERT_TAIL(&l->coming, s, link);
	pthread_mutex_unlock(&l->lock);
	wake_loop(l);
}

void
stream_loop_alone(struct stream *s)
{
	const char *why = NULL;

	while (why == NULL) {
		s->is_ready = 1;
		why = stream_step(s, clock_ticks_ms(), 1);
		if (why == NULL)
			channel_wait(&s->follower, clock_ticks_ms() + LOOK_MS);
	}
	stream_end(s);
	log_info("stream over: %s", why);
	stream_free(s);
}
