#ifndef API_RESOURCE_HEALTHZ_H
#define API_RESOURCE_HEALTHZ_H

#include <stdint.h>

struct config;
struct http_answer;
struct http_request;
struct session;
struct pool;

/*
 * /healthz and /metrics, which nobody signs in for: they tell how the nodes
 * are and nothing of what is in the inbox.  The metrics, and why the nodes are
 * ill, are told on this machine only (nginx lets only loopback ask for the
 * metrics), and not to a proxy on it that asks for somebody elsewhere.
 */

/* 1 when the request is for one of them, and answered; 0. */
int healthz_serve(struct session *, const struct config *,
    const struct http_request *, struct http_answer *, int64_t now);

#endif
