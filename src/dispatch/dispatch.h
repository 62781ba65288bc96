#ifndef DISPATCH_DISPATCH_H
#define DISPATCH_DISPATCH_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "dispatch/dispatch_state.h"

struct statements;

/*
 * Posts what is due at the endpoints of all workspaces.  Of one endpoint
 * changes begin in their order, DISPATCH_PARALLEL at a time; while it fails,
 * one at a time, and later each time.  Nothing here waits.
 */
extern const struct statements dispatch_statements;	   /* of db */
extern const struct statements dispatch_reader_statements; /* of session */

/* 1 something was begun or stored, 0 there is nothing to do now; -1: the
 * database failed, and *WHY says how.  STARTING: 0: only stores. */
int dispatch_step(
    struct dispatch *, int64_t now, int starting, enum db_error *why);

/* After client_close. */
void dispatch_close(struct dispatch *);

#endif
