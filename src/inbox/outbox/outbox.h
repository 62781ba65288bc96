#ifndef INBOX_OUTBOX_OUTBOX_H
#define INBOX_OUTBOX_OUTBOX_H

#include <stdint.h>

#include "whatsapp/outgoing.h"

struct db;
struct number_key;
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

struct outbox_row { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t number_id;
	int64_t conversation_id;
	int64_t message_id; /* read: the inbound one */
	int is_read;
	int64_t attempts; /* that failed */
	int64_t error_code; /* of the last: outbox_refused; 0 none */
	int64_t queued_at;
	int64_t sending_at;  /* set by outbox_sending */
	struct outgoing message; /* without type: it is gone */
	const char *wamid; /* of the message */
	const char *phone_number_id;
	const char *provider; /* of the number */
	const char *phone; /* the customer: one of the three */
	const char *user_id;
	const char *group_id;
	int64_t upload_id; /* 0 none; else: */
	const char *path;  /* the file, below STATE_DIR/media */
	const char *filename;
	const char *mime_type;
};

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
struct outbox_taken { /* texts may be NULL */
	const char *wamid;
	const char *input; /* whom we named, … */
	const char *wa_id; /* … and who that is */
	const char *user_id;
};

int outbox_done(struct db *, const struct outbox_row *,
    const struct outbox_taken *, int64_t now);

/* Why an attempt failed. */
struct outbox_error { /* texts may be NULL */
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
/* Notes how many are open of each number that has OUTBOX_COUNTED of them, for
 * inbox/outbox/submit.h: counting reads all of them, so not for each message. */
#define OUTBOX_COUNTED 1000
int outbox_count(struct db *);

extern const struct statements outbox_expire_statements;

/* The provider has the file of the row, as MEDIA_ID until EXPIRES_AT. */
int outbox_uploaded(struct db *, const struct outbox_row *,
    const char *media_id, int64_t expires_at);

/*
 * Our word in each status: waspool-NUMBER-MESSAGE-SENDING_AT, ids of our own
 * and the second in which the request left, so that neither another number,
 * nor another attempt, nor another database is mistaken for it.
 *
 * outbox_settle: status WAMID of NUMBER carries CALLBACK.  When that is the
 * last attempt of a message that has no wamid, the message gets it and the
 * row is done.  Anything else changes nothing.  status_apply is the caller's.
 */
char *outbox_callback(struct pool *, const struct outbox_row *);
/* When the request that carried CALLBACK left, 0 when it is none of ours. */
int64_t outbox_callback_at(struct pool *, const char *callback);
int outbox_settle(struct db *, struct pool *, const struct number_key *,
    const char *callback, const char *wamid);

/*
 * WAMID is ours and failed because of its file (131052, 131053): the
 * provider's copy is forgotten, and whoever tries again uploads anew.
 */
int outbox_forget_file(
    struct db *, const struct number_key *, const char *wamid);

#endif
