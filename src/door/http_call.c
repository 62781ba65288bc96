/*
 * A request's way through libfcgi, or plain CGI, and back.
 *
 * libfcgi's own accept can't be woken for a stop and waits for a silent peer
 * without end, so connections come from the porter, with a request in them,
 * and are handed over in ipcFd, where libfcgi keeps the one it reads next.
 * Its own close waits for the peer's, so that is the porter's, too.
 */
#include <errno.h>
#include <sys/random.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <fcgiapp.h>

#include "base/log.h"
#include "base/pool.h"

#include "door/http_call.h"
#include "door/http_porter.h"

struct http_calls {
	pthread_mutex_t mutex;
	pthread_cond_t back;
	struct http_call *free;
	int left; /* not made yet */
};

struct http_calls *
http_calls_new(int max)
{
	struct http_calls *calls = pool_forever(sizeof(*calls));

	pthread_mutex_init(&calls->mutex, NULL);
	pthread_cond_init(&calls->back, NULL);
	calls->left = max;
	return calls;
}

static struct http_call *
new_call(struct http_calls *calls)
{
	struct http_call *call = pool_forever(sizeof(*call));

	call->calls = calls;
	call->request.pool = pool_new();
	return call;
}

void
http_calls_free(struct http_calls *calls)
{
	struct http_call *next;

	for (struct http_call *call = calls->free; call != NULL; call = next) {
		next = call->next;
		if (call->io.fcgi != NULL)
			FCGX_Free(call->io.fcgi, 1);
		free(call->io.fcgi);
		pool_free(call->request.pool);
		free(call);
	}
	pthread_cond_destroy(&calls->back);
	pthread_mutex_destroy(&calls->mutex);
	free(calls);
}

struct http_call *
http_call_get(struct http_calls *calls)
{
	struct http_call *call;
	int made = 0;

	pthread_mutex_lock(&calls->mutex);
	while (calls->free == NULL && calls->left == 0)
		pthread_cond_wait(&calls->back, &calls->mutex);
	call = calls->free;
	if (call != NULL)
		calls->free = call->next;
	else
		made = calls->left--;
	pthread_mutex_unlock(&calls->mutex);
	return made ? new_call(calls) : call;
}

static void
put_back(struct http_call *call)
{
	struct http_calls *calls = call->calls;

	pool_reset(call->request.pool);
	pthread_mutex_lock(&calls->mutex);
	call->next = calls->free;
	calls->free = call;
	pthread_cond_signal(&calls->back);
	pthread_mutex_unlock(&calls->mutex);
}

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
	request->head = io->head = strcmp(request->method, "HEAD") == 0;
	if (request->head)
		request->method = "GET";
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

/* Reads the head of the request in connection FD: 0, or -1, hung up. */
static int
begin(struct http_io *io, int fd)
{
	if (io->fcgi == NULL) {
		io->fcgi = pool_forever(sizeof(*io->fcgi));
		/* No socket: libfcgi never accepts a connection by itself. */
		if (FCGX_InitRequest(io->fcgi, -1, 0) != 0)
			die(EX_SOFTWARE,
			    "libfcgi refuses a request, or has no memory");
	}
	/* "Kept" from before: FCGX_Accept_r reads it, accepts none. */
	io->fcgi->ipcFd = fd;
	io->fcgi->keepConnection = 1;
	errno = 0;
	if (FCGX_Accept_r(io->fcgi) >= 0)
		return 0;
	if (errno == ENOMEM) /* else it was no request */
		log_warn("a request is hung up: out of memory");
	return -1;
}

static void
finish(struct http_call *call)
{
	FCGX_Request *fcgi = call->io.fcgi;

	if (fcgi != NULL) {
		fcgi->keepConnection = 1; /* seen off here instead */
		FCGX_Finish_r(fcgi);
		if (fcgi->ipcFd != -1)
			http_porter_see_off(
			    fcgi->ipcFd, call->io.body_left <= 0);
		fcgi->ipcFd = -1;
	}
	put_back(call);
}

void
http_call_serve(struct http_call *call, int fd,
    const struct http_service *service, void *state)
{
	struct http_request *request = &call->request;
	struct http_answer answer = { .status = 200 };
	int later = 0;

	if (fd != -1 && begin(&call->io, fd) == -1) {
		put_back(call);
		return;
	}
	call->io.goes_on = 0;
	call->later = &later;
	describe(request, &call->io);
	log_about("request", "%s", request->id);
	call->io.body_left = request->length;
	service->handler(state, request, &answer);
	log_about(NULL, NULL);
	if (later) /* and may be answered by now: the call is not ours */
		return;
	if (!call->io.goes_on)
		http_io_answer(&call->io, &answer);
	finish(call);
}

void
http_later(const struct http_request *request)
{
	const struct http_call *call = request->transport;

	*call->later = 1;
	log_about(NULL, NULL);
}

void
http_done(const struct http_request *request, const struct http_answer *answer)
{
	struct http_call *call = request->transport;

	http_io_answer(&call->io, answer);
	finish(call);
}
