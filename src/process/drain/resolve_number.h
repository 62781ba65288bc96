#ifndef PROCESS_DRAIN_RESOLVE_NUMBER_H
#define PROCESS_DRAIN_RESOLVE_NUMBER_H

#include <stdint.h>

#include "inbox/workspace/number.h"

struct db;
struct delivery_state_hindrance;
struct event;
struct pool;

/*
 * A cache: the number of the last event.  Its caller clears it when a
 * transaction or a savepoint begins again, for then others may have changed the
 * number.  Its texts are in the pool of the batch.
 */
struct resolve_number_memo {
	const char *phone_number_id; /* NULL: nothing known */
	const char *waba_id;
	const char *display_phone_number;
	const char *credential;
	struct number_key number;
};

/* The same members as in struct apply, which explains them. */
struct resolve_number {
	struct db *db;
	int64_t default_workspace;
	const char *phone_number_id;
	const char *credential;
	struct resolve_number_memo *memo;
};

/*
 * Finds the number, and so the workspace, of an event, and stores what the
 * delivery says of the number.
 *
 * - An event for a registered number goes to the workspace that registered it.
 * - An unregistered number is added to the default workspace when it is the
 *   installation's own, or when there is no other workspace.  Else the event
 *   waits, so that no tenant gets another's customers.  It also waits while the
 *   number is being moved.
 * - An event for a whole account goes to the workspace of one of its numbers,
 *   else to the only workspace, else it waits for the account.
 * - The old flat form, which names no number, is for the installation's own
 *   number, or the only one.
 *
 * A token of one number or account may deliver only for that one: events for
 * others are not applied until a person decides.  Which account a number
 * belongs to is what we have stored, not what this delivery says.
 *
 * 1 (number id 0: for the whole account); 0: it cannot be applied now, *WHY in
 * POOL; -1.
 */
int resolve_number_find(const struct resolve_number *, struct pool *,
    const struct event *, int64_t now, struct number_key *,
    struct delivery_state_hindrance *why);

#endif
