#ifndef PROCESS_DRAIN_RESOLVE_NUMBER_H
#define PROCESS_DRAIN_RESOLVE_NUMBER_H

#include <stdint.h>

#include "inbox/workspace/number.h"

struct db;
struct delivery_state_hindrance;
struct event;
struct pool;

/*
 * Whose the last event was, for as long as nobody else can change it: whoever
 * gives one to apply clears it when a transaction or a savepoint begins anew.
 * What it points to is in the pool of the batch.
 */
struct resolve_number_memo {
	const char *phone_number_id; /* NULL: nothing known */
	const char *waba_id;
	const char *display_phone_number;
	const char *credential;
	struct number_key number;
};

/* What is known before the event: see struct apply, which has the same. */
struct resolve_number {
	struct db *db;
	int64_t default_workspace;
	const char *phone_number_id;
	const char *credential;
	struct resolve_number_memo *memo;
};

/*
 * Whose an event is: the workspace's that registered its number.  A number
 * that nobody registered goes to the default workspace by itself when it is
 * the installation's own, or when there is no other workspace; else it waits,
 * so that no tenant's customers end up with another.  So does one that is
 * being moved.  What concerns a whole account goes to the workspace of one of
 * its numbers, else to the only one, else it waits for the account; the old
 * flat form, which names no number, goes to the installation's own or only
 * one.  What the delivery says of the number is written down.
 *
 * A token of one number or account speaks for that one only: what it says of
 * others is nobody's, until a person decides.  The account of a number is what
 * is known of it, not what this delivery says.
 *
 * 1 (number id 0: of the whole account); 0 when nobody takes it now, *WHY in
 * POOL; -1.
 */
int resolve_number_find(const struct resolve_number *, struct pool *,
    const struct event *, int64_t now, struct number_key *,
    struct delivery_state_hindrance *why);

#endif
