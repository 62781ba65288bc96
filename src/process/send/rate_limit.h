#ifndef PROCESS_SEND_RATE_LIMIT_H
#define PROCESS_SEND_RATE_LIMIT_H

#include <stdint.h>

struct db;
struct pool;

/*
 * Rate limit: a token bucket for each number.
 *
 * How fast a number may send: so many requests at once, so many a second, and
 * not at all while it pauses.  After a pause one request goes alone, until
 * one has worked.  Only rate_limit_of and rate_limit_save touch the database.
 */
#define RATE_LIMIT_MARK_LEN 8

struct rate_limit {
	int64_t number_id;
	char name[32];	/* of the number, for the log */
	int under_way;	/* requests */
	int64_t budget; /* ten-thousandths of a request */
	int64_t filled_ms;

	int64_t until;	   /* of the pause */
	int64_t attempts;  /* pauses in a row; 0: it is well */
	int64_t paused_ms; /* when it began, in ticks */
	int64_t until_ms;  /* … ends, 0: another run began it */
	char *reason;	   /* owned */
	char key_mark[RATE_LIMIT_MARK_LEN + 1]; /* "": any key */
	char *error;	/* owned; the provider's, or NULL */
	int64_t row_id; /* see inbox/outbox/pause.h, as the next */
	int64_t conversation_id;
	int64_t refused_at;
	int unsaved;
	struct rate_limit *next;
};

enum rate_limit_why { RATE_LIMIT_SLOW, RATE_LIMIT_STOP };

/* Of NUMBER_ID in *LIST, with the pause that an earlier run left; NULL: the
 * database failed. */
struct rate_limit *rate_limit_of(
    struct rate_limit **list, struct db *, int64_t number_id);
/* As the log shall call it; NULL says nothing. */
void rate_limit_name(struct rate_limit *, const char *phone_number_id);
void rate_limit_free(struct rate_limit *list);

/* How many requests may begin; *WAIT_MS is lowered to when there is budget
 * again.  And one begins, or ends. */
int rate_limit_room(struct rate_limit *, int rate, int parallel,
    int64_t ticks_ms, int *wait_ms);
void rate_limit_begin(struct rate_limit *);
void rate_limit_end(struct rate_limit *);

int rate_limit_is_paused(
    const struct rate_limit *, int64_t now, const char *key_mark);

/*
 * A request that BEGAN_MS was answered so that the number must pause: too
 * fast (1 s, doubled to 8 s), or until a person did something or the key of
 * KEY_MARK changed (60 s, doubled to 15 min); RETRY_AFTER >= 0 wins.  1; 0
 * when it began before the pause and so knows nothing new.
 */
int rate_limit_pause(struct rate_limit *, enum rate_limit_why, int64_t began_ms,
    int64_t now, int retry_after, const char *key_mark, const char *reason);
/*
 * The provider has refused row ROW_ID of CONVERSATION_ID with ERROR (JSON), and
 * rate_limit_pause has just answered 1.  Whether the number or the message is
 * the reason shows when another conversation is tried: until that was refused
 * as well, only this one waits.  0, 0 and NULL: it is the number.
 */
void rate_limit_refused(struct rate_limit *, int64_t row_id,
    int64_t conversation_id, int64_t now, const char *error);
/*
 * May a message that was never tried go, of any conversation but
 * conversation_id?  1 when the pause is over, when only that one was refused,
 * and once in RATE_LIMIT_PROBE seconds.
 */
#define RATE_LIMIT_PROBE 60
int rate_limit_tries_others(
    const struct rate_limit *, int64_t now, const char *key_mark);
/* It worked: no more pause. */
void rate_limit_well(struct rate_limit *, int64_t began_ms);

/* In the caller's transaction, when something changed: 0, or -1. */
int rate_limit_save(struct rate_limit *, struct db *);

/* FIRST seconds, doubled with each of ATTEMPTS up to MOST, and up to half of
 * it more, so that not all come back at once. */
int64_t rate_limit_back_off(int64_t first, int64_t most, int64_t attempts);

/* What tells a key (NULL: none) from another and gives nothing away. */
void rate_limit_mark(const char *key, char mark[RATE_LIMIT_MARK_LEN + 1]);

#endif
