#ifndef INBOX_BROADCAST_BROADCAST_FOLLOW_H
#define INBOX_BROADCAST_BROADCAST_FOLLOW_H

#include <stdint.h>

struct db;
struct statements;

/*
 * What became of the messages of broadcasts, for the processor: reads what was
 * changed in the workspaces that have some, until BROADCAST_FOLLOW_S after the
 * last has ended.  A status sets its recipient's state; a message that was
 * refused for a reason that all others would be refused for, too (template
 * paused or gone, too much spam, account, payment: docs/protocol.md §6.4)
 * pauses its broadcast.  Counts that changed are told of, once a second.  Where
 * changes were purged before they were read, or forgotten by a restore, all
 * recipients of the workspace are compared with their messages, some a step.
 */
#define BROADCAST_FOLLOW_S (7 * 86400)

/* A step, in transactions of its own: 1 there may be more, 0, -1. */
int broadcast_follow_step(struct db *, int64_t now);

extern const struct statements broadcast_follow_statements;

#endif
