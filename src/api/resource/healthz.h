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

/* What COUNTERS of webhook-ingest (base/counters.h) say, worst first; one that
 * was never seen is away. */
enum webhooks_ill {
	WEBHOOKS_WELL,
	WEBHOOKS_ILL_NO_ROOM,
	WEBHOOKS_ILL_AWAY,
	WEBHOOKS_ILL_REFUSED,
};
enum webhooks_ill healthz_webhooks(
    struct pool *, const struct config *, const int64_t *counters, int64_t now);

/* A webhook was refused for its token or signature, within a day. */
int healthz_was_unauthorized(const int64_t *counters, int64_t now);

#endif
