#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>

struct pool;

/* Unix seconds, now.  Asked by programs and their loops (cgi-bin, process,
 * api/realtime, cli); everybody else takes "now" as an argument. */
int64_t clock_now(void);

/* Milliseconds that never go back, for measuring and waiting. */
int64_t clock_ticks_ms(void);

/* A condition variable with a deadline of clock_ticks_ms, so that setting the
 * machine's clock moves no deadline: 0 somebody signalled, else it is over. */
void clock_cond_init(pthread_cond_t *);
int clock_cond_wait(pthread_cond_t *, pthread_mutex_t *, int64_t until_ms);

/* RFC 3339 in UTC with Z: 2026-01-30T12:00:00Z, in POOL; NULL for 0 and what
 * is beyond the years 1 to 9999. */
char *clock_text(struct pool *, int64_t at);
/* The same into TEXT, without a NUL: 1; 0 where that is NULL. */
#define CLOCK_TEXT (sizeof("0000-00-00T00:00:00Z") - 1)
int clock_write(char text[CLOCK_TEXT], int64_t at);

/* Now, as RFC 3339 in UTC with milliseconds, into TEXT, which is returned.
 * Safe in a signal handler. */
#define CLOCK_TEXT_MS sizeof("0000-00-00T00:00:00.000Z")
char *clock_text_ms(char *text);

/* RFC 3339, with Z or an offset, with or without a fraction, which does not
 * count: 2026-01-30T12:00:00+01:00.  Years 1970 to 9999: 0, or -1. */
int clock_parse(const char *s, int64_t *at);

/* "90", "90s", "15m", "72h", "7d" to seconds: 0, or -1. */
int clock_parse_span(const char *s, int64_t *seconds);

/* How long to wait before an attempt: FIRST, doubled for each of ATTEMPTS
 * before it, MOST at most; and up to half of it more, by CHANCE, which the
 * caller draws. */
int64_t clock_back_off(
    int64_t first, int64_t most, int64_t attempts, unsigned chance);

#endif
