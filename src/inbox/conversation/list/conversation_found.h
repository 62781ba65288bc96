#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_FOUND_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_FOUND_H

struct conversation;
struct conversation_list_filter;
struct pool;
struct session;
struct statements;

/* For conversation_list.c: the page of a filter with a search.  At most MAX,
 * without names (conversation_name_all), some may be is_cached; *COMPLETE as
 * search.h has it.  How many, or -1. */
int conversation_found_read(struct session *, struct pool *,
    const struct conversation_list_filter *, const char *tags,
    struct conversation *, int max, int *complete);

extern const struct statements conversation_found_statements;

#endif
