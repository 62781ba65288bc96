#ifndef INBOX_MESSAGE_MESSAGE_PGSQL_H
#define INBOX_MESSAGE_MESSAGE_PGSQL_H

#include <stdint.h>

struct db;
struct event;
struct message;
struct number_key;
struct pool;
struct profile;
struct statements;

/*
 * New messages of many deliveries, stored by one statement: on PostgreSQL,
 * where each statement is a way to another process, and triggers run once for
 * all its rows.  They are kept until message_pgsql_store, so whoever reads or
 * moves messages in the same transaction calls that before.
 *
 * First it is asked for all that may come whether it is new: nothing is stored
 * of it, no edit waits for it.  Nobody else can store it then, since the
 * workspace is locked.
 */
struct message_pgsql;

#define MESSAGE_PGSQL_MAX 500 /* kept at a time */

extern const struct statements message_pgsql_statements;

/* Empty, in POOL. */
struct message_pgsql *message_pgsql_new(struct pool *);

/* Adds EV, which can be kept and is borrowed, to those of which it is asked. */
void message_pgsql_ask(
    struct message_pgsql *, const struct number_key *, const struct event *ev);
/* Asks: 0, -1. */
int message_pgsql_look(struct db *, struct message_pgsql *);

/* Can a message of EV be kept at all? */
int message_pgsql_is_plain(const struct event *ev);

/* Keeps M, with its file or its reaction, whose texts are borrowed until it
 * is stored: 1; 0 it is none that can be kept, or there are too many:
 * message_pgsql_store, then message_put. */
int message_pgsql_keep(struct message_pgsql *, const struct number_key *,
    const struct message *, int64_t now);

/* When the customer of a conversation was seen: 1, it is written with what is
 * kept of that conversation; 0, nothing is. */
int message_pgsql_seen(struct message_pgsql *, int64_t workspace_id,
    int64_t conversation_id, const struct profile *);

/* Stores what is kept: 0, -1. */
int message_pgsql_store(struct db *, struct message_pgsql *);

/* To be called now and then, in no transaction: when there are ten times as
 * many as before the planner is told.  -1 when it failed, which only makes
 * slow. */
int message_pgsql_grown(struct db *);

#endif
