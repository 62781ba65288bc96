#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

/*
 * What the inbox says, as a text in which two of them can be compared.  Left
 * out is what may show the order in which things came, and why:
 *   ids            they are given as rows come; names stand in their place
 *   changes        each step that was seen is one, so their number differs
 *   created_at     of messages, files and events: when we heard of it
 *                  updated_at of conversations: what a late word parts from
 *                  another begins then
 *   due_at, …      of files and the outbox: when we shall act
 * And two messages of one second stand as they came, so tests make none.
 */
#include "fixture.h"

/* All of it, a line a row; in POOL. */
char *rows_dump(struct fixture *, struct pool *);

/* The indexes of the search have just the rows of their tables. */
void rows_check_search(struct fixture *);

/* Prints the first line in which two differ, for people. */
void rows_show(const char *in_order, const char *shuffled);

#endif
