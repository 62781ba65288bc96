#ifndef WHATSAPP_PROVIDER_GRAPH_REQUEST_H
#define WHATSAPP_PROVIDER_GRAPH_REQUEST_H

#include <stddef.h>

#include "whatsapp/provider/provider.h"

struct client_request;
struct json_out;
struct pool;

/*
 * Requests that are the same for all providers with Meta's API
 * (docs/protocol.md §6.2), for cloud.c and d360.c.  KEY is the header line with
 * the number's key.  The request is filled in, its texts in POOL.
 */
void graph_request_get(
    struct pool *, const char *url, const char *key, struct client_request *);
/* BODY is ended by the call; NULL none. */
void graph_request_post(struct pool *, const char *url, const char *key,
    struct json_out *body, struct client_request *);
void graph_request_delete(
    struct pool *, const char *url, const char *key, struct client_request *);
/* URL is that of …/media, or of a group whose picture it is. */
void graph_request_upload(struct pool *, const char *url, const char *key,
    const char *path, const char *file_name, const char *mime_type,
    struct client_request *);
/* Where a file that the provider looks at is announced: PATH of its query. */
const char *graph_request_example_path(
    struct pool *, const struct provider_example *);
/* "/upload:…", the session that was answered; NULL when it is none. */
const char *graph_request_session_path(struct pool *, const char *session);
/* URL is the session's. */
void graph_request_example(struct pool *, const char *url, const char *key,
    const struct provider_example *, struct client_request *);
/* Raises the request's limits of time and size to those of a file. */
void graph_request_file(struct client_request *);

/* URL is that of …/block_users; see provider.h, block. */
void graph_request_block(struct pool *, const char *url, const char *key,
    const struct provider_recipient *, int on, struct client_request *);

/* URL is that of …/groups, of a group, or of a part of it; see provider.h,
 * group.  BODY is JSON, NULL none. */
void graph_request_group(struct pool *, const char *url, const char *key,
    enum provider_group what, const char *body, struct client_request *);
/* What follows the group's own path, or the number's. */
const char *graph_request_group_path(enum provider_group what);

/* The body for …/messages; see provider.h, mark_read. */
struct json_out *graph_request_read(
    struct pool *, const char *wamid, int typing);

/* The query for the page of a list after AFTER, in POOL: "" for NULL. */
const char *graph_request_after(struct pool *, const char *after);

/* BASE, which may end with slashes, and PATH, in POOL. */
const char *graph_request_url(
    struct pool *, const char *base, const char *path);

/* The parts of a file's address that a provider answered. */
struct graph_request_place { /* in POOL */
	const char *origin;  /* https://lookaside.fbsbx.com */
	const char *path;    /* with its query, ready for a request */
	int is_own;	     /* its origin is that of BASE */
	int is_meta;	     /* https, at one of Meta's hosts (§6.5) */
};

/* Takes URL GIVEN apart; BASE is that of the API.  0; -1 when it is no URL that
 * can be requested. */
int graph_request_place(struct pool *, const char *base, const char *given,
    struct graph_request_place *);

#endif
