#ifndef PROCESS_SEND_PACE_H
#define PROCESS_SEND_PACE_H

#include <stdint.h>

struct db;
struct pool;

/*
 * How fast a number may send: so many requests at once, so many a second, and
 * not at all while it pauses.  After a pause one request goes alone, until
 * one has worked.  Only pace_of and pace_save touch the database.
 */
#define PACE_MARK_LEN 8

struct pace {
	int64_t number_id;
	char name[32];	/* of the number, for the log */
	int under_way;	/* requests */
	int64_t budget; /* ten-thousandths of a request */
	int64_t filled_ms;

	int64_t until;			  /* of the pause */
	int64_t attempts;		  /* pauses in a row; 0: it is well */
	int64_t paused_ms;		  /* when it began, in ticks */
	int64_t until_ms;		  /* … ends, 0: another run began it */
	char *reason;			  /* owned */
	char key_mark[PACE_MARK_LEN + 1]; /* "": any key */
	char *error;			  /* owned; the provider's, or NULL */
	int64_t row_id;			  /* see inbox/outbox/pause.h, as the next */
	int64_t conversation_id;
	int64_t refused_at;
	int unsaved;
	struct pace *next;
};

enum pace_why { PACE_SLOW, PACE_STOP };

/* Of NUMBER_ID in *LIST, with the pause that an earlier run left; NULL: the
 * database failed. */
struct pace *pace_of(struct pace **list, struct db *, int64_t number_id);
/* As the log shall call it; NULL says nothing. */
void pace_name(struct pace *, const char *phone_number_id);
void pace_free(struct pace *list);

/* How many requests may begin; *WAIT_MS is lowered to when there is budget
 * again.  And one begins, or ends. */
int pace_room(
    struct pace *, int rate, int parallel, int64_t ticks_ms, int *wait_ms);
void pace_begin(struct pace *);
void pace_end(struct pace *);

int pace_is_paused(const struct pace *, int64_t now, const char *key_mark);

/*
 * A request that BEGAN_MS was answered so that the number must pause: too
 * fast (1 s, doubled to 8 s), or until a person did something or the key of
 * KEY_MARK changed (60 s, doubled to 15 min); RETRY_AFTER >= 0 wins.  1; 0
 * when it began before the pause and so knows nothing new.
 */
int pace_pause(struct pace *, enum pace_why, int64_t began_ms, int64_t now,
    int retry_after, const char *key_mark, const char *reason);
/*
 * The provider has refused row ROW_ID of CONVERSATION_ID with ERROR (JSON), and
 * pace_pause has just answered 1.  Whether the number or the message is the
 * reason shows when another conversation is tried: until that was refused as
 * well, only this one waits.  0, 0 and NULL: it is the number.
 */
void pace_refused(struct pace *, int64_t row_id, int64_t conversation_id,
    int64_t now, const char *error);
/*
 * May a message that was never tried go, of any conversation but
 * conversation_id?  1 when the pause is over, when only that one was refused,
 * and once in PACE_PROBE seconds.
 */
#define PACE_PROBE 60
int pace_tries_others(const struct pace *, int64_t now, const char *key_mark);
/* It worked: no more pause. */
void pace_well(struct pace *, int64_t began_ms);

/* In the caller's transaction, when something changed: 0, or -1. */
int pace_save(struct pace *, struct db *);

/* FIRST seconds, doubled with each of ATTEMPTS up to MOST, and up to half of
 * it more, so that not all come back at once. */
int64_t pace_back_off(int64_t first, int64_t most, int64_t attempts);

/* What tells a key (NULL: none) from another and gives nothing away. */
void pace_mark(const char *key, char mark[PACE_MARK_LEN + 1]);

#endif
