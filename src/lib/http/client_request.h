#ifndef LIB_HTTP_CLIENT_REQUEST_H
#define LIB_HTTP_CLIENT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

/*
 * What is asked of elsewhere, and what came back (client.h).
 */

/* Gets a piece of an answer's body: 0, or -1 to break it off. */
typedef int client_sink(void *arg, const void *s, size_t len);

struct client_field { /* of a form; ends with name NULL */
	const char *name;
	const char *value;
};

struct sockaddr;

struct client_request {
	const char *method; /* GET, POST, DELETE */
	const char *url;
	const char *const *headers; /* "Name: value", NULL at the end */
	const char *body;	    /* NULL none */
	size_t body_len;

	/* instead of body: a file; with form it is the field "file" of
	 * multipart/form-data */
	const char *file_path;		 /* NULL none */
	const struct client_field *form; /* NULL none */
	const char *file_name;		 /* as the other side shall see it */
	const char *file_type;

	client_sink *sink; /* body of a 2xx answer; NULL: memory */
	/* of the body; more breaks it off, and more than 1 MiB of memory
	 * always */
	int64_t max_len;
	int connect_ms; /* 0: 10 s */
	int total_ms;	/* 0: 60 s */
	int repeatable; /* asking twice does no harm, as with GET */

	/*
	 * NULL: https, and http to this machine.  Else the caller has judged
	 * the URL, which others chose, and this judges each address that its
	 * host resolves to before a connection is made, and that of a kept one
	 * before it is used: 1 it may be reached, 0.
	 * ARG is borrowed until the answer.
	 */
	int (*may_reach)(const void *arg, const struct sockaddr *);
	const void *reach_arg;
};

struct client_answer { /* borrowed during the call */
	/* 0: there was no answer; half of one has a status and an error */
	int status;
	int reached;	     /* the request may have arrived there */
	int too_long;	     /* broken off for max_len, or by sink */
	int refused;	     /* may_reach allowed no address */
	const char *error;   /* words when something failed, or NULL */
	const char *type;    /* Content-Type, or NULL */
	int64_t retry_after; /* seconds, -1 not said */
	int64_t date;	     /* what its clock said, 0 not said */
	const char *body;    /* NUL-terminated; "" with a sink and 2xx */
	size_t body_len;
};

typedef void client_done(void *arg, const struct client_answer *);

#endif
