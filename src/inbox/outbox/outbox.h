#ifndef INBOX_OUTBOX_OUTBOX_H
#define INBOX_OUTBOX_OUTBOX_H

#include <stdint.h>

#include "inbox/outbox/outbox_accept.h"

struct db;
struct pool;
struct statements;

/*
 * What is to be sent, until the provider has taken it.  All that writes works
 * in the caller's transaction; 0 and -1 unless said otherwise.  The message's
 * status follows the row's state.
 *
 * Messages of a conversation go one after the other; one that waits for its
 * answer holds up the next for OUTBOX_ANSWER_S at most, so one that is lost
 * (a crash, a timeout) does not block.  A lost one is never sent again by
 * itself: a status may still settle it, for OUTBOX_LOST_S.
 */
#define OUTBOX_ANSWER_S 60 /* longer than any request may take */
#define OUTBOX_LOST_S	600

/* What could not go for so long after it was queued never goes: nobody wants
 * the appointments of last week.  A person who sends it again begins anew. */
#define OUTBOX_AGE_MAX 86400

extern const struct statements outbox_statements;

/* The first number after AFTER that has something queued: 1, 0, -1. */
int outbox_next_number(struct db *, int64_t after, int64_t *number_id);

/* 1 when something could go now or waits for its answer; 0, -1. */
int outbox_is_busy(struct db *, int64_t now);

/* Up to MAX rows of NUMBER_ID that may go now, the longest due first. */
int outbox_due(struct db *, struct pool *, int64_t number_id, int64_t now,
    int max, struct outbox_row **, int *n);

/* The newest row of NUMBER_ID that may go, was never tried, and is of another
 * conversation than CONVERSATION_ID: 1, 0, -1. */
int outbox_untried(struct db *, struct pool *, int64_t number_id,
    int64_t conversation_id, int64_t now, struct outbox_row *);
/* Row ID when it is a message that is queued; ids, attempts, error_code and
 * queued_at only: 1, 0, -1. */
int outbox_refused(struct db *, int64_t id, struct outbox_row *);

/* It leaves: 1; 0 when it is not queued any more, -1. */
int outbox_sending(struct db *, struct outbox_row *, int64_t now);

/* What became of it.  Nothing when a status was quicker. */
int outbox_done(struct db *, const struct outbox_row *,
    const struct outbox_taken *, int64_t now);

/* Why an attempt failed. */
struct outbox_error {	    /* texts may be NULL */
	int64_t code;	    /* the provider's, 0 none */
	const char *json;   /* {"code","title","detail"}, for the message */
	const char *reason; /* for the row */
};

int outbox_later(struct db *, const struct outbox_row *, int64_t due_at,
    const struct outbox_error *);
int outbox_failed(
    struct db *, const struct outbox_row *, const struct outbox_error *);
/* No answer: stays sending, and holds up nobody. */
int outbox_lost(struct db *, const struct outbox_row *, int64_t now,
    const struct outbox_error *);
/* Lost ones that no status has settled fail: "outcome unknown".  How many,
 * -1; asks first, so it may be called outside a transaction when none is. */
int outbox_has_expired(struct db *, int64_t now); /* 1, 0, -1 */
int outbox_expire(struct db *, int64_t now);

/*
 * What was queued OUTBOX_AGE_MAX ago and is still queued fails, with WORDS
 * that say why.  has_old asks whether there is any: 1, 0, -1.  give_up_old
 * does it for at least MAX, if there are so many: how many, -1.
 */
int outbox_has_old(struct db *, int64_t now);
int outbox_give_up_old(struct db *, struct pool *, int64_t now, int max);
int outbox_too_old(struct db *, struct pool *, struct outbox_row *,
    int64_t code, const char *words);
/* Notes how many are open of each number that has OUTBOX_COUNTED of them,
 * for inbox/outbox/submit.h: counting reads all of them, so not for each
 * message. */
#define OUTBOX_COUNTED 1000
int outbox_count(struct db *);

extern const struct statements outbox_expire_statements;

/* The provider has the file of the row, as MEDIA_ID until EXPIRES_AT. */
int outbox_uploaded(struct db *, const struct outbox_row *,
    const char *media_id, int64_t expires_at);

#endif
