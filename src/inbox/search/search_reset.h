#ifndef INBOX_SEARCH_SEARCH_RESET_H
#define INBOX_SEARCH_SEARCH_RESET_H

/*
 * Empties all indexes of the search in the inbox at PATH, to be built anew
 * (search_put.h): one is damaged (DB_INDEX), or was made by other rules.  FTS5
 * does not even open a table whose first rows are damaged, so it is not asked;
 * and since each handle remembers what these rows said, this is done on one of
 * its own, in one transaction, a second or more for millions of messages.  Not
 * within a transaction of the caller's.  0, -1.
 */
int search_reset(const char *path, int wait_ms);

/* The same in the caller's transaction, which nobody else's handle knows of
 * yet: of an inbox that is being filled.  0, -1. */
struct db;

int search_reset_here(struct db *);

#endif
