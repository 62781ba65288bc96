#ifndef INBOX_NODE_DELIVERY_STATE_H
#define INBOX_NODE_DELIVERY_STATE_H

#include <stdint.h>

struct db;
struct job;
struct pool;
struct statements;

/*
 * Retry queue and dead letters: deliveries that were not applied.
 *
 * How far a node's spool has been applied: its cursor, and the deliveries
 * behind it that are not done.  NODE is spool_node().  All but the reads work
 * in the caller's transaction (db_begin).  0 and -1 unless said otherwise.
 */
/* Code points that are kept of a reason. */
#define DELIVERY_STATE_REASON_MAX 200

struct delivery_held {
	int64_t delivery_id;
	const char *state; /* deferred, dead */
	const char *reason;
	int64_t attempts;
	int64_t due_at;
	int64_t updated_at;
};

extern const struct statements delivery_state_statements;

/* The newest delivery that was looked at and when; 0 for a new spool.
 * SEEN_AT may be NULL. */
int delivery_state_cursor(
    struct db *, const char *node, int64_t *delivery_id, int64_t *seen_at);
/* The same with what that delivery is known by (spool_fingerprint), in POOL;
 * NULL when it is not known: of an inbox that version 2 wrote. */
int delivery_state_place(struct db *, struct pool *, const char *node,
    int64_t *delivery_id, const char **fingerprint);
/* Moves it, never backwards, and says that the processor lives.  FINGERPRINT
 * is that of DELIVERY_ID; NULL where that does not move it. */
int delivery_state_move(struct db *, const char *node, int64_t delivery_id,
    const char *fingerprint, int64_t now);

/* Delivery ID is about to be rewritten: should the cursor stand there, the
 * spool is known by its ids only until it moves. */
int delivery_state_unknow(struct db *, const char *node, int64_t id);

/* The spool of that name is not followed any more, but may come back: its
 * cursor and held ones stay, its health goes. */
int delivery_state_leave(struct db *, const char *node);

/* Up to MAX deferred deliveries that are due, the longest due first: how
 * many, -1.  And when the next one is: 1, 0 (none), -1. */
int delivery_state_due(
    struct db *, const char *node, int64_t now, int64_t *ids, int max);
int delivery_state_next_due(struct db *, const char *node, int64_t *due_at);

/* What became of a delivery.  Deferred: 5 s, 30 s, 2 min, 10 min, 1 h, 6 h,
 * 24 h, and after that dead. */
int delivery_state_defer(
    struct db *, const char *node, int64_t id, const char *reason, int64_t now);
int delivery_state_dead(
    struct db *, const char *node, int64_t id, const char *reason, int64_t now);
int delivery_state_done(struct db *, const char *node, int64_t id);

/*
 * Or what it says is nobody's yet.  It waits without end, and is looked at
 * once a day; at once when what it waits for arrives (delivery_state_arrived).
 */
#define DELIVERY_STATE_WAIT 86400 /* seconds: the longest delay there is */

struct delivery_state_hindrance { /* why an event was not applied */
	const char *reason;
	/* delivery_state_number(), …; NULL: for nothing that a person adds */
	const char *waits_for;
};

int delivery_state_wait(struct db *, const char *node, int64_t id,
    const struct delivery_state_hindrance *, int64_t now);

/* Held deliveries with id > AFTER in order, at most MAX; STATE NULL is both.
 * In POOL.  And one of them: 1, 0 (not held), -1. */
int delivery_state_list(struct db *, struct pool *, const char *node,
    const char *state, int64_t after, int max, struct delivery_held **, int *n);
int delivery_state_get(struct db *, struct pool *, const char *node, int64_t id,
    struct delivery_held *);

/*
 * By a person: 1 done, 0 no such delivery, -1.  Retry takes a held one, dead
 * or not, from the beginning of its attempts; replay takes any delivery up to
 * the cursor (the caller has seen that the spool still has it).  Giving one
 * up is in delivery_discard.h.
 */
int delivery_state_retry(
    struct db *, const char *node, int64_t id, int64_t now);
int delivery_state_replay(
    struct db *, const char *node, int64_t id, int64_t now);

/* What deliveries wait for, in POOL: a number, or an account. */
char *delivery_state_number(struct pool *, const char *phone_number_id);
char *delivery_state_account(struct pool *, const char *waba_id);

/*
 * It is there: all that wait for it, on every node, are due: how many, -1.
 * The first hundreds at once, the others by a job (job.h), whose step this
 * is.
 */
int delivery_state_arrived(struct db *, const char *waits_for, int64_t now);
int delivery_state_arrived_step(
    struct db *, struct pool *, struct job *, int64_t now);

/* What is waited for, behind AFTER ("" from the beginning) in order, at most
 * MAX, in POOL. */
struct delivery_state_awaited {
	const char *waits_for;
	const char *reason; /* as `spool list` says it */
	int64_t deliveries; /* of all nodes */
};

int delivery_state_waiting(struct db *, struct pool *, const char *after,
    int max, struct delivery_state_awaited **, int *n);

/* Whether the spool must keep it: 1, 0, -1. */
int delivery_state_is_held(struct db *, const char *node, int64_t id);

#endif
