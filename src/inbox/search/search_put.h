#ifndef INBOX_SEARCH_SEARCH_PUT_H
#define INBOX_SEARCH_SEARCH_PUT_H

struct db;
struct statements;

/*
 * The words of messages are written into the index by triggers, one message
 * at a time, which costs FTS5 more than all else that a message does: it
 * makes a little index of each, and merges them.  Whoever stores many in one
 * transaction says so at its beginning, and has the words of all written at
 * its end.  In the caller's transaction, which must not end in between.
 */
extern const struct statements search_put_statements;

/* The words of messages that are stored from now on come later: 0, or -1. */
int search_later(struct db *);

/* They come now: 0, or -1. */
int search_now(struct db *);

#endif
