#ifndef INBOX_OUTBOX_OUTBOX_H
#define INBOX_OUTBOX_OUTBOX_H

#include <stdint.h>

#include "inbox/outbox/outbox_accept.h"

struct db;
struct pool;
struct statements;

/*
 * The outbox: rows to be sent, until the provider has accepted them.  Functions
 * that write need the caller's transaction; 0 and -1 unless said otherwise.
 * The status of the message follows the state of its row.
 *
 * Messages of a conversation are sent one after the other.  One without an
 * answer delays the next for OUTBOX_ANSWER_S at most, so that a lost one (a
 * crash, a timeout) does not block the others.  A lost message is never sent
 * again by itself: for OUTBOX_LOST_S a status may still show that it was
 * accepted.
 */
#define OUTBOX_ANSWER_S 60 /* longer than any request may take */
#define OUTBOX_LOST_S	600

/* A row that was not sent so long after it was queued is given up: nobody wants
 * the appointments of last week.  A person may retry it, which starts anew. */
#define OUTBOX_AGE_MAX 86400

extern const struct statements outbox_statements;

/* The first number after AFTER that has something queued: 1, 0, -1. */
int outbox_next_number(struct db *, int64_t after, int64_t *number_id);

/* 1 when a row may be sent now or waits for its answer; 0, -1. */
int outbox_is_busy(struct db *, int64_t now);

/* Up to MAX rows of NUMBER_ID that may be sent now, the longest due first. */
int outbox_due(struct db *, struct pool *, int64_t number_id, int64_t now,
    int max, struct outbox_row **, int *n);

/* The newest row of NUMBER_ID that may be sent, was never tried, and is not of
 * CONVERSATION_ID: 1, 0, -1. */
int outbox_untried(struct db *, struct pool *, int64_t number_id,
    int64_t conversation_id, int64_t now, struct outbox_row *);
/* Row ID, if it is a queued message: 1, 0, -1.  Fills in ids, attempts,
 * error_code and queued_at only. */
int outbox_refused(struct db *, int64_t id, struct outbox_row *);

/* Sets the row to sending, before its request leaves: 1; 0 it is not queued any
 * more; -1. */
int outbox_sending(struct db *, struct outbox_row *, int64_t now);

/* The provider accepted it.  Changes nothing when a status came first. */
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
/* No answer came: the row stays sending, and delays no other. */
int outbox_lost(struct db *, const struct outbox_row *, int64_t now,
    const struct outbox_error *);
/* Lost rows that no status settled in OUTBOX_LOST_S fail with "outcome
 * unknown".  outbox_has_expired (no transaction needed): are there any?  1,
 * 0, -1.  outbox_expire: how many failed, -1. */
int outbox_has_expired(struct db *, int64_t now);
int outbox_expire(struct db *, int64_t now);

/*
 * Rows that are still queued after OUTBOX_AGE_MAX fail.  outbox_has_old: are
 * there any?  1, 0, -1.  outbox_give_up_old: at least MAX of them fail, if
 * there are so many: how many, -1.  outbox_too_old: this row fails, with CODE
 * and WORDS that say why it was never sent.
 */
int outbox_has_old(struct db *, int64_t now);
int outbox_give_up_old(struct db *, struct pool *, int64_t now, int max);
int outbox_too_old(struct db *, struct pool *, struct outbox_row *,
    int64_t code, const char *words);
/* Stores the number of open rows of each number that has OUTBOX_COUNTED or
 * more, for the limit in submit.h.  Counting reads all of them, so it is not
 * done for each message. */
#define OUTBOX_COUNTED 1000
int outbox_count(struct db *);

extern const struct statements outbox_expire_statements;

/* Stores that the provider has the row's file, as MEDIA_ID until EXPIRES_AT. */
int outbox_uploaded(struct db *, const struct outbox_row *,
    const char *media_id, int64_t expires_at);

#endif
