#ifndef WHATSAPP_PROVIDER_GRAPH_REQUEST_H
#define WHATSAPP_PROVIDER_GRAPH_REQUEST_H

#include <stddef.h>

struct client_request;
struct json_out;
struct pool;

/*
 * What all who speak Meta's language ask alike (docs/protocol.md §6.2), for
 * d360.c and its neighbours.  KEY is the header with the number's key; REQUEST
 * gets the call, in POOL.
 */
void graph_request_get(
    struct pool *, const char *url, const char *key, struct client_request *);
/* BODY is ended. */
void graph_request_post(struct pool *, const char *url, const char *key,
    struct json_out *body, struct client_request *);
/* URL is that of …/media. */
void graph_request_upload(struct pool *, const char *url, const char *key,
    const char *path, const char *file_name, const char *mime_type,
    struct client_request *);
/* The request has time and room for a file. */
void graph_request_file(struct client_request *);

/* The body for …/messages; see provider.h, mark_read. */
struct json_out *graph_request_read(
    struct pool *, const char *wamid, int typing);

/* BASE, which may end with slashes, and PATH, in POOL. */
const char *graph_request_url(
    struct pool *, const char *base, const char *path);

/* Where a file is, as a provider said. */
struct graph_request_place { /* in POOL */
	const char *origin;  /* https://lookaside.fbsbx.com */
	const char *path;    /* with its query, ready for a request */
	int is_own;	     /* its origin is that of BASE */
	int is_meta;	     /* https, at one of Meta's hosts (§6.5) */
};

/* 0; -1 when GIVEN is no URL that can be asked for. */
int graph_request_place(struct pool *, const char *base, const char *given,
    struct graph_request_place *);

#endif
