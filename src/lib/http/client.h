#ifndef LIB_HTTP_CLIENT_H
#define LIB_HTTP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

/*
 * The door to libcurl: HTTP requests to elsewhere, many at a time in one
 * thread.  Connections are kept and used again.  Redirects are answers, not
 * followed, so a secret in a header stays where it belongs; only https is
 * spoken, and http to 127.0.0.1, ::1 and localhost for tests.  Nothing but a
 * GET goes out a second time when a connection breaks.
 */
struct client;

/* Gets a piece of an answer's body: 0, or -1 to break it off. */
typedef int client_sink(void *arg, const void *s, size_t len);

struct client_field {			/* of a form; ends with name NULL */
	const char	*name;
	const char	*value;
};

struct client_request {
	const char	*method;	/* GET, POST, DELETE */
	const char	*url;
	const char	*const *headers;/* "Name: value", NULL at the end */
	const char	*body;		/* NULL none */
	size_t		 body_len;

	/* instead of body: multipart/form-data with a file */
	const struct client_field *form;	/* NULL none */
	const char	*file_path;	/* the field "file"; NULL none */
	const char	*file_name;	/* as the other side shall see it */
	const char	*file_type;

	client_sink	*sink;		/* body of a 2xx answer; NULL: memory */
	int64_t		 max_len;	/* of the body; more breaks it off, and
					 * more than 1 MiB of memory always */
	int		 connect_ms;	/* 0: 10 s */
	int		 total_ms;	/* 0: 60 s */
};

struct client_answer {			/* borrowed during the call */
	int		 status;	/* 0: there was no answer; half of one
					 * has a status and an error */
	int		 reached;	/* the request may have arrived there */
	int		 too_long;	/* broken off for max_len, or by sink */
	const char	*error;		/* words when something failed, or NULL */
	const char	*type;		/* Content-Type, or NULL */
	int64_t		 retry_after;	/* seconds, -1 not said */
	int64_t		 date;		/* what its clock said, 0 not said */
	const char	*body;		/* NUL-terminated; "" with a sink and 2xx */
	size_t		 body_len;
};

typedef void client_done(void *arg, const struct client_answer *);

/* owned: client_close, which breaks off what is under way (done is called). */
struct client *client_open(const char *user_agent);
void	client_close(struct client *);		/* NULL is harmless */

/*
 * Begins a request; DONE(arg) is called from client_run or client_close, never
 * from here.  REQUEST and what it points to may go away at once, except
 * file_path's file.  0, or -1 (said in the log; DONE is not called).
 */
int	client_start(struct client *, const struct client_request *, client_done *,
	    void *arg);

/*
 * Works at all requests until something was finished, FD (or -1) is readable
 * or TIMEOUT_MS is over.  How many are still under way.
 */
int	client_run(struct client *, int fd, int timeout_ms);
int	client_count(const struct client *);

/* One request alone, with a handle of its own: waits and calls DONE. */
int	client_once(const struct client_request *, client_done *, void *arg);

#endif
