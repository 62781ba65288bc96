#ifndef API_REALTIME_CHANNEL_H
#define API_REALTIME_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct pool;

/*
 * The newest events of each workspace that somebody follows, written once for
 * all who do.  The watcher (change_poller.h) puts them in, streams take them
 * out, each from its own place; who is too slow for what is kept here reads on
 * in the database.  Process-wide; safe from many threads.
 */
struct channel;

struct follower {
	struct channel *channel;
	int64_t user_id;       /* who hears it: his own too */
	int64_t after;	       /* has all up to this seq */
	int64_t heard;	       /* has what was said up to this one */
	int hears;	       /* waits for what is said, too: channel_say */
	struct follower *next; /* channel.c's own */
	int out;	       /* see channel_let_go */
};

enum channel_answer {
	CHANNEL_QUIET,	/* nothing until then */
	CHANNEL_NEWS,	/* channel_next has it */
	CHANNEL_BEHIND, /* the database has it */
	CHANNEL_OUT,	/* it was let go */
	CHANNEL_OVER	/* the program ends */
};

/* F->user_id is set; LAST: the newest seq that there is. */
void channel_join(
    struct follower *, int64_t workspace_id, int64_t after, int64_t last);
void channel_leave(struct follower *);
enum channel_answer channel_wait(struct follower *, int64_t until_ms);
/* The same, as it is now. */
enum channel_answer channel_look(struct follower *);
/* For who looks and does not wait: CALL(ARG), which calls no channel, whenever
 * a look may be answered differently. */
void channel_on_news(void (*call)(void *arg), void *arg);
/* What is after F->after, which moves on; some 64 KiB at a time. */
void channel_next(struct follower *, struct buf *);
/* It has all up to AFTER now, from elsewhere. */
void channel_move(struct follower *, int64_t after);

/* Whoever has F waits no more and is answered CHANNEL_OUT, from another thread
 * and at any time: F is all zeros before channel_join. */
void channel_let_go(struct follower *);

/*
 * Says something to all who follow the workspace now and hear: it has no seq,
 * is kept nowhere, and who is slow may miss it.  Of the last CHANNEL_SAID each
 * can still be heard.
 */
#define CHANNEL_SAID 32

void channel_say(int64_t workspace_id, const char *text, size_t len);

/* 1 when the member follows, and hears. */
int channel_follows(int64_t workspace_id, int64_t user_id);

/* Everybody who waits, now and later, is answered CHANNEL_OVER. */
void channel_stop(void);

/* For the watcher: which there are, in POOL, and their newest seq. */
struct channel_state {
	int64_t workspace_id;
	int64_t last;
};
size_t channel_list(struct pool *, struct channel_state **);

/* 1 when there is room for more, 0 when all of it is too new to drop: later.
 * Drops what everybody has. */
int channel_has_room(int64_t workspace_id);
/* The event SEQ, the one after the newest; USER_ID: for that member alone, 0
 * for all. */
void channel_put(int64_t workspace_id, int64_t seq, int64_t user_id,
    const char *text, size_t len);
/* All up to LAST is in the database only. */
void channel_skip(int64_t workspace_id, int64_t last);
/* Wakes the followers, after some were put. */
void channel_announce(int64_t workspace_id);

#endif
