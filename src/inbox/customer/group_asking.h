#ifndef INBOX_CUSTOMER_GROUP_ASKING_H
#define INBOX_CUSTOMER_GROUP_ASKING_H

#include <stdint.h>

struct db;
struct json;
struct own_group_asked;
struct pool;
struct statements;

/*
 * Who asks to join a group of ours, as the provider's answers say it
 * (docs/protocol.md section 6.9), in the caller's transaction.
 */
struct group_asking; /* what a list has said so far */

extern const struct statements group_asking_statements;

/* Whose requests an answer says are answered; IS_DONE: it is no error.  1
 * all; 0 not all, and *ERROR says why, JSON {"code","title","detail"} in
 * POOL, or it does not speak of them, and *ERROR is NULL; -1. */
int group_asking_answered(struct db *, struct pool *,
    const struct own_group_asked *, const struct json *body, int is_done,
    const char **error);

/* Stores a page of the list, and adds it to *LIST, NULL at first, in POOL.
 * BEGUN: when the first page was asked for.  0, -1. */
int group_asking_page(struct db *, struct pool *,
    const struct own_group_asked *, const struct json *body, int64_t begun,
    struct group_asking **list);
/* That was the last one: who is not in LIST asks no more.  0, -1. */
int group_asking_end(struct db *, struct pool *, const struct own_group_asked *,
    int64_t begun, const struct group_asking *list);

#endif
