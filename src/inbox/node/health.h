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
 * How a node is: its processor writes it down, /healthz and /metrics read it.
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
	/* Seconds ahead of the provider's, negative behind. */
	int64_t clock_off;
};

/* A node that was not seen for a day has been taken away. */
#define HEALTH_GONE  86400
/* One that was not seen for so long is ill. */
#define HEALTH_ILL   120
/* A clock that is off by more is ill, and so is a time in the future. */
#define HEALTH_CLOCK 300

/* Of health_put and health_look. */
extern const struct statements health_put_statements;

/*
 * Counts and writes down how this node is, in a transaction: 0, or -1.  After
 * ERRORS_MAX errors in an hour a number fetches no files.  CLOCK_OFF as far as
 * it is known, 0 else.
 */
int health_put(struct db *, struct pool *, struct spool *, int errors_max,
    int64_t clock_off, int64_t now);

/*
 * What was written down of NODE last: seen_at, dead, clock_off, awaited,
 * outbox_open, media_stopped and paused: 1, 0, -1.
 */
int health_look(struct db *, const char *node, struct health *);

extern const struct statements health_statements; /* of health_read */

/* The nodes that are not gone, by name, on a member connection; *OUT in POOL,
 * how many, or -1. */
int health_read(
    struct session *, struct pool *, int64_t now, struct health **out);

#endif
