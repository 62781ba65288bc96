#ifndef SPOOL_SPOOL_PACE_H
#define SPOOL_SPOOL_PACE_H

#include <stdint.h>

/*
 * The pace.  How far the processor is stands in the inbox, which webhook-ingest
 * may not read; so the processor also writes it beside the spool (spool.db:
 * spool.applied), after each commit and without flushing.  Where more comes
 * than is applied, and the processor is some tenths of a second behind,
 * webhook-ingest waits between its commits, so that no more is acknowledged
 * than is applied: the processors' time goes to those who apply, and one flush
 * serves more deliveries.
 *
 * It never waits longer than SPOOL_PACE_MAX_US, whatever stands in the file,
 * and not at all where the processor does not move: it may be stopped, and what
 * comes is kept.  For the spool's other files only.
 */
struct spool_pace;

#define SPOOL_PACE_MAX_US 100000

/* Of the spool at PATH; never NULL.  owned: spool_pace_close. */
struct spool_pace *spool_pace_open(const char *path);
void spool_pace_close(struct spool_pace *); /* NULL is harmless */

/* The processor has applied all up to ID. */
void spool_pace_tell(struct spool_pace *, int64_t id);

/* N deliveries were committed, up to ID, at NOW_US of a clock that only goes
 * on: for so many microseconds the next commit waits. */
int64_t spool_pace_wait(
    struct spool_pace *, int64_t id, int64_t n, int64_t now_us);

#endif
