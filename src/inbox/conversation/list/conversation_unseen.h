#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_UNSEEN_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_UNSEEN_H

#include "inbox/conversation/list/conversation_filter.h"

struct conversation;
struct pool;
struct session;
struct statements;

/*
 * A list of conversations, of which those are left that are unread for the
 * member himself (inbox/own/seen.h).  No index has that, since a message writes
 * nothing of it: so CONVERSATION_UNSEEN_LOOK conversations at most are looked
 * at, and the next page goes on behind them.
 */
#define CONVERSATION_UNSEEN_LOOK 1000

/* At most MAX of the list that F asks for, which is no search: how many, or -1.
 * *NEXT is the place of the next page; its id is 0: this is the last one. */
int conversation_unseen_read(struct session *, struct pool *,
    const struct conversation_list_filter *f, struct conversation *, int max,
    struct conversation_list_place *next);

extern const struct statements conversation_unseen_statements;

#endif
