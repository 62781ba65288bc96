#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_LIST_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_LIST_H

#include <stdint.h>

#include "inbox/conversation/list/conversation_filter.h"

struct conversation;
struct pool;
struct session;
struct statements;

/*
 * Lists of conversations of the session's workspace, newest message first, with
 * keyset pagination: a page begins after a row, not at an offset.
 *
 * A filter alone reads an index from its end; a search looks at all that it
 * finds.  Of several filters the most selective one chooses the index, and the
 * others are checked row by row.  Conversations without a message are in no
 * list.
 *
 * Where customers wait, who waits longest is first; and without that of what is
 * pending or snoozed, what comes back first or is so longest.  A search is in
 * the usual order.
 */

/* At most MAX conversations after filter->after, their texts in POOL: how many,
 * or -1.  Between session_begin_cached and session_end_read some may be
 * is_cached, and the last of MAX, which says that there are more, have no more
 * than its place.  *COMPLETE as search.h has it; 1 without a search. */
int conversation_list_read(struct session *, struct pool *,
    const struct conversation_list_filter *, struct conversation *, int max,
    int *complete);

/* The key of a row of the list that F asks for. */
struct conversation_list_place conversation_list_place(
    const struct conversation_list_filter *f, const struct conversation *);

/* Our number with the provider's PHONE_NUMBER_ID: 1 and *ID, 0, -1. */
int conversation_list_number(
    struct session *, const char *phone_number_id, int64_t *id);

extern const struct statements conversation_list_statements;

#endif
