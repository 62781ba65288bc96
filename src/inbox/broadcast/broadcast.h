#ifndef INBOX_BROADCAST_BROADCAST_H
#define INBOX_BROADCAST_BROADCAST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * A broadcast, for the members of a workspace: draft, counting (its recipients
 * are gathered; also until start_at), running, paused, stopped, done.
 */
#define BROADCAST_NAME_MAX	 100  /* code points */
#define BROADCAST_PER_MINUTE	 600  /* unless it is said */
#define BROADCAST_PER_MINUTE_MAX 4800 /* 80 a second, as the provider takes */
#define BROADCAST_AHEAD_MAX	 (90 * 86400) /* start_at, seconds from now */

/* The states of recipients, in the order of broadcast.counts. */
#define BROADCAST_STATES 7
extern const char *const broadcast_states[BROADCAST_STATES + 1];

struct broadcast { /* texts in POOL, NULL none */
	int64_t id;
	int64_t number_id;
	const char *phone_number_id; /* NULL: the number is gone */
	const char *name;
	const char *state;
	const char *reason; /* why it paused or stopped by itself */
	int64_t tag_id;	    /* 0 none */
	const char *tag;
	int64_t tag_place;
	int64_t label_id; /* 0 none */
	const char *label;
	int64_t label_place;
	int counted; /* all recipients are there */
	int64_t per_minute;
	int64_t start_at; /* 0: at once */
	int64_t created_by;
	const char *created_by_name;
	int64_t created_at;
	int64_t started_at;
	int64_t ended_at;
	int64_t shown_at;
	const char *template; /* JSON */
	int64_t counts[BROADCAST_STATES];
};

/* Broadcast ID: 1, 0 none, -1. */
int broadcast_get(
    struct session *, struct pool *, int64_t id, struct broadcast *);
/* At most MAX with an id below BEFORE, newest first: how many, -1. */
int broadcast_list(
    struct session *, struct pool *, int64_t before, struct broadcast *, int);

/* A draft of number_id, name, tag_id, label_id, per_minute, start_at and
 * template: 1 and
 * *ID; 0 the number is not the workspace's, or moves; -1. */
int broadcast_create(
    struct session *, const struct broadcast *, int64_t now, int64_t *id);

/*
 * Starts a draft, or goes on with what is paused; pauses what is under way;
 * stops what has not ended, for good.  In the caller's transaction; what is in
 * none of these states stays.  REASON: why, when no member wants it so; else
 * NULL.  0, -1.
 */
int broadcast_start(struct session *, int64_t id, int64_t now);
int broadcast_pause(struct session *, int64_t id, const char *reason);
int broadcast_stop(struct session *, int64_t id, int64_t now);

/* For broadcast_send.c.  The contacts of its tag up to PLACE are there; the
 * customers of its label up to conversation PLACE are; all recipients are
 * there, and it runs; it is done; its counts have changed, which is told of
 * once a second.  0, -1. */
int broadcast_tagged(struct session *, int64_t id, int64_t place);
int broadcast_labelled(struct session *, int64_t id, int64_t place);
int broadcast_counted(struct session *, int64_t id);
int broadcast_done(struct session *, int64_t id, int64_t now);
int broadcast_shown(struct session *, int64_t id, int64_t now);

extern const struct statements broadcast_statements;

#endif
