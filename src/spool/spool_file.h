#ifndef SPOOL_SPOOL_FILE_H
#define SPOOL_SPOOL_FILE_H

#include <pthread.h>
#include <stdint.h>

struct db;
struct spool_highwater;
struct spool_order;
struct spool_pace;
struct notify;
struct statements;

/*
 * What spool_open.c, spool.c (reading), spool_purge.c (deleting),
 * spool_rewrite.c and spool_put.c (writing) share; nobody else includes it.
 */
struct spool {
	struct db *db;
	char *path;
	char node[40];
	struct spool_pace *pace; /* the processor's: NULL until it tells */

	/* for writers */
	int64_t min_free;
	int64_t complained_ms; /* when too little space was last logged */
	int trouble;	       /* enum counter: why a commit failed */
	int troubled;	       /* 1: the last commit failed */
	struct notify *wake;
	struct spool_highwater *highwater;
	pthread_mutex_t mutex;		  /* of what follows */
	struct spool_order *first, *last; /* not committed yet */
	int waiting;			  /* how many orders that is */
	int wanted;		 /* gather waits for so many; 0: it does not */
	pthread_cond_t gathered; /* waiting has reached wanted */
	int committing;		 /* 1: a thread is committing */
	int64_t newest;		 /* the id that was given last */
	int64_t again_us;	 /* when the next commit may begin; 0: now */
};

/* Opens it and checks the schema version. */
struct spool *spool_file_open(const char *path, int wait_ms);

extern const struct statements spool_read_statements;
extern const struct statements spool_purge_statements;
extern const struct statements spool_rewrite_statements;

/* Commits the whole list, or nothing of it: 0 it is on disk, or -1.  Only one
 * thread may be in it. */
int spool_commit(struct spool *, const struct spool_order *);

#endif
