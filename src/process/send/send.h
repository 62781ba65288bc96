#ifndef PROCESS_SEND_SEND_H
#define PROCESS_SEND_SEND_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "process/send/send_state.h"

struct statements;

extern const struct statements send_statements;

/*
 * Settles answered requests, in one transaction, then begins those that are
 * due, in another: how many were settled or begun, 0 when there is nothing to
 * do now.  -1: the database failed; a later step settles the answered ones, and
 * none has begun.
 */
int send_step(struct send *, int64_t now, enum db_error *why);
/* Only the first half: at the end of a run. */
int send_settle(struct send *, int64_t now, enum db_error *why);

/* After client_close, which has called all callbacks. */
void send_close(struct send *);

#endif
