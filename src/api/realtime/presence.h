#ifndef API_REALTIME_PRESENCE_H
#define API_REALTIME_PRESENCE_H

#include <stddef.h>
#include <stdint.h>

struct pool;

/*
 * Which members are at which conversations at this moment: in memory, and for
 * PRESENCE_MS unless it is said again.  Process-wide; safe from many threads.
 *
 * Its memory is bounded: PRESENCE_OF_MEMBER conversations of a member, of which
 * another one takes the place of the oldest, PRESENCE_OF_WORKSPACE of a
 * workspace, PRESENCE_MAX in all.  A member may say PRESENCE_BURST things at
 * once, and PRESENCE_RATE a second (a token bucket).
 */
#define PRESENCE_MS	      10000
#define PRESENCE_OF_MEMBER    8
#define PRESENCE_OF_WORKSPACE 256
#define PRESENCE_MAX	      8192
#define PRESENCE_BURST	      20
#define PRESENCE_RATE	      5

enum presence_state { PRESENCE_AWAY, PRESENCE_VIEWING, PRESENCE_ANSWERING };

struct presence { /* name in POOL, or the caller's */
	int64_t workspace_id;
	int64_t user_id;
	int64_t conversation_id;
	enum presence_state state;
	const char *name;
	int64_t until_ms; /* clock_ticks_ms; set by presence_put */
};

/* PRESENCE_SAID: others are to be told.  PRESENCE_SAME: he was away, and is. */
enum presence_answer {
	PRESENCE_SAID,
	PRESENCE_SAME,
	PRESENCE_TOO_OFTEN,
	PRESENCE_FULL
};

enum presence_answer presence_put(struct presence *, int64_t now_ms);
/* Those of a workspace: how many, PRESENCE_OF_WORKSPACE at most. */
int presence_list(struct pool *, int64_t workspace_id, int64_t now_ms,
    struct presence **list);
/* A member is nowhere any more: where he was, PRESENCE_OF_MEMBER at most, into
 * GONE (without names): how many. */
int presence_leave(int64_t workspace_id, int64_t user_id, int64_t now_ms,
    struct presence *gone);

#endif
