#ifndef INBOX_WEBHOOK_WEBHOOK_DELIVERY_H
#define INBOX_WEBHOOK_WEBHOOK_DELIVERY_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * What an endpoint did not take at the first attempt, and tests, for admins.
 * What it did take has no row.  The newest are kept (schema/sqlite/inbox.sql).
 */
#define WEBHOOK_DELIVERY_TEST "webhook_endpoint.test"
#define WEBHOOK_DELIVERY_LOST "changes.lost"

struct webhook_delivery { /* texts in POOL; 0 and NULL: none */
	int64_t id;
	int64_t endpoint_id;
	int64_t seq;	  /* of the change; of changes.lost the first */
	int64_t last_seq; /* of changes.lost */
	const char *type;
	int64_t object_id;
	int64_t conversation_id;
	const char *state; /* waiting, delivered, failed */
	int64_t attempts;
	int64_t due_at; /* waiting: not before */
	int64_t created_at;
	int64_t tried_at;
	int64_t status; /* of HTTP, of the last attempt; 0: no answer */
	const char *error;
};

extern const struct statements webhook_delivery_statements;

/* At most MAX of an endpoint with an id < BEFORE, the newest first: how
 * many, or -1. */
int webhook_delivery_list(struct session *, struct pool *, int64_t endpoint_id,
    int64_t before, struct webhook_delivery *, int max);
/* 1, 0 there is none, -1. */
int webhook_delivery_get(
    struct session *, struct pool *, int64_t id, struct webhook_delivery *);

/* In the caller's transaction.  A test of an endpoint: 0 and *ID, which is 0
 * when too many wait; -1. */
int webhook_delivery_add_test(
    struct session *, int64_t endpoint_id, int64_t now, int64_t *id);
/* It is tried again at once, and as often as a new one: 0, -1. */
int webhook_delivery_again(struct session *, int64_t id, int64_t now);

#endif
