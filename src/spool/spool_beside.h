#ifndef SPOOL_SPOOL_BESIDE_H
#define SPOOL_SPOOL_BESIDE_H

#include <stdint.h>

/*
 * A file beside the spool that holds one id, as 20 digits that a person can
 * read.  For the spool's other files only.
 */

/* Of the spool at PATH: spool.db and ".x" are spool.x, which a "mv spool.db*"
 * does not match.  owned: free. */
char *spool_beside_name(const char *path, const char *suffix);

/* What stands in it, at most INT64_MAX / 2; -1: nothing that is an id. */
int64_t spool_beside_read(int fd);

/* 0, or -1 with errno.  Not flushed. */
int spool_beside_write(int fd, int64_t id);

#endif
