#ifndef PROCESS_ERASE_ERASE_ROWS_H
#define PROCESS_ERASE_ERASE_ROWS_H

#include <stdint.h>

struct db;
struct erasure;
struct person;
struct pool;
struct redact;
struct spool;
struct statements;

/*
 * The steps of an erasure that delete rows, and the one that redacts raw
 * copies.  Each has its own transaction, and stores the progress in it.  1, or
 * -1.
 */
struct erase_work {
	struct db *db; /* the inbox */
	struct spool *spool;
	struct pool *pool;
	const char *dir; /* files of messages */
	size_t plain_max;
	struct erasure *job;
	struct person *person;
	struct redact *redact; /* with the ids of person */
	int64_t now;
};

extern const struct statements erase_rows_statements;
extern const struct statements erase_answers_statements;

int erase_messages(struct erase_work *);
int erase_groups(struct erase_work *);
int erase_statuses(struct erase_work *);
int erase_patches(struct erase_work *);
int erase_reactions(struct erase_work *);
int erase_unmatched(struct erase_work *);
int erase_events(struct erase_work *);
int erase_answers(struct erase_work *);	   /* erase_answers.c */
int erase_deliveries(struct erase_work *); /* erase_spool.c */

/* Ends a step: stores the progress, with STATE (NULL: the same), and
 * commits.  1; or -1 when RC is -1, and it rolls back, or the commit failed. */
int erase_commit(struct erase_work *, int rc, const char *state);

#endif
