#ifndef INBOX_REPORT_REPORT_TIMES_H
#define INBOX_REPORT_REPORT_TIMES_H

#include <stdint.h>

struct pool;

/*
 * Times in seconds, each of a group: their median and p90, which are times
 * themselves (nearest rank): half of them, and nine of ten, are no longer.  Of
 * more than REPORT_TIMES_MAX every second one is left out, again and again.
 */
#define REPORT_TIMES_MAX (1 << 20)

struct report_times; /* in POOL */

struct report_times *report_times_new(struct pool *);
void report_times_add(struct report_times *, int32_t group, int32_t seconds);

/* From here on nothing is added.  Of GROUP, or with -1 of all: 1; 0 there is
 * none. */
int report_times_get(
    struct report_times *, int32_t group, int64_t *median, int64_t *p90);

#endif
