#ifndef INBOX_SEARCH_SEARCH_PUT_H
#define INBOX_SEARCH_SEARCH_PUT_H

#include <stdint.h>

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

/*
 * An upgrade may leave the search's indexes empty (inbox.sql, search_state);
 * they are filled while all else goes on: people first, then messages, the
 * newest first.  Each step is one small transaction that ends with where the
 * next goes on, so a program that is killed in between has lost nothing of it.
 *
 * One step; FULL: SEARCH_PARTITION_ROWS, but in tests.  Says in the log when an
 * index is begun, and when it is done.  1 perhaps there is more, 0 nothing to
 * do (one short read), -1.
 */
int search_rebuild_step(struct db *, int64_t full, int64_t now);

/* How far it is. */
struct search_progress {
	int whole;	  /* all words are in the indexes; as usual */
	const char *kind; /* what is being filled now: a constant */
	int percent;	  /* … of that, by ids */
	int64_t seconds;  /* left for that, about; -1 not known yet */
};

int search_progress(struct db *, int64_t now, struct search_progress *);

#endif
