/*
 * A request's way in and out: FastCGI's responder role, or plain CGI.
 *
 * Connections come from the acceptor with the whole head of a request in them,
 * so reading it waits for nobody.  The body is taken when the handler asks for
 * it, having judged the head; what is not there yet comes while no thread
 * waits for it (http_idle.h), and the handler is called again.
 */
#include <sys/random.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/http_acceptor.h"
#include "lib/fcgi/http_call.h"
#include "lib/fcgi/http_head.h"
#include "lib/fcgi/http_idle.h"
#include "lib/fcgi/http_slot.h"

/* nginx/waspool.conf has these locations, for auth_request. */
#define AUTH_REQUEST "/waspool-judge/"
#define RAW_LEN	     8192	 /* few heads are longer */
#define BESIDE	     512	 /* free for the body's records, at the least */
#define AT_ONCE	     (64 * 1024) /* so long a body is taken by the thread */
#define SOON_MS	     5		 /* … that waits so long, */
#define CROWD	     4		 /* unless so many are slow already */

struct http_calls {
	pthread_mutex_t mutex;
	struct http_call *free;
	int n, max;
};

struct http_calls *
http_calls_new(int max)
{
	struct http_calls *calls = xcalloc(sizeof(*calls));

	pthread_mutex_init(&calls->mutex, NULL);
	calls->max = max;
	return calls;
}

static struct http_call *
new_call(struct http_calls *calls)
{
	struct http_call *call = xcalloc(sizeof(*call));

	call->calls = calls;
	call->request.pool = pool_new();
	call->raw = xcalloc(RAW_LEN);
	call->raw_room = RAW_LEN;
	return call;
}

static void
free_call(struct http_call *call)
{
	pool_free(call->request.pool);
	free(call->raw);
	free(call);
}

void
http_calls_free(struct http_calls *calls)
{
	struct http_call *next;

	for (struct http_call *call = calls->free; call != NULL; call = next) {
		next = call->next;
		free_call(call);
	}
	pthread_mutex_destroy(&calls->mutex);
	free(calls);
}

struct http_call *
http_call_get(struct http_calls *calls)
{
	struct http_call *call;

	pthread_mutex_lock(&calls->mutex);
	call = calls->free;
	if (call != NULL) {
		calls->free = call->next;
		calls->n--;
	}
	pthread_mutex_unlock(&calls->mutex);
	return call != NULL ? call : new_call(calls);
}

/* A crowd's are not kept. */
static void
put_back(struct http_call *call)
{
	struct http_calls *calls = call->calls;
	int kept;

	if (call->take.over != NULL)
		call->take.over(call->take.arg);
	memset(&call->take, 0, sizeof(call->take));
	http_body_end(&call->io.body);
	pool_reset(call->request.pool);
	if (call->raw_room > RAW_LEN) {
		free_call(call);
		return;
	}
	pthread_mutex_lock(&calls->mutex);
	kept = calls->n < calls->max;
	if (kept) {
		call->next = calls->free;
		calls->free = call;
		calls->n++;
	}
	pthread_mutex_unlock(&calls->mutex);
	if (!kept)
		free_call(call);
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
	const char *auth_request = http_io_param(io, "DOCUMENT_URI");
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
	request->auth_request =
	    auth_request != NULL &&
	    strncmp(auth_request, AUTH_REQUEST, strlen(AUTH_REQUEST)) == 0;
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
make_room(struct http_call *call, size_t len)
{
	unsigned char *more = xcalloc(HTTP_HEAD_MAX + RAW_LEN);

	memcpy(more, call->raw, len);
	free(call->raw);
	call->raw = more;
	call->raw_room = HTTP_HEAD_MAX + RAW_LEN;
}

/* The whole head out of connection FD, *HEAD_LEN of *LEN bytes that came.  0,
 * or -1: it is none. */
static int
receive_head(struct http_call *call, int fd, size_t *len, size_t *head_len)
{
	enum http_head h = HTTP_HEAD_MORE;

	*head_len = *len = 0;
	while (h == HTTP_HEAD_MORE) {
		ssize_t n;

		if (*len == call->raw_room && *len > HTTP_HEAD_MAX)
			return -1;
		if (*len == call->raw_room)
			make_room(call, *len);
		n = recv(
		    fd, call->raw + *len, call->raw_room - *len, MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		*len += (size_t)n;
		h = http_head_judge(call->raw, *len, head_len);
	}
	/* The body's records come in behind it. */
	if (call->raw_room - *head_len < BESIDE)
		make_room(call, *len);
	return h == HTTP_HEAD_WHOLE ? 0 : -1;
}

/* Reads the request in connection FD as far as it came: 0, or -1. */
static int
begin_call(struct http_call *call, int fd)
{
	struct http_io *io = &call->io;
	size_t len, head_len;

	call->place = -1;
	memset(io, 0, sizeof(*io));
	io->fd = fd;
	io->body.file = -1;
	if (fd == -1) {
		describe(&call->request, io);
		return 0;
	}
	if (receive_head(call, fd, &len, &head_len) == -1 ||
	    http_params_read(
		call->request.pool, call->raw, head_len, &io->params) == -1)
		return -1;
	describe(&call->request, io);
	/* nginx says how long it is whenever there is one. */
	if (call->request.length == -1)
		call->request.length = 0;
	http_body_begin(&io->body, fd, io->params.id, call->request.length,
	    call->raw + head_len, len - head_len, call->raw_room - head_len);
	return 0;
}

/* The rest of what came was read, or is dropped while the peer takes note. */
static void
finish_call(struct http_call *call)
{
	struct http_body *b = &call->io.body;

	if (call->io.fd != -1)
		http_acceptor_see_off(
		    call->io.fd, b->got == b->length && b->content == 0);
	put_back(call);
}

void
http_call_drop(struct http_call *call)
{
	close(call->io.fd);
	put_back(call);
}

static void
handle(struct http_call *call, const struct http_service *service, void *state)
{
	struct http_request *request = &call->request;
	struct http_answer answer = { .status = 200 };
	int later = 0;

	call->later = &later;
	log_about("request", "%s", request->id);
	service->handler(state, request, &answer);
	log_about(NULL, NULL);
	if (later) /* and may be answered by now: the call is not ours */
		return;
	if (call->place != -1) {
		http_idle_take_in(call->place, call);
		return;
	}
	if (call->io.goes_on)
		http_io_end(&call->io);
	else
		http_io_answer(&call->io, &answer);
	finish_call(call);
}

void
http_call_serve(struct http_call *call, int fd,
    const struct http_service *service, void *state)
{
	if (begin_call(call, fd) == -1)
		http_call_drop(call);
	else
		handle(call, service, state);
}

void
http_call_resume(
    struct http_call *call, const struct http_service *service, void *state)
{
	call->place = -1;
	handle(call, service, state);
}

/* --------------------------------------------------------------- the body */

int
http_whole(const struct http_request *request)
{
	struct http_call *call = request->transport;
	struct http_body *b = &call->io.body;
	struct pollfd peer = { .fd = call->io.fd, .events = POLLIN };

	if (call->io.fd == -1 || b->state == HTTP_BODY_WHOLE)
		return 1;
	if (b->length > AT_ONCE)
		return 0;
	if (b->s == NULL)
		http_body_to_memory(b, request->pool);
	/* Many a client says the head first, and the body just now. */
	if (http_body_pull(b, AT_ONCE) == HTTP_BODY_COMING &&
	    http_idle_count(HTTP_IDLE_SENDING) < CROWD) {
		http_slot_give();
		poll(&peer, 1, SOON_MS);
		http_body_pull(b, AT_ONCE);
	}
	return b->state != HTTP_BODY_COMING;
}

int
http_take(const struct http_request *request, const struct http_take *take)
{
	struct http_call *call = request->transport;
	struct http_body *b = &call->io.body;
	int place = http_idle_reserve();

	if (place == -1)
		return -1;
	if (b->s == NULL && take->dir != NULL) {
		if (http_body_to_file(b, take->dir) == -1) {
			http_idle_give_back(place);
			return -1;
		}
	} else if (b->s == NULL) {
		http_body_to_memory(b, NULL);
	}
	call->take = *take;
	call->place = place;
	return 0;
}

int
http_hang_up(const void *group, long long older_ms)
{
	return http_idle_hang_up(group, older_ms);
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
	finish_call(call);
}
