#ifndef INBOX_CONVERSATION_GROUP_PARTICIPANT_H
#define INBOX_CONVERSATION_GROUP_PARTICIPANT_H

#include <stdint.h>

struct customer;
struct db;
struct pool;
struct statements;

/*
 * Who is in a group, and who was.  A row of the table for each id by which one
 * is named: an account and a user id that came together name each other
 * (pair).  Each row keeps the newest of what was said, so that facts may come
 * in any order.
 */
extern const struct statements group_participant_statements;

/*
 * WHO (whatsapp/event.h) was seen in the group AT a time: joined it, or wrote;
 * or LEFT it.  The conversation is the group's.  An id or a name of more than
 * GROUP_PARTICIPANT_MAX bytes is none.  In the caller's transaction; 0, or -1.
 */
#define GROUP_PARTICIPANT_MAX 255 /* a user id has 131 */

int group_participant_put(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, const struct customer *who, int64_t at, int left);

/*
 * WHO asks to join it since AT, by REQUEST_ID of the provider's, at most
 * GROUP_PARTICIPANT_MAX bytes; NULL: takes back what was asked for until then.
 * As group_participant_put.
 */
int group_participant_ask(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, const struct customer *who, int64_t at,
    const char *request_id);
/* The request is answered: whoever made it asks no more, until a new one.  0,
 * -1. */
int group_participant_answer(struct db *, int64_t workspace_id,
    int64_t conversation_id, const char *request_id);

/* Who asks to join the group since BEFORE or earlier, behind AFTER: 1 and its
 * *ID and REQUEST_ID in POOL; 0, -1.  One person may be two. */
int group_participant_next_asking(struct db *, struct pool *,
    int64_t workspace_id, int64_t conversation_id, int64_t before,
    int64_t after, int64_t *id, const char **request_id);

/* Deletes who is ID, an account or a user id, from all groups of the
 * workspace. */
int group_participant_forget(struct db *, int64_t workspace_id, const char *id);

/* Deletes all of a conversation, at most MAX: how many, or -1. */
int group_participant_delete(
    struct db *, int64_t workspace_id, int64_t conversation_id, int max);

#endif
