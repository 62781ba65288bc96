#ifndef PROCESS_NUMBER_SYNC_H
#define PROCESS_NUMBER_SYNC_H

struct ask_kind;
struct statements;

/*
 * Asks the provider how each number is (inbox/workspace/number_health.h): its
 * quality, limits and name, whether it can send, and by that whether its key is
 * taken.
 */
extern const struct ask_kind number_sync;

extern const struct statements number_sync_statements;

#endif
