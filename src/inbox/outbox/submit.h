#ifndef INBOX_OUTBOX_SUBMIT_H
#define INBOX_OUTBOX_SUBMIT_H

#include <stddef.h>
#include <stdint.h>

struct compose;
struct pool;
struct session;
struct statements;

/*
 * Queues what is to be sent: the message, as members see it, and its row in
 * the outbox.  Everything happens in the caller's session_begin …
 * session_commit, after which the processor wants to be
 * woken.  Sending from an archived conversation leaves it archived, and marks
 * nothing read.
 */
enum submit_result {
	SUBMIT_FAILED = -1, /* the database */
	SUBMIT_QUEUED,	    /* all else wants a rollback */
	SUBMIT_NOT_FOUND,   /* no such conversation or message here */
	SUBMIT_CLOSED,	    /* the window; only a template may go */
	SUBMIT_UNREACHABLE, /* .why: no number, no user id to write to */
	SUBMIT_WRONG,	    /* .field and .why */
	SUBMIT_CONFLICT,    /* .why: not now, or not any more */
	SUBMIT_FULL	    /* .why: too many wait already */
};

/* So many messages of one conversation, and of one number, may be queued or on
 * their way. */
#define SUBMIT_OPEN_MAX	       1000
#define SUBMIT_NUMBER_OPEN_MAX 100000

/* What came of it; texts in POOL. */
struct submission {
	int64_t conversation_id;
	int64_t message_id;
	int64_t closed_at; /* 0: the customer never wrote */
	const char *field; /* of our API: "media.upload" */
	const char *why;
};

enum submit_result submit_to_conversation(struct session *, struct pool *,
    int64_t conversation_id, const struct compose *, int64_t now,
    struct submission *);

/*
 * To a customer, whether they have a conversation or not: PHONE (as
 * phone_e164 writes it) or else USER_ID.  PHONE_NUMBER_ID is which of the
 * workspace's numbers sends; NULL takes the only one, or else
 * DEFAULT_NUMBER_ID when that is the workspace's.  Otherwise SUBMIT_WRONG on
 * "phone_number_id", which lists the numbers.
 */
struct submit_to {
	const char *phone;
	const char *user_id;
	const char *phone_number_id;
	const char *default_number_id; /* may be another workspace's */
};
enum submit_result submit_to_phone(struct session *, struct pool *,
    const struct submit_to *, const struct compose *, int64_t now,
    struct submission *);

/* A failed message once more, as the same message; SUBMIT_CONFLICT when it has
 * not failed. */
enum submit_result submit_retry(struct session *, struct pool *,
    int64_t message_id, int64_t now, struct submission *);

/* "Read" for the newest message of the customer, once: 0 also when there is
 * none of the last 30 days; -1. */
int submit_read_receipt(struct session *, int64_t conversation_id, int64_t now);

/* A table each: of what is queued, whom it goes to, what was read. */
extern const struct statements submit_statements;
extern const struct statements submit_to_statements;
extern const struct statements submit_read_statements;

#endif
