#ifndef PROCESS_SEND_RATE_LIMIT_H
#define PROCESS_SEND_RATE_LIMIT_H

#include <stdint.h>

struct db;
struct pool;

/*
 * Rate limit: a token bucket for each number.  It limits the requests that are
 * open at once and those begun in a second; while the number pauses, none
 * begins.  After a pause requests go one at a time, until one has worked.  Only
 * rate_limit_of and rate_limit_save use the database.
 */
#define RATE_LIMIT_MARK_LEN 8

struct rate_limit {
	int64_t number_id;
	char name[32];	/* of the number, for the log */
	int under_way;	/* open requests */
	int64_t budget; /* of the bucket: ten-thousandths of a request */
	int64_t filled_ms;

	int64_t until;	   /* of the pause */
	int64_t attempts;  /* pauses in a row; 0: none */
	int64_t paused_ms; /* when it began, in ticks */
	int64_t until_ms;  /* when it ends, in ticks; 0: of an earlier run */
	char *reason;	   /* owned */
	char key_mark[RATE_LIMIT_MARK_LEN + 1]; /* "": any key */
	char *error;	/* owned; the provider's, or NULL */
	int64_t row_id; /* this and the next two: inbox/outbox/pause.h */
	int64_t conversation_id;
	int64_t refused_at;
	int unsaved;
	struct rate_limit *next;
};

enum rate_limit_why { RATE_LIMIT_SLOW, RATE_LIMIT_STOP };

/* The rate limit of NUMBER_ID in *LIST, added when it is not there, with the
 * pause of an earlier run; NULL: the database failed. */
struct rate_limit *rate_limit_of(
    struct rate_limit **list, struct db *, int64_t number_id);
/* Sets its name for the log; NULL changes nothing. */
void rate_limit_name(struct rate_limit *, const char *phone_number_id);
void rate_limit_free(struct rate_limit *list);

/* rate_limit_room: how many requests may begin now; *WAIT_MS is lowered to
 * the time until there is budget again.  The other two: a request begins, or
 * ends. */
int rate_limit_room(struct rate_limit *, int rate, int parallel,
    int64_t ticks_ms, int *wait_ms);
void rate_limit_begin(struct rate_limit *);
void rate_limit_end(struct rate_limit *);

int rate_limit_is_paused(
    const struct rate_limit *, int64_t now, const char *key_mark);

/*
 * The answer to a request that began at BEGAN_MS demands a pause.
 * RATE_LIMIT_SLOW: too fast, 1 s, doubled each time up to 8 s.
 * RATE_LIMIT_STOP: a person must act, 60 s, doubled up to 15 min; another key
 * than that of KEY_MARK ends it.  RETRY_AFTER >= 0 wins.  1; 0 when the request
 * began before the present pause, and so says nothing new.
 */
int rate_limit_pause(struct rate_limit *, enum rate_limit_why, int64_t began_ms,
    int64_t now, int retry_after, const char *key_mark, const char *reason);
/*
 * To be called after rate_limit_pause answered 1: the provider refused row
 * ROW_ID of CONVERSATION_ID with ERROR (JSON).  The cause may be the number or
 * this message: until a message of another conversation was refused, too, only
 * this conversation waits.  0, 0 and NULL: the cause is the number.
 */
void rate_limit_refused(struct rate_limit *, int64_t row_id,
    int64_t conversation_id, int64_t now, const char *error);
/*
 * May a message be sent that was never tried, of another conversation than
 * conversation_id?  1 when the pause is over, when only that conversation was
 * refused, and once in RATE_LIMIT_PROBE seconds.
 */
#define RATE_LIMIT_PROBE 60
int rate_limit_tries_others(
    const struct rate_limit *, int64_t now, const char *key_mark);
/* A request that began at BEGAN_MS worked: ends the pause. */
void rate_limit_well(struct rate_limit *, int64_t began_ms);

/* Stores the pause, if it changed, in the caller's transaction: 0, or -1. */
int rate_limit_save(struct rate_limit *, struct db *);

/* Exponential back-off with jitter: clock_back_off, its chance drawn. */
int64_t rate_limit_back_off(int64_t first, int64_t most, int64_t attempts);

/* A hash by which a changed key (NULL: none) is noticed; it does not reveal the
 * key. */
void rate_limit_mark(const char *key, char mark[RATE_LIMIT_MARK_LEN + 1]);

#endif
