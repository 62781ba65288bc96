#ifndef LIB_FCGI_HTTP_H
#define LIB_FCGI_HTTP_H

#include <stddef.h>

struct pool;

/*
 * A FastCGI server behind a web server.  A program serves requests from the
 * socket that it was handed as descriptor 0, or by LISTEN_FDS
 * (base/service/manager.h), in several threads, until SIGTERM, or SIGHUP and a
 * configuration that is right; then it finishes what it has in hand, empties
 * the backlog, lets go of the connections that the web server keeps without
 * losing a request, and returns.  When descriptor 0 is no socket it serves one
 * CGI request from the environment.  A connection that has no request occupies
 * no thread, whether its request is late, its body comes slowly, or it is kept
 * for the next one.
 */
struct http_request {
	struct pool *pool;  /* of this request */
	const char *method; /* GET also for HEAD */
	int head;	    /* HEAD: no body goes out, whatever it is */
	const char *path;   /* percent-encoded, without the query */
	const char *query;  /* raw, "" when none */
	const char *remote; /* the client's address, "" unknown */
	const char *id;	    /* for the log and X-Request-Id */
	int tls;	    /* it came over TLS */
	long long length;   /* of the body; -1 not said (CGI) */
	/* the web server asks whether it may take the body: 204, 401 or 403 */
	int auth_request;
	void *transport; /* this file's own */
};

/* What is answered; the handler fills it, memory in the request's pool. */
struct http_answer {
	int status;	  /* 200 unless set */
	const char *type; /* Content-Type, NULL none */
	const char *body;
	size_t body_len;
	const char *headers; /* more lines, each ended by \r\n */
};

/* Header NAME of the request as sent ("Authorization"), NULL when absent. */
const char *http_header(const struct http_request *, const char *name);

/*
 * A body is read only when the handler asks for it, and a handler never waits
 * for one.  It looks at the head first, and then calls http_whole: 1 when all
 * of the body is here; 0 when some is still to come, or when it is a long one.
 * After 0 the handler has two ways.  It answers, and the body is dropped
 * unread.  Or it calls http_receive and returns: once all of the body is here
 * it is called again, and the answer of that call counts.
 */
int http_whole(const struct http_request *);

/* How a body is received. */
struct http_receive {
	/* Into a file without a name in DIR; NULL: into memory. */
	const char *dir;
	/* So long it may take, else the connection is closed; 0: as long as
	 * 16 KiB come in 20 seconds. */
	long long ms;
	const void *group; /* whose quota it is: http_quota.h */
	/* Called once, when the request is over in whatever way; NULL: not. */
	void (*over)(void *arg);
	void *arg;
};

/* 0: the body will come, and the handler returns and touches nothing.  -1: too
 * many bodies are coming already, or there is no room on the disk (said in the
 * log); OVER is not called. */
int http_receive(const struct http_request *, const struct http_receive *);

/*
 * The body, after http_whole and unless it went into a file.  1: *BODY is
 * NUL-terminated and lives as long as the request; 0: it is longer than MAX;
 * -1: the client went away before it was complete.
 */
int http_body(
    const struct http_request *, size_t max, char **body, size_t *len);

/* Instead of http_body: the next bytes of the body, up to LEN of them; fewer
 * only at its end, or when the client went away. */
size_t http_read(const struct http_request *, char *s, size_t len);

/* The first parameter NAME of a query string, percent-decoded with + as a
 * space, in POOL: 1 (*VALUE; *LEN may be NULL), 0 when absent, -1 when its
 * encoding is bad.  Names are percent-decoded too. */
int http_param(struct pool *, const char *query, const char *name,
    const char **value, size_t *len);

/* Calls EACH for every parameter in order until it answers non-zero, which
 * is answered; -1 when an encoding is bad. */
typedef int http_each_param(void *arg, const char *name, const char *value);
int http_params(struct pool *, const char *query, http_each_param *, void *arg);

/* Adds a header line to the answer. */
void http_add_header(const struct http_request *, struct http_answer *,
    const char *name, const char *value);

/* Answers STATUS with a line of text/plain. */
void http_plain(const struct http_request *, struct http_answer *, int status,
    const char *line);

/*
 * A handler that cannot answer yet calls http_later and returns: its thread
 * goes on with other requests.  Whoever has the answer, in any thread, calls
 * http_done, once; request and pool are gone after that.
 */
void http_later(const struct http_request *);
void http_done(const struct http_request *, const struct http_answer *);

/*
 * A handler that is about to wait for something, a lock or the disk, lets
 * another thread work meanwhile.
 */
void http_wait(void);

/*
 * Up to THREADS threads call HANDLER; the first begins at once, others when all
 * have a request.  Each thread calls BEGIN(arg) when it begins, gives what that
 * answers to its handlers as STATE, and calls END(state) at its end.  BEGIN may
 * be NULL: STATE is ARG then; when it answers NULL, the program ends.  END may
 * be NULL.  STOP(arg), which may be NULL, is called when it is time to stop:
 * handlers that wait for something are to end then.  REST(state), which may be
 * NULL, gives back memory that only requests need: it is called once a thread
 * had none for a second or two, by another thread, while this one waits.
 */
struct http_service {
	void (*handler)(
	    void *state, const struct http_request *, struct http_answer *);
	void *(*begin)(void *arg);
	void (*end)(void *state);
	void (*stop)(void *arg);
	void (*rest)(void *state);
	void *arg;
	int threads;
	/* Of threads without a request so many stay; another leaves when it had
	 * none for KEPT_MS, and its state ends.  0: all stay. */
	int kept, kept_ms;
	/* 1: as many work at a time as there are processors, at least two,
	 * since more get in each other's way, and some more while many wait
	 * for the disk; 0: all threads */
	int turns;
	size_t stack_len; /* of a thread; 0 is 256 KiB */
};

/* Serves until SIGTERM, SIGINT, SIGQUIT or SIGUSR1, or until SIGHUP and a new
 * configuration that is right: then the caller calls manager_begin_anew last.
 * 0, or -1 (said in the log). */
int http_serve(const struct http_service *);

#endif
