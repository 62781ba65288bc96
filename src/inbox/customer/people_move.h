#ifndef INBOX_CUSTOMER_PEOPLE_MOVE_H
#define INBOX_CUSTOMER_PEOPLE_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Messages that belong to somebody else go there, with what counts them:
 * unread ones, the last one, the window.  In the caller's transaction.
 */
struct people_move {
	struct db *db;
	int64_t workspace_id;
	int64_t from, to;    /* conversations; both are there */
	int64_t sighting_id; /* those that showed this … */
	int64_t begin, end;  /* … from BEGIN on, before END */
};

extern const struct statements people_move_statements;

/* Is there one?  1, 0, -1. */
int people_move_any(const struct people_move *);

/* 1 when there was one, 0, -1. */
int people_move(const struct people_move *);

#endif
