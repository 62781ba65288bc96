/*
 * Serving requests: threads that accept connections of the web server on
 * descriptor 0 and speak FastCGI through libfcgi, or one CGI request.
 *
 * libfcgi's own accept can't be woken for a stop and waits for a silent peer
 * without end, so connections come from the porter, with a request in them,
 * and are handed over in ipcFd, where libfcgi keeps the one it reads next.
 * Its own close waits for the peer's, so that is the porter's, too.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/log.h"
#include "base/pool.h"

#include "door/http.h"
#include "door/http_io.h"
#include "door/http_porter.h"

#define LISTENER  0
#define STACK_LEN (256 * 1024)

struct server {
	const struct http_service *service;
	int stop_fd; /* readable once it is time to stop */
};

static void
fill_id(char *id, size_t len)
{
	unsigned char bytes[12];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes) && 2 * i + 2 < len; i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
}

/* The request as the web server's parameters tell it. */
static void
describe(struct http_request *request, struct http_io *io)
{
	const char *uri = http_io_param(io, "REQUEST_URI");
	const char *length = http_io_param(io, "CONTENT_LENGTH");
	const char *id = http_io_param(io, "REQUEST_ID");
	char made[32] = "";

	if (uri == NULL)
		uri = http_io_param(io, "SCRIPT_NAME");
	if (uri == NULL)
		uri = "/";
	request->method = http_io_param(io, "REQUEST_METHOD");
	if (request->method == NULL)
		request->method = "GET";
	if (strcmp(request->method, "HEAD") == 0) {
		request->method = "GET";
		request->head = io->head = 1;
	}
	request->path = pool_text(request->pool, uri, strcspn(uri, "?"));
	request->query = http_io_param(io, "QUERY_STRING");
	if (request->query == NULL)
		request->query = "";
	request->remote = http_io_param(io, "REMOTE_ADDR");
	if (request->remote == NULL)
		request->remote = "";
	request->length =
	    length != NULL && *length != '\0' ? strtoll(length, NULL, 10) : -1;
	if (id == NULL || *id == '\0') {
		fill_id(made, sizeof(made));
		id = made;
	}
	request->id = pool_copy(request->pool, id);
	request->transport = io;
}

static void
serve_one(const struct http_service *service, void *state, struct pool *pool,
    struct http_io *io)
{
	struct http_request request = { .pool = pool };
	struct http_answer answer = { .status = 200 };

	describe(&request, io);
	log_about("request", "%s", request.id);
	io->body_left = request.length;
	service->handler(state, &request, &answer);
	if (!io->goes_on)
		http_io_answer(io, &answer);
	io->all_read = io->body_left <= 0;
	log_about(NULL, NULL);
}

/* Serves all that waits now. */
static void
serve_waiting(
    struct server *server, void *state, struct pool *pool, FCGX_Request *fcgi)
{
	int fd;

	while ((fd = http_porter_next()) != -1) {
		struct http_io io = { .fcgi = fcgi };

		/* "Kept" from before: FCGX_Accept_r reads it, accepts none. */
		fcgi->ipcFd = fd;
		fcgi->keepConnection = 1;
		if (FCGX_Accept_r(fcgi) < 0)
			continue;
		serve_one(server->service, state, pool, &io);
		fcgi->keepConnection = 1; /* hung up here instead */
		FCGX_Finish_r(fcgi);
		if (fcgi->ipcFd != -1)
			http_porter_see_off(fcgi->ipcFd, io.all_read);
		fcgi->ipcFd = -1;
		pool_reset(pool);
	}
}

static int
watch(int stop_fd)
{
	/* Exclusive: a new connection wakes one thread, not all of them. */
	struct epoll_event requests = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	struct epoll_event stop = { .events = EPOLLIN, .data.u32 = 1 };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd == -1 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, LISTENER, &requests) == -1 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, http_porter_fd(), &requests) == -1 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, stop_fd, &stop) == -1)
		die(EX_OSERR, "epoll: %s", strerror(errno));
	return fd;
}

static void *
run_thread(void *arg)
{
	struct server *server = arg;
	const struct http_service *service = server->service;
	void *state = service->begin != NULL ? service->begin(service->arg)
					     : service->arg;
	struct pool *pool = pool_new();
	int events_fd = watch(server->stop_fd), stopping = 0;
	FCGX_Request fcgi;

	if (service->begin != NULL && state == NULL)
		die(EX_TEMPFAIL, "a request thread cannot begin");
	/* No socket: libfcgi never accepts a connection by itself. */
	if (FCGX_InitRequest(&fcgi, -1, 0) != 0)
		die(EX_SOFTWARE, "libfcgi refuses a request");
	while (!stopping) {
		struct epoll_event events[3];
		int n = epoll_wait(events_fd, events, 3, -1);

		for (int i = 0; i < n; i++)
			stopping |= events[i].data.u32 == 1;
		do
			serve_waiting(server, state, pool, &fcgi);
		while (stopping && http_porter_expects());
	}
	FCGX_Free(&fcgi, 1);
	close(events_fd);
	pool_free(pool);
	if (service->end != NULL)
		service->end(state);
	return NULL;
}

static void
serve_threads(struct server *server)
{
	int n = server->service->threads, signal_number;
	pthread_t *threads = pool_forever((size_t)n * sizeof(*threads));
	pthread_attr_t attr;
	uint64_t one = 1;
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	http_porter_begin(LISTENER, n);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, server->service->stack_len != 0
					     ? server->service->stack_len
					     : STACK_LEN);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], &attr, run_thread, server) != 0)
			die(EX_OSERR, "cannot start thread %d", i);
	pthread_attr_destroy(&attr);
	log_info("serving with %d threads", n);
	sigwait(&stop, &signal_number);
	if (write(server->stop_fd, &one, sizeof(one)) == -1)
		die(EX_OSERR, "eventfd: %s", strerror(errno));
	if (server->service->stop != NULL)
		server->service->stop(server->service->arg);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	http_porter_end();
	log_info("stopped by signal %d", signal_number);
	free(threads);
}

static void
serve_cgi(const struct http_service *service)
{
	void *state = service->begin != NULL ? service->begin(service->arg)
					     : service->arg;
	struct pool *pool = pool_new();
	struct http_io io = { .fcgi = NULL };

	if (service->begin != NULL && state == NULL)
		die(EX_TEMPFAIL, "cannot begin");
	serve_one(service, state, pool, &io);
	pool_free(pool);
	if (service->end != NULL)
		service->end(state);
}

int
http_serve(const struct http_service *service)
{
	struct server server = { .service = service, .stop_fd = -1 };
	int flags;

	signal(SIGPIPE, SIG_IGN);
	if (FCGX_Init() != 0) {
		log_warn("libfcgi cannot be set up");
		return -1;
	}
	if (FCGX_IsCGI()) {
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
	serve_threads(&server);
	close(server.stop_fd);
	return 0;
}
