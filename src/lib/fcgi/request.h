#ifndef LIB_FCGI_REQUEST_H
#define LIB_FCGI_REQUEST_H

#include "lib/fcgi/body.h"
#include "lib/fcgi/http.h"
#include "lib/fcgi/params.h"
#include "lib/fcgi/record.h"

struct connection;

/*
 * A request from the first byte of its head to its answer, in memory that
 * serves one after the other.  server.c leads it through; a handler has it as
 * the transport of its struct http_request.
 */
struct request {
	struct http_request http;      /* what handlers see */
	struct requests *all;	       /* goes back there */
	struct request *next;	       /* among those that are free */
	int fd;			       /* -1: plain CGI */
	struct connection *connection; /* NULL: plain CGI */
	struct params params;
	struct fcgi_body body;
	int *later;	    /* the thread's own: http_later */
	int is_receiving;   /* http_receive was called */
	int is_stream;	    /* http_begin was called */
	int is_gone;	    /* the peer took no more of its answer */
	unsigned char *raw; /* what came, from its head on */
	size_t len, room;
	size_t head_len;
	size_t padding;		     /* to come of a record before it */
	struct record_output output; /* of a stream */
};

/* At most MAX are kept when they are free; owned. */
struct requests *requests_new(int max);
void requests_free(struct requests *); /* all must be back */
/* Frees those that nobody needed since the last such call. */
void requests_rest(struct requests *);

/* One that is free, for connection C, or for plain CGI with NULL; and back.
 * OVER (http_receive) is called. */
struct request *request_get(struct requests *, struct connection *);
void request_put(struct request *);

/* Receives what has come of its head, without waiting.  BAD: the peer went
 * away, or is no web server.  MORE: the rest, or all of it, is still to
 * come. */
enum record_head request_receive(struct request *);

/* Reads its head, which is whole: 0, or -1. */
int request_begin(struct request *);
/* … of plain CGI. */
void request_begin_cgi(struct request *);

/* Of a stream, which may be there for hours and ends its connection: what came
 * of it is given back. */
void request_forget_head(struct request *);

/* 1 when all of its body was read, so that the next request can follow. */
int request_is_read(const struct request *);

/* Makes REQUEST the next one of a connection that is kept.  1: some of it came
 * behind the last one, and *IS_WHOLE says whether its head is whole already; 0:
 * nothing came. */
int request_next(struct request *, int *is_whole);

/* 1 while the peer waits for its answer; 0 when it has gone, has aborted the
 * request, or sends more, which counts as an abort. */
int request_is_waited_for(struct request *);

/* Answers, unless http_begin did, and keeps or closes the connection.  REQUEST
 * is the caller's no more. */
void request_done(struct request *, const struct http_answer *);

#endif
