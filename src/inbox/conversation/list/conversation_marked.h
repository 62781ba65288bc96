#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_MARKED_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_MARKED_H

struct conversation;
struct conversation_list_filter;
struct pool;
struct session;
struct statements;

/*
 * For conversation_list.c: lists that a team or a label leads.  What has them
 * is in no order of time, for then each message would write there; so all that
 * the leading one has are looked at, where they are MARKED_MAX at most.  Where
 * they are more, they are not rare in the list of all either, and that is read.
 */
#define CONVERSATION_MARKED_MAX 5000

/* 1 when F is such a list, and the label that the fewest have leads now; 0
 * it is not, -1. */
int conversation_marked_is_short(
    struct session *, struct conversation_list_filter *);
/* Its first MAX, without names (conversation_name_all), none is_cached: how
 * many, -1. */
int conversation_marked_read(struct session *, struct pool *,
    const struct conversation_list_filter *, struct conversation *, int max);

extern const struct statements conversation_marked_statements;

#endif
