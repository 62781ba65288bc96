#ifndef SPOOL_SPOOL_HIGHWATER_H
#define SPOOL_SPOOL_HIGHWATER_H

#include <stdint.h>

/*
 * The high-water mark: the highest id ever given to a delivery.  It is kept
 * beside the spool (spool.db: spool.highwater), so that an older copy of the
 * spool that is put back does not give ids again.  It is written after each
 * commit but not flushed: a power cut may lose the last half minute, hence
 * SPOOL_STRIDE.  When it cannot be read or written, the log says so and nothing
 * is refused; drain.h says what may then be applied twice.  For the spool's
 * other files only.
 */
struct spool_highwater;

/* In an older file ids continue so far above the mark. */
#define SPOOL_STRIDE 1000000

/* Of the spool at PATH; never NULL.  owned: spool_highwater_close. */
struct spool_highwater *spool_highwater_open(const char *path);
void spool_highwater_close(struct spool_highwater *); /* NULL is harmless */

/* The mark; 0 when no id was given yet. */
int64_t spool_highwater(const struct spool_highwater *);

/* Raises the mark to ID; nothing when it is not below. */
void spool_highwater_raise(struct spool_highwater *, int64_t id);

#endif
