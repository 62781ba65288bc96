#ifndef PROCESS_ERASE_ERASE_H
#define PROCESS_ERASE_ERASE_H

#include <stdint.h>

struct db;
struct download;
struct pool;
struct spool;
struct statements;

/*
 * Erases persons (inbox/erasure/erasure.h), one step at a time.  A step is a
 * small transaction that also stores the progress; after a kill the erasure
 * continues from there.
 */
struct erase {
	struct db *db; /* the inbox */
	struct spool *spool;
	struct pool *pool;		 /* emptied by each step */
	const char *dir;		 /* files of messages */
	size_t plain_max;		 /* of a body: delivery_plain */
	const struct download *download; /* open downloads; NULL none */

	/* private: begin with 0 */
	int64_t looked_ms; /* when it last looked for work */
	int64_t purged_ms; /* when it last deleted old tombstones */
	int64_t warned_ms; /* when it last warned of a late erasure */
	int rewritten;	   /* 1: the inbox was rewritten for flushing */
};

extern const struct statements erase_statements;

/* 1: something was done, and there may be more; 0: nothing to do now; -1
 * (said in the log). */
int erase_step(struct erase *, int64_t now);

#endif
