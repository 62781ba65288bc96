/*
 * What the head of a request says, read by libfcgi (params.h).
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

#include "lib/fcgi/params.h"
#include "lib/fcgi/record.h"

struct params_reader {
	FCGX_Request fcgi;
	int pipe[2]; /* -1: not opened */
	struct params_reader *next;
};

struct params_readers {
	pthread_mutex_t mutex;
	struct params_reader *first; /* nobody uses them now */
};

struct params_readers *
params_readers_new(void)
{
	struct params_readers *readers = xcalloc(sizeof(*readers));

	pthread_mutex_init(&readers->mutex, NULL);
	return readers;
}

static struct params_reader *
new_reader(void)
{
	struct params_reader *r = xcalloc(sizeof(*r));

	r->pipe[0] = r->pipe[1] = -1;
	/* No socket: libfcgi never accepts a connection by itself. */
	if (FCGX_Init() != 0 || FCGX_InitRequest(&r->fcgi, -1, 0) != 0)
		die(EX_SOFTWARE, "libfcgi refuses a request, or has no memory");
	return r;
}

static struct params_reader *
get_reader(struct params_readers *readers)
{
	struct params_reader *r;

	pthread_mutex_lock(&readers->mutex);
	r = readers->first;
	if (r != NULL)
		readers->first = r->next;
	pthread_mutex_unlock(&readers->mutex);
	return r != NULL ? r : new_reader();
}

static void
close_pipe(struct params_reader *r)
{
	if (r->pipe[0] != -1)
		close(r->pipe[0]);
	if (r->pipe[1] != -1)
		close(r->pipe[1]);
	r->pipe[0] = r->pipe[1] = -1;
}

void
params_readers_free(struct params_readers *readers)
{
	struct params_reader *r;

	if (readers == NULL)
		return;
	while ((r = readers->first) != NULL) {
		readers->first = r->next;
		close_pipe(r);
		free(r);
	}
	pthread_mutex_destroy(&readers->mutex);
	free(readers);
}

static void
put_reader(struct params_readers *readers, struct params_reader *r)
{
	pthread_mutex_lock(&readers->mutex);
	r->next = readers->first;
	readers->first = r;
	pthread_mutex_unlock(&readers->mutex);
}

/* The LEN bytes at S go into the pipe: 0, -1. */
static int
offer(struct params_reader *r, const unsigned char *s, size_t len)
{
	if (r->pipe[0] == -1 && pipe2(r->pipe, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_warn("a request is hung up: pipe: %s", strerror(errno));
		return -1;
	}
	return write(r->pipe[1], s, len) == (ssize_t)len ? 0 : -1;
}

/* "NAME=VALUE" of libfcgi as pairs, in POOL. */
static void
copy(struct pool *pool, char *const *env, struct params *p)
{
	size_t n = 0;

	while (env[n] != NULL)
		n++;
	p->pair = pool_alloc(pool, (n + 1) * sizeof(*p->pair));
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
	struct record end;

	return len >= RECORD_LEN &&
	       record_read(s + len - RECORD_LEN, &end) == 0 &&
	       end.type == RECORD_PARAMS && end.content_len == 0 &&
	       end.padding_len == 0;
}

int
params_read(struct params_readers *readers, struct pool *pool,
    const unsigned char *s, size_t len, struct params *p)
{
	struct params_reader *r = get_reader(readers);
	FCGX_Request *fcgi = &r->fcgi;
	int rc = -1;

	*p = (struct params){ .n = 0 };
	if (offer(r, s, len) == -1)
		goto out;
	/* "Kept" from before: FCGX_Accept_r reads it, accepts none. */
	fcgi->ipcFd = r->pipe[0];
	fcgi->keepConnection = 1;
	errno = 0;
	if (FCGX_Accept_r(fcgi) >= 0) {
		copy(pool, fcgi->envp, p);
		p->id = (unsigned)fcgi->requestId;
		p->keep = fcgi->keepConnection;
		rc = 0;
	} else {
		if (errno == ENOMEM) /* else it was no request */
			log_warn("a request is hung up: out of memory");
		if (fcgi->ipcFd == -1) /* libfcgi has closed it */
			r->pipe[0] = -1;
	}
	FCGX_Free(fcgi, 0);
	fcgi->ipcFd = -1;
out:
	if (rc == -1 || !is_bare_end(s, len))
		close_pipe(r); /* with what is left in it */
	put_reader(readers, r);
	return rc;
}
