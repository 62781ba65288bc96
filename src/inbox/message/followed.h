#ifndef INBOX_MESSAGE_FOLLOWED_H
#define INBOX_MESSAGE_FOLLOWED_H

#include <stdint.h>

struct db;
struct statements;

/*
 * What the processor does with messages after they were stored, in transactions
 * of its own: up to which id each of these has come.  Ids are given in the
 * order of commits, so what is behind that id is new.  Put, forget and leave
 * are in the caller's transaction.
 */
#define FOLLOWED_ANSWERS       "automatic_answer"
#define FOLLOWED_MESSAGES      "report_messages"
#define FOLLOWED_CONVERSATIONS "report_conversations"
#define FOLLOWED_ACTIVITIES    "report_activities"

extern const struct statements followed_statements;

/* 1; 0 it has not begun, and *UPTO is 0; -1. */
int followed_get(struct db *, const char *name, int64_t *upto);
/* 0, -1. */
int followed_put(struct db *, const char *name, int64_t upto);
int followed_forget(struct db *, const char *name);
/* If it has begun: what was said at UNTIL or before is not for it. */
int followed_leave(struct db *, const char *name, int64_t until);

/* The id of the MAXth message behind AFTER, or of the last: 1; 0 there is none;
 * -1.  And the newest there is, 0 without one: 0, -1. */
int followed_ahead(struct db *, int64_t after, int max, int64_t *upto);
int followed_newest(struct db *, int64_t *id);

#endif
