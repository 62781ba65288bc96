#ifndef PROCESS_ERASE_ERASE_H
#define PROCESS_ERASE_ERASE_H

#include <stdint.h>

struct db;
struct download;
struct pool;
struct spool;
struct statements;

/*
 * People are erased (inbox/erasure/erasure.h), a step at a time: each is one
 * small transaction, and where it was is on disk with what it did, so whoever
 * is killed goes on from there.
 */
struct erase {
	struct db *db; /* the inbox */
	struct spool *spool;
	struct pool *pool;		 /* emptied by each step */
	const char *dir;		 /* files of messages */
	const struct download *download; /* files under way; NULL none */

	int64_t looked_ms; /* its own: begin with 0 */
	int64_t purged_ms; /* old tombstones */
	int64_t warned_ms; /* of one that takes too long */
	int rewritten;	   /* the inbox's file, for those that flush */
};

extern const struct statements erase_statements;

/* 1: something was done, and there may be more; 0: nothing to do, or to wait
 * for; -1 (said in the log). */
int erase_step(struct erase *, int64_t now);

#endif
