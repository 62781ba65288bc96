#ifndef INBOX_OUTBOX_AUTOMATIC_ANSWER_H
#define INBOX_OUTBOX_AUTOMATIC_ANSWER_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What a workspace answers by itself while it is closed (inbox/hours): a text,
 * once for each conversation and each time that it is closed, to a customer's
 * message that is AUTOMATIC_ANSWER_AGE seconds old at most (a backlog or an old
 * copy gets none), and that came while it was closed.  Not to groups, to who is
 * blocked, to reactions, calls and system messages; not where a member has
 * written since it is closed, templates aside; not when the window is closed or
 * the number's queue is full.  It is no answer of a person: whoever waits goes
 * on waiting.
 */
#define AUTOMATIC_ANSWER_AGE 600

extern const struct statements automatic_answer_statements;

/*
 * Looks at what was stored since the last time, and queues what is to be
 * answered, in a transaction that also keeps how far it has come: so after a
 * kill nothing is answered twice.  For the processor.  While no workspace
 * answers it reads one row.  1 it has looked at some, perhaps there are more; 0
 * there is none; -1.
 */
int automatic_answer_step(struct db *, struct pool *, int64_t now);

#endif
