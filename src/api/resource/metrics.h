#ifndef API_RESOURCE_METRICS_H
#define API_RESOURCE_METRICS_H

#include <stdint.h>

struct config;
struct health;
struct http_answer;
struct pool;

/* Answers with the health of N nodes and COUNTERS (base/counters.h), in
 * Prometheus' text format, in POOL. */
void metrics_answer(struct pool *, struct http_answer *, const struct config *,
    const struct health *, int n, const int64_t *counters);

/* Free bytes of the disk of the spool; -1 unknown.  A program whose systemd
 * unit hides the spool has it from webhook-ingest's COUNTERS
 * (base/counters.h). */
int64_t metrics_spool_free(
    struct pool *, const struct config *, const int64_t *counters);

#endif
