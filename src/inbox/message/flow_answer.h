#ifndef INBOX_MESSAGE_FLOW_ANSWER_H
#define INBOX_MESSAGE_FLOW_ANSWER_H

#include <stdint.h>

struct db;
struct event;
struct number_key;
struct pool;
struct statements;

/*
 * The answer to a form (Flow) names the message that asked, by its context; an
 * answer without one is matched by flow_token (docs/protocol.md §3.2).
 */
#define FLOW_ANSWER_AGE	 (30 * 86400) /* an older message is not looked at … */
#define FLOW_ANSWER_LOOK 1000	      /* nor what stands so far back */

extern const struct statements flow_answer_statements;

/*
 * The context of EV, an inbound interactive message: its own, or with
 * the newest message of ours that has its token.  *CONTEXT is in POOL, or NULL.
 * 0; -1: the database failed.
 */
int flow_answer_context(struct db *, struct pool *, const struct number_key *,
    int64_t conversation_id, const struct event *ev, const char **context);

#endif
