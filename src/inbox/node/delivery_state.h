#ifndef INBOX_NODE_DELIVERY_STATE_H
#define INBOX_NODE_DELIVERY_STATE_H

#include <stdint.h>

struct db;
struct job;
struct pool;
struct statements;

/*
 * The cursor, the retry queue and the dead letters of a node's spool.
 *
 * The cursor is the last delivery that was looked at.  A delivery up to it that
 * was not applied is held: deferred (it will be tried again) or dead.  NODE is
 * spool_node().  Functions that write need the caller's transaction (db_begin).
 * 0 and -1 unless said otherwise.
 */
/* A reason is cut to so many code points. */
#define DELIVERY_STATE_REASON_MAX 200

struct delivery_held {
	int64_t delivery_id;
	const char *state; /* deferred, dead */
	const char *reason;
	int64_t attempts;
	int64_t due_at;
	int64_t updated_at;
	/* The number whose event could not be applied; NULL: it names none. */
	const char *phone_number_id;
};

extern const struct statements delivery_state_statements;

/* The cursor, and when it last moved; 0 for a new spool.  SEEN_AT may be
 * NULL. */
int delivery_state_cursor(
    struct db *, const char *node, int64_t *delivery_id, int64_t *seen_at);
/* The cursor and the fingerprint of its delivery (spool_fingerprint), in POOL;
 * NULL when that is not known, as after an upgrade from version 2. */
int delivery_state_place(struct db *, struct pool *, const char *node,
    int64_t *delivery_id, const char **fingerprint);
/* Moves the cursor FROM where its caller found it, never backwards, and stores
 * NOW as seen_at: the processor is alive.  FINGERPRINT is that of DELIVERY_ID;
 * NULL when the cursor does not move.  1; 0: it is not at FROM any more, so
 * another processor has applied what comes behind; -1. */
int delivery_state_move(struct db *, const char *node, int64_t from,
    int64_t delivery_id, const char *fingerprint, int64_t now);
/* The processor is alive. */
int delivery_state_seen(struct db *, const char *node, int64_t now);

/* To be called before delivery ID is rewritten: if the cursor is there, its
 * fingerprint is forgotten, and the spool is recognised by ids until the cursor
 * moves. */
int delivery_state_unknow(struct db *, const char *node, int64_t id);

/* A spool of another name has taken its place.  It may come back: cursor and
 * held deliveries stay, only its health is deleted. */
int delivery_state_leave(struct db *, const char *node);

/* delivery_state_due: up to MAX deferred deliveries that are due, the
 * longest due first: how many, -1.  delivery_state_next_due: when the next
 * one is due: 1, 0 (none), -1. */
int delivery_state_due(
    struct db *, const char *node, int64_t now, int64_t *ids, int max);
int delivery_state_next_due(struct db *, const char *node, int64_t *due_at);

/* The result of a delivery.  delivery_state_defer tries it again after 5 s,
 * 30 s, 2 min, 10 min, 1 h, 6 h and 24 h; after that it is dead. */
struct delivery_state_hindrance { /* why an event was not applied */
	const char *reason;
	/* of delivery_state_number(), …; NULL: for nothing that a person
	 * adds */
	const char *waits_for;
	const char *phone_number_id; /* whose event it is; NULL not known */
};

int delivery_state_defer(struct db *, const char *node, int64_t id,
    const struct delivery_state_hindrance *, int64_t now);
int delivery_state_dead(
    struct db *, const char *node, int64_t id, const char *reason, int64_t now);
int delivery_state_done(struct db *, const char *node, int64_t id);

/*
 * It cannot be applied yet: it is for a number or an account that no workspace
 * has.  It is tried once a day without end, and at once when that arrives
 * (delivery_state_arrived).
 */
#define DELIVERY_STATE_WAIT 86400 /* seconds: the longest delay there is */

int delivery_state_wait(struct db *, const char *node, int64_t id,
    const struct delivery_state_hindrance *, int64_t now);

/* delivery_state_list: held deliveries with id > AFTER in order, at most
 * MAX, in STATE (NULL: both); in POOL.  delivery_state_get: one: 1, 0 (not
 * held), -1. */
int delivery_state_list(struct db *, struct pool *, const char *node,
    const char *state, int64_t after, int max, struct delivery_held **, int *n);
int delivery_state_get(struct db *, struct pool *, const char *node, int64_t id,
    struct delivery_held *);

/*
 * A person's commands: 1 done, 0 no such delivery, -1.  delivery_state_retry:
 * tries a held one again, dead or not, with all attempts.
 * delivery_state_replay: applies any delivery up to the cursor again; the
 * caller has checked that the spool still has it.  delivery_discard.h gives one
 * up.
 */
int delivery_state_retry(
    struct db *, const char *node, int64_t id, int64_t now);
int delivery_state_replay(
    struct db *, const char *node, int64_t id, int64_t now);

/* Values of waits_for, in POOL: a number, or an account. */
char *delivery_state_number(struct pool *, const char *phone_number_id);
char *delivery_state_account(struct pool *, const char *waba_id);

/*
 * WAITS_FOR has arrived: makes all deliveries that wait for it due, of every
 * node.  The first hundreds at once: how many in all, -1; a job does the others
 * (job.h), by delivery_state_arrived_step.
 */
int delivery_state_arrived(struct db *, const char *waits_for, int64_t now);
int delivery_state_arrived_step(
    struct db *, struct pool *, struct job *, int64_t now);

/* What deliveries wait for: values > AFTER ("" at first) in order, at most MAX,
 * in POOL. */
struct delivery_state_awaited {
	const char *waits_for;
	const char *reason; /* as `spool list` says it */
	int64_t deliveries; /* of all nodes */
};

int delivery_state_waiting(struct db *, struct pool *, const char *after,
    int max, struct delivery_state_awaited **, int *n);

/* Is it held, so that the spool must keep it?  1, 0, -1. */
int delivery_state_is_held(struct db *, const char *node, int64_t id);

#endif
