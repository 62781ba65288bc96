#ifndef INBOX_BROADCAST_BROADCAST_CHECK_H
#define INBOX_BROADCAST_BROADCAST_CHECK_H

#include <stdint.h>

struct compose_wrong;
struct json;
struct pool;
struct session;
struct statements;

/*
 * TEMPLATE, as POST /messages takes it and with placeholders
 * (broadcast_fill.h), for a broadcast of NUMBER_ID: 1 and *TEXT is its JSON; 0
 * and *WRONG lists what is wrong with it, by the rules of messages and what is
 * known of the number's templates; in POOL; -1.
 */
int broadcast_check(struct session *, struct pool *, int64_t number_id,
    const struct json *template, const char **text,
    struct compose_wrong **wrong);

extern const struct statements broadcast_check_statements;

#endif
