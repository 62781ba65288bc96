#ifndef PROCESS_DRAIN_DRAIN_SET_H
#define PROCESS_DRAIN_DRAIN_SET_H

#include <stdint.h>

struct apply;
struct drain_workspaces;
struct event;
struct pool;

/*
 * The events of one transaction, on an engine to which each statement is a way
 * of its own (PostgreSQL): what their messages ask for is read at once, and new
 * messages are written at once.  So they are applied first, by number, and the
 * others behind them; no event depends on that (README.md).
 */
#define DRAIN_SET_MAX 500 /* events: MESSAGE_PGSQL_MAX */

struct drain_set {
	struct drain_set_one {
		const struct event *event;
		int item; /* the caller's */
		int place, is_plain;
	} one[DRAIN_SET_MAX];
	int n, n_plain; /* those that may be written at once are in front */
};

/* Adds an event: 1; 0: there is no room. */
int drain_set_add(struct drain_set *, const struct event *, int item);

/* Puts them into the order in which they are to be applied, and reads for A,
 * whose customers and messages are new: 0, -1. */
int drain_set_prepare(struct drain_set *, const struct apply *a, struct pool *,
    const struct drain_workspaces *, int64_t now);

#endif
