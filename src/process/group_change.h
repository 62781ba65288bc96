#ifndef PROCESS_GROUP_CHANGE_H
#define PROCESS_GROUP_CHANGE_H

struct ask_kind;
struct statements;

/*
 * Groups that are to be made, changed and ended at the provider, as members
 * want it (inbox/own_group/own_group.h): for each number one request at a time,
 * for OUTBOX_AGE_MAX at most.  A group is never made twice: where the answer
 * was lost, a delivery may still say that it is there.
 */
extern const struct ask_kind group_change;

extern const struct statements group_change_statements;

#endif
