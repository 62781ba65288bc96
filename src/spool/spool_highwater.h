#ifndef SPOOL_SPOOL_HIGHWATER_H
#define SPOOL_SPOOL_HIGHWATER_H

#include <stdint.h>

/*
 * The highest id that was ever given to a delivery, kept beside the spool
 * (spool.db: spool.highwater) so that a copy of it that is put back does not
 * give ids again.  It is written after each commit and not flushed: the power
 * may take the last half minute of it, hence SPOOL_STRIDE.  For the spool's
 * other files.  Where it cannot be read or written that is said in the log, and
 * nothing is refused: what then is applied again, drain.h says.
 */
struct spool_highwater;

/* So far beyond the highest known one ids go on in a file that is older. */
#define SPOOL_STRIDE 1000000

/* Of the spool at PATH; never NULL.  owned: spool_highwater_close. */
struct spool_highwater *spool_highwater_open(const char *path);
void spool_highwater_close(struct spool_highwater *); /* NULL is harmless */

/* 0 when there was none. */
int64_t spool_highwater(const struct spool_highwater *);

/* ID was given; nothing when it is not above. */
void spool_highwater_raise(struct spool_highwater *, int64_t id);

#endif
