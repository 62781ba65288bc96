/*
 * A request's way in (request.h): FastCGI's responder role, or plain CGI.
 *
 * A head is taken as it comes, into memory that the request shares with what
 * comes behind it.  The body is taken when the handler asks for it, having
 * judged the head; what is not there yet comes while no thread waits for it
 * (CONNECTION_BODY), and the handler is called again.  On a connection that is
 * kept the next request begins in the same memory.  A web server that says it
 * before it has the answer is served all the same, one after the other.
 */
#include <sys/random.h>
#include <sys/socket.h>

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/connection.h"
#include "lib/fcgi/request.h"

/* nginx/waspool.conf has these locations, for auth_request. */
#define JUDGE	     "/waspool-judge/"
#define NAME_MAX_LEN 128	 /* of a header that we ask for */
#define ROOM	     8192	 /* few heads are longer */
#define BESIDE	     512	 /* free for the body's records, at the least */
#define AT_ONCE	     (64 * 1024) /* so long a body is taken by the thread */
#define SOON_MS	     5		 /* … that waits so long, */
#define CROWD	     4		 /* unless so many are slow already */

struct requests {
	pthread_mutex_t mutex;
	struct request *free;
	int n, max;
	int least; /* n was never less since requests_rest */
};

/* ------------------------------------------------------------------ memory */

struct requests *
requests_new(int max)
{
	struct requests *all = xcalloc(sizeof(*all));

	pthread_mutex_init(&all->mutex, NULL);
	all->max = max;
	return all;
}

static struct request *
new_request(struct requests *all)
{
	struct request *r = xcalloc(sizeof(*r));

	r->all = all;
	r->http.pool = pool_new();
	r->raw = xcalloc(ROOM);
	r->room = ROOM;
	return r;
}

static void
free_request(struct request *r)
{
	pool_free(r->http.pool);
	free(r->raw);
	free(r);
}

void
requests_free(struct requests *all)
{
	struct request *r;

	while ((r = all->free) != NULL) {
		all->free = r->next;
		free_request(r);
	}
	pthread_mutex_destroy(&all->mutex);
	free(all);
}

void
requests_rest(struct requests *all)
{
	struct request *r;

	pthread_mutex_lock(&all->mutex);
	while (all->least > 0 && (r = all->free) != NULL) {
		all->free = r->next;
		all->n--;
		all->least--;
		free_request(r);
	}
	all->least = all->n;
	pthread_mutex_unlock(&all->mutex);
}

struct request *
request_get(struct requests *all, struct connection *c)
{
	struct request *r;

	pthread_mutex_lock(&all->mutex);
	r = all->free;
	if (r != NULL) {
		all->free = r->next;
		if (--all->n < all->least)
			all->least = all->n;
	}
	pthread_mutex_unlock(&all->mutex);
	if (r == NULL)
		r = new_request(all);
	r->connection = c;
	r->fd = c != NULL ? c->fd : -1;
	r->len = r->padding = 0;
	r->body.file = -1;
	return r;
}

/* Nothing of it is left but what came behind it. */
static void
reset_request(struct request *r)
{
	struct connection *c = r->connection;

	if (c != NULL && c->receive.over != NULL)
		c->receive.over(c->receive.arg);
	if (c != NULL)
		memset(&c->receive, 0, sizeof(c->receive));
	body_end(&r->body);
	record_drop(&r->output);
	if (r->http.pool != NULL)
		pool_reset(r->http.pool);
}

/* A crowd's are not kept. */
void
request_put(struct request *r)
{
	struct requests *all = r->all;
	int is_kept;

	reset_request(r);
	if (r->connection != NULL)
		r->connection->request = NULL;
	pthread_mutex_lock(&all->mutex);
	is_kept = r->room == ROOM && r->http.pool != NULL && all->n < all->max;
	if (is_kept) {
		r->next = all->free;
		all->free = r;
		all->n++;
	}
	pthread_mutex_unlock(&all->mutex);
	if (!is_kept)
		free_request(r);
}

/* -------------------------------------------------------------------- head */

static void
make_room(struct request *r)
{
	unsigned char *more = xcalloc(RECORD_HEAD_MAX + ROOM);

	memcpy(more, r->raw, r->len);
	free(r->raw);
	r->raw = more;
	r->room = RECORD_HEAD_MAX + ROOM;
}

static void
take_away(struct request *r, size_t n)
{
	memmove(r->raw, r->raw + n, r->len - n);
	r->len -= n;
}

/* What still comes of the request before: the end of its body, or of its
 * padding, or that the web server does not want it any more. */
static void
skip_rest(struct request *r)
{
	struct record rest;
	size_t n;

	for (;;) {
		n = r->len < r->padding ? r->len : r->padding;
		take_away(r, n);
		r->padding -= n;
		if (r->len < RECORD_LEN || record_read(r->raw, &rest) == -1 ||
		    rest.content_len > 0 || rest.id != r->connection->id ||
		    rest.id == 0 ||
		    (rest.type != RECORD_STDIN && rest.type != RECORD_ABORT))
			return;
		take_away(r, RECORD_LEN);
		r->padding = rest.padding_len;
	}
}

static enum record_head
judge(struct request *r)
{
	enum record_head h;

	skip_rest(r);
	h = record_judge(r->raw, r->len, &r->head_len);
	if (h == RECORD_HEAD_MORE && r->len > RECORD_HEAD_MAX)
		return RECORD_HEAD_BAD;
	return h;
}

enum record_head
request_receive(struct request *r)
{
	enum record_head h =
	    r->len > 0 ? judge(r) : RECORD_HEAD_MORE; /* came with the last */

	while (h == RECORD_HEAD_MORE) {
		size_t room;
		ssize_t n;

		if (r->len == r->room)
			make_room(r);
		room = r->room - r->len;
		n = recv(r->fd, r->raw + r->len, room, MSG_DONTWAIT);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return RECORD_HEAD_MORE;
		if (n <= 0)
			return RECORD_HEAD_BAD;
		r->len += (size_t)n;
		h = judge(r);
		if ((size_t)n < room) /* nothing more is there */
			break;
	}
	return h;
}

/* A parameter of the web server, NULL when absent; borrowed. */
static const char *
param(const struct request *r, const char *name)
{
	const struct params *p = &r->params;
	size_t len = strlen(name);

	if (r->fd == -1)
		return getenv(name);
	for (int i = 0; i < p->n; i++)
		if (p->pair[i].name_len == len &&
		    memcmp(p->pair[i].name, name, len) == 0)
			return p->pair[i].value;
	return NULL;
}

static const char *
param_or(const struct request *r, const char *name, const char *otherwise)
{
	const char *value = param(r, name);

	return value != NULL ? value : otherwise;
}

static const char *
make_id(struct pool *pool)
{
	unsigned char bytes[12];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		memset(bytes, 0, sizeof(bytes));
	return codec_hex(pool, bytes, sizeof(bytes));
}

/* The request as the web server's parameters tell it. */
static void
describe(struct request *r)
{
	struct http_request *http = &r->http;
	const char *uri =
	    param_or(r, "REQUEST_URI", param_or(r, "SCRIPT_NAME", "/"));
	const char *length = param_or(r, "CONTENT_LENGTH", "");
	const char *id = param_or(r, "REQUEST_ID", "");

	http->method = param_or(r, "REQUEST_METHOD", "GET");
	http->head = strcmp(http->method, "HEAD") == 0;
	if (http->head)
		http->method = "GET";
	http->path = pool_text(http->pool, uri, strcspn(uri, "?"));
	http->query = param_or(r, "QUERY_STRING", "");
	http->remote = param_or(r, "REMOTE_ADDR", "");
	http->tls = strcmp(param_or(r, "HTTPS", ""), "on") == 0;
	http->auth_request =
	    strncmp(param_or(r, "DOCUMENT_URI", ""), JUDGE, strlen(JUDGE)) == 0;
	http->length = *length != '\0' ? strtoll(length, NULL, 10) : -1;
	http->id = *id != '\0' ? id : make_id(http->pool);
	http->transport = r;
	r->is_receiving = r->is_stream = r->is_gone = 0;
}

int
request_begin(struct request *r)
{
	/* The body's records come in behind it. */
	if (r->room - r->head_len < BESIDE)
		make_room(r);
	if (params_read(r->http.pool, r->raw, r->head_len, &r->params) == -1)
		return -1;
	describe(r);
	/* nginx says how long it is whenever there is one. */
	if (r->http.length == -1)
		r->http.length = 0;
	r->connection->id = r->params.id;
	r->connection->until_ms = INT64_MAX;
	body_begin(&r->body, r->fd, r->params.id, r->http.length,
	    r->raw + r->head_len, r->len - r->head_len, r->room - r->head_len);
	return 0;
}

void
request_begin_cgi(struct request *r)
{
	memset(&r->body, 0, sizeof(r->body));
	r->body.file = -1;
	describe(r);
}

void
request_forget_head(struct request *r)
{
	if (r->fd == -1 || r->body.state != BODY_WHOLE)
		return;
	free(r->raw);
	r->raw = NULL;
	r->len = r->room = 0;
	r->body.raw = NULL;
	r->body.len = r->body.at = r->body.room = 0;
}

int
request_is_read(const struct request *r)
{
	const struct fcgi_body *b = &r->body;

	return b->got == b->length && b->content == 0;
}

int
request_next(struct request *r, int *is_whole)
{
	struct fcgi_body *b = &r->body;

	r->padding = b->padding;
	r->len = r->head_len + b->len;
	take_away(r, r->head_len + b->at);
	reset_request(r);
	*is_whole = judge(r) != RECORD_HEAD_MORE;
	return r->len > 0 || r->padding > 0;
}

int
request_is_waited_for(struct request *r)
{
	unsigned char s[RECORD_LEN];
	struct record end;
	ssize_t n;

	while ((n = recv(r->fd, s, sizeof(s), MSG_PEEK | MSG_DONTWAIT)) > 0) {
		/* The end of its body may come later than its head. */
		if (n < RECORD_LEN || record_read(s, &end) == -1 ||
		    end.type != RECORD_STDIN || end.id != r->params.id ||
		    end.content_len > 0 || end.padding_len > 0)
			return 0;
		recv(r->fd, s, sizeof(s), MSG_DONTWAIT);
	}
	return n == -1 && (errno == EAGAIN || errno == EINTR);
}

const char *
http_header(const struct http_request *request, const char *name)
{
	char variable[NAME_MAX_LEN + 6] = "HTTP_";
	size_t len = strlen(name);

	if (strcmp(name, "Content-Type") == 0)
		strcpy(variable, "CONTENT_TYPE");
	else if (len >= NAME_MAX_LEN)
		return NULL;
	else
		for (size_t i = 0; i <= len; i++)
			variable[5 + i] =
			    name[i] == '-'
				? '_'
				: (char)toupper((unsigned char)name[i]);
	return param(request->transport, variable);
}

/* --------------------------------------------------------------- the body */

int
http_whole(const struct http_request *request)
{
	struct request *r = request->transport;
	struct fcgi_body *b = &r->body;
	struct pollfd peer = { .fd = r->fd, .events = POLLIN };

	if (r->fd == -1 || b->state == BODY_WHOLE)
		return 1;
	if (b->length > AT_ONCE)
		return 0;
	if (b->s == NULL)
		body_to_memory(b, request->pool);
	/* Many a client says the head first, and the body just now. */
	if (body_pull(b, AT_ONCE) == BODY_COMING &&
	    r->connection->all->n[CONNECTION_BODY] < CROWD) {
		http_wait();
		poll(&peer, 1, SOON_MS);
		body_pull(b, AT_ONCE);
	}
	return b->state != BODY_COMING;
}

int
http_receive(const struct http_request *request, const struct http_receive *how)
{
	struct request *r = request->transport;
	struct fcgi_body *b = &r->body;
	struct connection *c = r->connection;

	if (connection_reserve(c) == -1)
		return -1;
	if (b->s == NULL && how->dir != NULL) {
		if (body_to_file(b, how->dir) == -1) {
			connection_give_back(c);
			return -1;
		}
	} else if (b->s == NULL) {
		body_to_memory(b, NULL);
	}
	c->receive = *how;
	c->about = request->id;
	c->length = b->length;
	r->is_receiving = 1;
	return 0;
}

/* Plain CGI: standard input is waited for. */
static int
read_input(
    const struct http_request *request, size_t max, char **body, size_t *len)
{
	size_t room = request->length >= 0 ? (size_t)request->length : max + 1;

	*body = pool_alloc(request->pool, room + 1);
	*len = fread(*body, 1, room, stdin);
	if (request->length >= 0)
		return *len == room ? 1 : -1;
	return *len <= max;
}

int
http_body(
    const struct http_request *request, size_t max, char **body, size_t *len)
{
	struct request *r = request->transport;
	const struct fcgi_body *b = &r->body;

	if (request->length > 0 && (unsigned long long)request->length > max)
		return 0;
	if (r->fd == -1)
		return read_input(request, max, body, len);
	*len = (size_t)b->got;
	*body = b->s;
	if (b->s == NULL) /* none, or it is in a file or was not taken */
		*body = pool_text(request->pool, "", 0);
	else
		b->s[b->got] = '\0';
	return b->got == b->length && (b->s != NULL || b->got == 0) ? 1 : -1;
}

size_t
http_read(const struct http_request *request, char *s, size_t len)
{
	struct request *r = request->transport;
	struct fcgi_body *b = &r->body;

	if (r->fd != -1)
		return body_read(b, s, len);
	if (request->length >= 0 &&
	    (unsigned long long)(request->length - b->given) < len)
		len = (size_t)(request->length - b->given);
	len = fread(s, 1, len, stdin);
	b->given += (long long)len;
	return len;
}
