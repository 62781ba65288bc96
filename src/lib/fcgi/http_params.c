/*
 * What the head of a request says, read by libfcgi (http_params.h).
 *
 * libfcgi reads from a descriptor, waits there without end, and reads ahead:
 * from the web server's connection it would take the beginning of the body as
 * well, and hide it.  So it is given a pipe that holds the head and nothing
 * else, and never waits.  A reader is kept for each thread that reads at a
 * time; it is never handed a connection, and closes none.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/http_head.h"
#include "lib/fcgi/http_params.h"

struct http_params_reader {
	FCGX_Request fcgi;
	int pipe[2]; /* -1: not opened */
	struct http_params_reader *next;
};

static pthread_mutex_t mutex_param = PTHREAD_MUTEX_INITIALIZER;
static struct http_params_reader *readers; /* nobody uses them now */

static struct http_params_reader *
new_reader(void)
{
	struct http_params_reader *r = xcalloc(sizeof(*r));

	r->pipe[0] = r->pipe[1] = -1;
	/* No socket: libfcgi never accepts a connection by itself. */
	if (FCGX_Init() != 0 || FCGX_InitRequest(&r->fcgi, -1, 0) != 0)
		die(EX_SOFTWARE, "libfcgi refuses a request, or has no memory");
	return r;
}

static struct http_params_reader *
get_reader(void)
{
	struct http_params_reader *r;

	pthread_mutex_lock(&mutex_param);
	r = readers;
	if (r != NULL)
		readers = r->next;
	pthread_mutex_unlock(&mutex_param);
	return r != NULL ? r : new_reader();
}

static void
close_pipe(struct http_params_reader *r)
{
	if (r->pipe[0] != -1) {
		close(r->pipe[0]);
		close(r->pipe[1]);
	}
	r->pipe[0] = r->pipe[1] = -1;
}

static void
put_reader(struct http_params_reader *r)
{
	pthread_mutex_lock(&mutex_param);
	r->next = readers;
	readers = r;
	pthread_mutex_unlock(&mutex_param);
}

/* The LEN bytes at S go into the pipe: 0, -1. */
static int
offer(struct http_params_reader *r, const unsigned char *s, size_t len)
{
	if (r->pipe[0] == -1 && pipe2(r->pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_warn("a request is hung up: pipe: %s", strerror(errno));
		return -1;
	}
	return write(r->pipe[1], s, len) == (ssize_t)len ? 0 : -1;
}

/* "NAME=VALUE" of libfcgi as pairs, in POOL. */
static void
copy_param(struct pool *pool, char *const *env, struct http_params *p)
{
	size_t n = 0;

	while (env[n] != NULL)
		n++;
	p->pair = pool_get(pool, (n + 1) * sizeof(*p->pair));
	for (p->n = 0; *env != NULL; env++) {
		char *text = pool_copy(pool, *env);
		size_t name_len = strcspn(text, "=");

		if (text[name_len] == '\0')
			continue;
		p->pair[p->n].name = text;
		p->pair[p->n].name_len = name_len;
		p->pair[p->n++].value = text + name_len + 1;
	}
}

/* The empty record that ends a head may have padding, and libfcgi may leave
 * that in the pipe. */
static int
is_bare_end(const unsigned char *s, size_t len)
{
	struct http_record_head end;

	return len >= HTTP_RECORD_HEAD &&
	       http_head_record(s + len - HTTP_RECORD_HEAD, &end) == 0 &&
	       end.type == HTTP_RECORD_PARAMS && end.content_len == 0 &&
	       end.padding_len == 0;
}

int
http_params_read(struct pool *pool, const unsigned char *s, size_t len,
    struct http_params *p)
{
	struct http_params_reader *r = get_reader();
	FCGX_Request *fcgi = &r->fcgi;
	int rc = -1;

	*p = (struct http_params){ .n = 0 };
	if (offer(r, s, len) == -1)
		goto out;
	/* "Kept" from before: FCGX_Accept_r reads it, accepts none. */
	fcgi->ipcFd = r->pipe[0];
	fcgi->keepConnection = 1;
	errno = 0;
	if (FCGX_Accept_r(fcgi) >= 0) {
		copy_param(pool, fcgi->envp, p);
		p->id = (unsigned)fcgi->requestId;
		rc = 0;
	} else if (errno == ENOMEM) { /* else it was no request */
		log_warn("a request is hung up: out of memory");
	}
	FCGX_Free(fcgi, 0);
	fcgi->ipcFd = -1;
out:
	if (rc == -1 || !is_bare_end(s, len))
		close_pipe(r); /* with what is left in it */
	put_reader(r);
	return rc;
}
