#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_MARKED_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_MARKED_H

struct conversation;
struct conversation_list_filter;
struct conversation_list_place;
struct pool;
struct session;
struct statements;

/*
 * For conversation_list.c: lists that a team, a label, or what the customer
 * said of marketing leads.  What has them is in no order of time, for then each
 * message would write there; so all that the leading one has are looked at,
 * where they are MARKED_MAX at most.  Where they are more, they are not rare in
 * the list of all either, and that is read.
 */
#define CONVERSATION_MARKED_MAX 5000

/* 1 when F is such a list, and the label that the fewest have leads now; 0
 * it is not, -1. */
int conversation_marked_is_short(
    struct session *, struct conversation_list_filter *);
/* Bounds how far a list is read that asks for one of them and is not short:
 * of the list of all MARKED_LOOK conversations are looked at.  *NEXT
 * is where the page after them begins, if this one is not full; its id is 0:
 * all are.  0, -1. */
#define CONVERSATION_MARKED_LOOK 10000

int conversation_marked_bound(struct session *,
    struct conversation_list_filter *, struct conversation_list_place *next);

/* Its first MAX, without names (conversation_name_all), none is_cached: how
 * many, -1. */
int conversation_marked_read(struct session *, struct pool *,
    const struct conversation_list_filter *, struct conversation *, int max);

extern const struct statements conversation_marked_statements;

#endif
