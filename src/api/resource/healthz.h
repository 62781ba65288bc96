#ifndef API_RESOURCE_HEALTHZ_H
#define API_RESOURCE_HEALTHZ_H

#include <stdint.h>

struct config;
struct http_answer;
struct http_request;
struct session;
struct pool;

/*
 * GET /healthz and /metrics, without authentication: the health of the nodes,
 * and nothing of what is in the inbox.  The metrics, and the reasons when
 * /healthz is 503, are only for clients on this machine (nginx lets only
 * loopback ask for the metrics), and not for those behind a proxy on it.
 */

/* 1 when the request was for one of them, and is answered; else 0. */
int healthz_serve(struct session *, const struct config *,
    const struct http_request *, struct http_answer *, int64_t now);

#endif
