#ifndef INBOX_CUSTOMER_PEOPLE_MOVE_H
#define INBOX_CUSTOMER_PEOPLE_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Moves the messages of another person to that person's conversation, and
 * corrects in both what is derived from them: the unread count, the last
 * message, the window, whether the customer wants marketing.  In the caller's
 * transaction.
 */
struct people_move {
	struct db *db;
	int64_t workspace_id;
	int64_t from, to;    /* conversations; both exist */
	int64_t sighting_id; /* messages with this sighting … */
	int64_t begin, end;  /* … from BEGIN on, before END */
};

extern const struct statements people_move_statements;

/* Is there a message to move?  1, 0, -1. */
int people_move_any(const struct people_move *);

/* Moves them all: 1 when there was one, 0, -1. */
int people_move(const struct people_move *);

#endif
