/*
 * Serving requests: threads that accept connections of the web server on
 * descriptor 0 and speak FastCGI, or one CGI request.
 */
#include <sys/eventfd.h>
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

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_acceptor.h"
#include "lib/fcgi/http_call.h"
#include "lib/fcgi/http_slot.h"

#define LISTENER  0
#define STACK_LEN (256 * 1024)
#define TRIM_S	  5
#define TRIM_KEEP (256 * 1024)

struct server {
	const struct http_service *service;
	struct http_calls *calls;
	int stop_fd; /* readable once it is time to stop */
	pthread_attr_t attr;
	pthread_mutex_t mutex; /* of the threads */
	pthread_t *threads;
	int n, ending;
	atomic_int spare; /* threads without a request */
};

static void *run_thread(void *server);

static int
start(struct server *server)
{
	int error;

	server->spare++; /* before it can take a request */
	error = pthread_create(
	    &server->threads[server->n], &server->attr, run_thread, server);
	if (error != 0) {
		server->spare--;
		if (server->n == 0)
			die(EX_OSERR, "cannot start a thread: %s",
			    strerror(error));
		log_warn(
		    "cannot start thread %d: %s", server->n, strerror(error));
		return -1;
	}
	server->n++;
	return 0;
}

/* As many threads again, so that a crowd does not wait for one after the
 * other.  A thread is memory and often a connection: they are started when
 * they are needed. */
static void
grow_http(struct server *server)
{
	int n;

	pthread_mutex_lock(&server->mutex);
	n = server->n > 0 ? server->n : 1;
	while (
	    !server->ending && n-- > 0 && server->n < server->service->threads)
		if (start(server) == -1)
			break;
	pthread_mutex_unlock(&server->mutex);
}

/* Serves all that waits now. */
static void
serve_waiting(struct server *server, void *state)
{
	struct http_call *call;
	int fd;

	while ((fd = http_acceptor_next(&call)) != -1) {
		if (--server->spare == 0)
			grow_http(server);
		if (call != NULL)
			http_call_resume(call, server->service, state);
		else
			http_call_serve(http_call_get(server->calls), fd,
			    server->service, state);
		server->spare++;
		http_slot_take();
	}
}

static void *
run_thread(void *arg)
{
	struct server *server = arg;
	const struct http_service *service = server->service;
	void *state = service->begin != NULL ? service->begin(service->arg)
					     : service->arg;
	int stopping = 0;

	if (service->begin != NULL && state == NULL)
		die(EX_TEMPFAIL, "a request thread cannot begin");
	while (!stopping) {
		http_slot_take();
		stopping = http_acceptor_wait();
		do
			serve_waiting(server, state);
		while (stopping && http_acceptor_expects());
	}
	http_slot_give();
	if (service->end != NULL)
		service->end(state);
	return NULL;
}

static void
start_threads(struct server *server)
{
	size_t stack_len = server->service->stack_len;

	server->threads = xcalloc(
	    (size_t)server->service->threads * sizeof(*server->threads));
	pthread_mutex_init(&server->mutex, NULL);
	pthread_attr_init(&server->attr);
	pthread_attr_setstacksize(
	    &server->attr, stack_len != 0 ? stack_len : STACK_LEN);
	grow_http(server);
}

static void
end_threads(struct server *server)
{
	pthread_mutex_lock(&server->mutex);
	server->ending = 1;
	pthread_mutex_unlock(&server->mutex);
	for (int i = 0; i < server->n; i++)
		pthread_join(server->threads[i], NULL);
	pthread_attr_destroy(&server->attr);
	pthread_mutex_destroy(&server->mutex);
	free(server->threads);
}

/* What a burst took is given back: free() keeps it for the next. */
static int
wait_for_stop(const sigset_t *stop)
{
	const struct timespec rest = { .tv_sec = TRIM_S };
	int signal_number;

	while ((signal_number = sigtimedwait(stop, NULL, &rest)) == -1)
		malloc_trim(TRIM_KEEP);
	return signal_number;
}

static void
serve_threads(struct server *server)
{
	int max = server->service->threads, signal_number;
	uint64_t one = 1;
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	/* multiwatch 1.0.0 makes of its -s TERM this one, without -s USR1. */
	sigaddset(&stop, SIGQUIT);
	sigaddset(&stop, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	http_acceptor_begin(LISTENER, server->stop_fd);
	if (server->service->turns)
		http_slot_open();
	start_threads(server);
	log_info("serving with up to %d threads", max);
	signal_number = wait_for_stop(&stop);
	http_acceptor_last();
	if (write(server->stop_fd, &one, sizeof(one)) == -1)
		die(EX_OSERR, "eventfd: %s", strerror(errno));
	if (server->service->stop != NULL)
		server->service->stop(server->service->arg);
	end_threads(server);
	http_acceptor_end();
	log_info("stopped by signal %d", signal_number);
}

void
http_wait(void)
{
	http_slot_give();
}

static void
serve_cgi(const struct http_service *service)
{
	void *state = service->begin != NULL ? service->begin(service->arg)
					     : service->arg;
	struct http_calls *calls = http_calls_new(1);

	if (service->begin != NULL && state == NULL)
		die(EX_TEMPFAIL, "cannot begin");
	http_call_serve(http_call_get(calls), -1, service, state);
	http_calls_free(calls);
	if (service->end != NULL)
		service->end(state);
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
	struct server server = { .service = service, .stop_fd = -1 };
	int flags;

	signal(SIGPIPE, SIG_IGN);
	if (is_cgi()) {
		serve_cgi(service);
		return 0;
	}
	flags = fcntl(LISTENER, F_GETFL);
	server.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (flags == -1 || server.stop_fd == -1 ||
	    fcntl(LISTENER, F_SETFL, flags | O_NONBLOCK) == -1) {
		log_warn("descriptor 0: %s", strerror(errno));
		return -1;
	}
	server.calls = http_calls_new(service->threads);
	serve_threads(&server);
	http_calls_free(server.calls);
	close(server.stop_fd);
	return 0;
}
