#ifndef SPOOL_SPOOL_FILE_H
#define SPOOL_SPOOL_FILE_H

#include <pthread.h>
#include <stdint.h>

struct db;
struct spool_highwater;
struct spool_order;
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

	/* for writers */
	int64_t min_free;
	int64_t complained_ms; /* last, of too little space */
	int trouble;	       /* enum counter: why a commit failed */
	int troubled;	       /* the last one did */
	struct notify *wake;
	struct spool_highwater *highwater;
	pthread_mutex_t mutex;		  /* of what follows */
	struct spool_order *first, *last; /* not committed yet */
	int waiting;			  /* so many are these */
	int wanted;		 /* so many are waited for; 0: nobody waits */
	pthread_cond_t gathered; /* that many wait */
	int committing;		 /* somebody does it now */
};

/* Opens it and checks the schema version. */
struct spool *spool_file_open(const char *path, int wait_ms);

extern const struct statements spool_read_statements;
extern const struct statements spool_purge_statements;
extern const struct statements spool_rewrite_statements;

/* Puts the whole list on disk, or nothing of it: 0, or -1.  For who is the only
 * one to commit. */
int spool_commit(struct spool *, const struct spool_order *);

#endif
