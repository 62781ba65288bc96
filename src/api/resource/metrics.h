#ifndef API_RESOURCE_METRICS_H
#define API_RESOURCE_METRICS_H

#include <stdint.h>

struct config;
struct health;
struct http_answer;
struct pool;

/* Answers with N nodes' health and COUNTERS (base/counters.h), as text for
 * Prometheus, in POOL. */
void metrics_answer(struct pool *, struct http_answer *, const struct config *,
    const struct health *, int n, const int64_t *counters);

/* Bytes that are free where the spool is; -1 unknown.  A program whose unit
 * hides the spool knows it by webhook-ingest's COUNTERS (base/counters.h). */
int64_t metrics_spool_free(
    struct pool *, const struct config *, const int64_t *counters);

#endif
