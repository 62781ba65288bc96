#ifndef PROCESS_BLOCK_SYNC_H
#define PROCESS_BLOCK_SYNC_H

struct ask_kind;
struct statements;

/*
 * Customers who are to be blocked, or unblocked, as members want it
 * (inbox/conversation/block.h): for each number one request at a time, and what
 * cannot be asked now is asked again later, for OUTBOX_AGE_MAX at most.
 */
extern const struct ask_kind block_sync;

extern const struct statements block_sync_statements;

#endif
