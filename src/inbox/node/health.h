#ifndef INBOX_NODE_HEALTH_H
#define INBOX_NODE_HEALTH_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct session;
struct spool;
struct statements;

/*
 * The health of a node: its processor stores it, /healthz and /metrics read it.
 */
struct health { /* as in inbox.sql, node_health */
	const char *node;
	int64_t seen_at;
	int64_t waiting;
	int64_t oldest_at;
	int64_t deferred;
	int64_t dead;
	int64_t spool_bytes;
	int64_t spool_wal;
	int64_t inbox_wal;
	int64_t outbox_open;
	int64_t media_pending;
	int64_t media_stopped;
	int64_t paused;
	int64_t awaited;
	/* our clock: seconds ahead of the provider's, negative behind */
	int64_t clock_off;
	int64_t search_waiting; /* rows: inbox/search/search_progress.h */
};

/* Seconds.  A node not seen for so long was taken away. */
#define HEALTH_GONE  86400
/* A node not seen for so long is ill. */
#define HEALTH_ILL   120
/* A clock that is off by more is ill; so is seen_at further in the future. */
#define HEALTH_CLOCK 300

/* Of health_put and health_look. */
extern const struct statements health_put_statements;

/*
 * Counts and stores the health of this node, in a transaction of its own: 0, or
 * -1.  A number with ERRORS_MAX errors in an hour downloads no files.
 * CLOCK_OFF: 0 when not known.
 */
int health_put(struct db *, struct pool *, struct spool *, int errors_max,
    int64_t clock_off, int64_t now);

/*
 * What was stored for NODE last: 1, 0, -1.  Only seen_at, dead, clock_off,
 * awaited, outbox_open, media_stopped and paused.
 */
int health_look(struct db *, const char *node, struct health *);

extern const struct statements health_statements; /* of health_read */

/* The nodes seen within HEALTH_GONE, by name, on a member's connection; *OUT in
 * POOL: how many, or -1. */
int health_read(
    struct session *, struct pool *, int64_t now, struct health **out);

#endif
