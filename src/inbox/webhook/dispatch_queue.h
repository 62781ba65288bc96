#ifndef INBOX_WEBHOOK_DISPATCH_QUEUE_H
#define INBOX_WEBHOOK_DISPATCH_QUEUE_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What is due at the endpoints of all workspaces, and what became of it: for
 * the dispatcher, on a connection that sees everything.  What writes is in the
 * caller's transaction; 0 and -1 unless said otherwise.
 */
#define DISPATCH_WAITING_MAX 200 /* of an endpoint; then no new change begins */
#define DISPATCH_SETTLED_MAX 200 /* … are kept */

struct dispatch_endpoint { /* texts and bytes in POOL */
	int64_t id;
	int64_t workspace_id;
	const char *url;
	const char *events;
	const void *secret, *old_secret; /* NULL none */
	size_t secret_len, old_secret_len;
	int64_t old_secret_until;
	int64_t after_seq;
	int64_t moved; /* how often a member moved after_seq */
	int64_t failures;
	int64_t failing_since;
	int64_t due_at;
};

/* One that is posted, or waits for it.  Texts in POOL. */
struct dispatch_item {
	int64_t id; /* of its row; 0: it has none yet */
	int64_t seq, last_seq;
	const char *type;
	int64_t object_id;
	int64_t conversation_id;
	int64_t attempts;
	int64_t due_at;
	int64_t created_at;
};

/* What an attempt came to. */
struct dispatch_attempt {
	int64_t at;
	int status;	    /* of HTTP; 0: no answer */
	const char *error;  /* NULL: it was taken */
	int64_t due_at;	    /* the next one, of the item */
	int64_t hold_until; /* of the whole endpoint */
};

extern const struct statements dispatch_queue_statements;

/* Active endpoints with an id > AFTER, MAX at most, in order: how many, -1. */
int dispatch_queue_endpoints(struct db *, struct pool *, int64_t after,
    struct dispatch_endpoint *, int max);

/* Of an endpoint MAX that wait, the longest due first: how many, -1. */
int dispatch_queue_waiting(struct db *, struct pool *, int64_t endpoint_id,
    struct dispatch_item *, int max);
/* How many wait, DISPATCH_WAITING_MAX at most: or -1. */
int dispatch_queue_count(struct db *, int64_t endpoint_id);

/* The endpoint took the item. */
int dispatch_queue_done(struct db *, int64_t endpoint_id,
    const struct dispatch_item *, const struct dispatch_attempt *);
/* It did not, and the item waits; GIVE_UP: it has failed.  One without a row
 * gets one, unless a member moved after_seq meanwhile (MOVED is not that any
 * more). */
int dispatch_queue_failed(struct db *, int64_t endpoint_id, int64_t moved,
    const struct dispatch_item *, const struct dispatch_attempt *, int give_up);

/* The endpoint has all up to AFTER, or has had it; nothing when a member moved
 * it meanwhile. */
int dispatch_queue_move(
    struct db *, int64_t endpoint_id, int64_t moved, int64_t after);
/* Changes from FIRST to LAST are gone, which the endpoint is told. */
int dispatch_queue_lost(
    struct db *, int64_t endpoint_id, int64_t first, int64_t last, int64_t now);

/* No more goes out until a member resumes it, which a workspace event says. */
int dispatch_queue_pause(struct db *, const struct dispatch_endpoint *,
    const char *reason, int64_t now);

/* For those who look after it: 1 when an endpoint is active; 0; -1. */
int dispatch_queue_is_wanted(struct db *);
/* The first endpoint that is paused though no member did it, and *REASON, in
 * POOL: 1, 0 there is none, -1. */
int dispatch_queue_stopped(struct db *, struct pool *, int64_t *id,
    int64_t *workspace_id, const char **reason);

#endif
