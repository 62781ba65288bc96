#ifndef INBOX_CUSTOMER_CUSTOMER_MEMO_PGSQL_H
#define INBOX_CUSTOMER_CUSTOMER_MEMO_PGSQL_H

#include <stdint.h>

struct customer;
struct customer_memo;
struct db;
struct number_key;
struct pool;
struct statements;

/*
 * Fills a memo (customer_memo.h) with the customers of many messages, by a few
 * statements: on PostgreSQL, where each statement is a way to another process.
 */
extern const struct statements customer_memo_pgsql_statements;

struct customer_memo_pgsql;

struct customer_memo_pgsql *customer_memo_pgsql_new(struct pool *);

/* Adds one as a message shows him, with portfolio and time: his texts are
 * borrowed.  Who shows no user id, or changes his ids, is left out. */
void customer_memo_pgsql_ask(struct customer_memo_pgsql *,
    const struct number_key *, const struct customer *);

/*
 * Puts those who are known into the memo: 0, -1.  With ADD also those of whose
 * ids nothing at all is known: they get a conversation, as customer_resolve
 * would make it.  Who is left is for customer_resolve.
 */
int customer_memo_pgsql_fill(struct db *, struct customer_memo_pgsql *,
    struct customer_memo *, int add, int64_t now);

#endif
