#ifndef INBOX_WEBHOOK_ENDPOINT_H
#define INBOX_WEBHOOK_ENDPOINT_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Endpoints of webhooks out, of the session's workspace: for its admins, and
 * for the command line; who is an agent has none.  All that writes is in the
 * caller's transaction; 0 and -1 unless said otherwise.
 */
#define ENDPOINT_MAX		 20  /* of a workspace */
#define ENDPOINT_DESCRIPTION_MAX 200 /* code points */
#define ENDPOINT_SECRET_PREFIX	 "whsec_"
#define ENDPOINT_SECRET_LEN	 32	/* bytes, behind it in base64 */
#define ENDPOINT_OVERLAP	 86400	/* seconds that an old secret signs */
#define ENDPOINT_OVERLAP_MAX	 604800 /* … at most */

struct endpoint { /* texts in POOL; 0 and NULL: none */
	int64_t id;
	const char *url;
	const char *description;
	const char *events; /* endpoint_events.h */
	const char *state;  /* active, paused */
	const char *reason; /* paused: member, failing, gone, restored */
	int64_t after_seq;  /* it has all up to this change */
	int64_t last_seq;   /* the newest change that there is */
	int64_t failures;   /* attempts in a row */
	int64_t failing_since;
	int64_t due_at; /* nothing is tried before; 0: at any time */
	int64_t tried_at;
	int64_t delivered_at;
	int64_t status;	   /* of HTTP, of the last attempt; 0: no answer */
	const char *error; /* of the last attempt; NULL: it worked */
	int64_t old_secret_until;
	int64_t created_by;
	int64_t created_at;
	int64_t updated_at;
};

extern const struct statements endpoint_statements;

/* At most MAX with an id > AFTER, in order: how many, or -1. */
int endpoint_list(
    struct session *, struct pool *, int64_t after, struct endpoint *, int max);
/* 1, 0 there is none, -1. */
int endpoint_get(
    struct session *, struct pool *, int64_t id, struct endpoint *);

/* Adds one of url, description and events, at the newest change: its secret, in
 * POOL, which is shown once, and *ID; *ID is 0 when there are ENDPOINT_MAX.
 * NULL: the database failed. */
char *endpoint_add(struct session *, struct pool *, const struct endpoint *,
    int64_t now, int64_t *id);
/* Its url, description and events. */
int endpoint_change(struct session *, const struct endpoint *, int64_t now);
/* A new secret, in POOL; the one before signs as well until OLD_UNTIL.  NULL:
 * the database failed. */
char *endpoint_renew_secret(struct session *, struct pool *, int64_t id,
    int64_t old_until, int64_t now);
/* Nothing goes out until it is resumed, or at once again.  One that is paused
 * keeps its reason. */
int endpoint_pause(struct session *, int64_t id, int64_t now);
int endpoint_resume(struct session *, int64_t id, int64_t now);
/* All changes after seq AFTER go out, again or for the first time: 1; 0 when
 * they are not all there (any more); -1. */
int endpoint_replay(struct session *, int64_t id, int64_t after);
int endpoint_delete(struct session *, int64_t id);

#endif
