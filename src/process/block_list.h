#ifndef PROCESS_BLOCK_LIST_H
#define PROCESS_BLOCK_LIST_H

struct ask_kind;
struct statements;

/*
 * Whom each number blocks, as the provider says: blocks that were made, or
 * ended, elsewhere (inbox/conversation/block_listed.h).
 */
extern const struct ask_kind block_list;

extern const struct statements block_list_statements;

#endif
