#ifndef INBOX_SEARCH_SEARCH_MERGE_H
#define INBOX_SEARCH_SEARCH_MERGE_H

struct db;
struct statements;

/*
 * FTS5 does not take a deleted row's words out of its index: it notes beside
 * them that they are gone, and both stay readable in its tables, whatever is
 * deleted or vacuumed, until all segments have been merged into one.
 * 'optimize' does that in one transaction, which takes as long as the index is
 * large. Here it is done in pieces: search_merge_begin puts all segments that
 * there are on one level, and search_merge_step merges so many pages of them.
 * What others write meanwhile is not waited for.
 *
 * search_merge_begin must not be called before the merge that it began has
 * ended: it would begin again from the first word, and under traffic never
 * come to an end.
 */
#define SEARCH_MERGE_PAGES 32 /* a step; some 10 ms */

extern const struct statements search_merge_statements;

/* All indexes of the search, in the caller's transaction: 0, or -1. */
int search_merge_begin(struct db *);

/* One step, in the caller's transaction: 1 there is more, 0 all of what was
 * there when it began has been written anew, -1. */
int search_merge_step(struct db *);

/*
 * Few segments: what a search takes grows with how many there are, however
 * little of them is the workspace's.  One step in a transaction of its own,
 * when an index has more than a few.  The address book's merge nothing by
 * themselves (inbox.sql), as FTS5 does that in the transaction of whoever comes
 * at the wrong time; the others do as they grow, and keep three of a level.  1
 * perhaps there is more, 0 nothing to do (five short reads), -1.
 */
int search_tidy_step(struct db *);

/* 1 where it may wait for a quiet moment: PostgreSQL puts new words in order by
 * itself when there are many of them. */
int search_tidy_may_wait(struct db *);

#endif
