#ifndef INBOX_OUTBOX_SUBMIT_H
#define INBOX_OUTBOX_SUBMIT_H

#include <stddef.h>
#include <stdint.h>

struct compose;
struct pool;
struct session;
struct statements;

/*
 * Queues a message: stores the message, as members see it, and its row in the
 * outbox.  In the caller's transaction (session_begin … session_commit); wake
 * the processor after the commit.  An archived conversation stays archived, and
 * nothing is marked read.
 */
enum submit_result {
	SUBMIT_FAILED = -1, /* the database */
	SUBMIT_QUEUED,	    /* after any other result: roll back */
	SUBMIT_NOT_FOUND,   /* no such conversation or message here */
	SUBMIT_CLOSED,	    /* the 24 h window: only a template may be sent */
	SUBMIT_UNREACHABLE, /* .why: the customer has no number, no user id */
	SUBMIT_STOPPED,	    /* .why: marketing, and the customer wants none */
	SUBMIT_WRONG,	    /* .field and .why */
	SUBMIT_BLOCKED,	    /* .why: the customer is blocked */
	SUBMIT_CONFLICT,    /* .why: not in this state */
	SUBMIT_FULL	    /* .why: too many are queued already */
};

/* At most so many messages of one conversation, and of one number, may be
 * queued or sending. */
#define SUBMIT_OPEN_MAX	       1000
#define SUBMIT_NUMBER_OPEN_MAX 100000

/* The result; texts in POOL. */
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
 * To a customer, who need not have a conversation yet.  phone (as from
 * phone_e164), else user_id.  phone_number_id: which of the workspace's numbers
 * sends; NULL: the only one, else default_number_id if that is the workspace's,
 * else SUBMIT_WRONG with field "phone_number_id" and a list of the numbers.
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

/* The provider's 131049: this customer had enough marketing, and would not get
 * it sooner (docs/protocol.md §6.4). */
#define SUBMIT_ENOUGH	   131049
#define SUBMIT_ENOUGH_REST 86400 /* seconds */

/* Queues a failed message again, as the same message; SUBMIT_CONFLICT when
 * it has not failed, or failed with SUBMIT_ENOUGH less than a day ago. */
enum submit_result submit_retry(struct session *, struct pool *,
    int64_t message_id, int64_t now, struct submission *);

/* Why a message with ERROR (JSON), last tried at TRIED_AT, may not be sent
 * again yet, in POOL; NULL: it may. */
const char *submit_enough(
    struct pool *, const char *error, int64_t tried_at, int64_t now);

/* Queues a read receipt for the customer's newest message, once: 0, also when
 * there is none of the last 30 days, and for a group, which has no receipts;
 * -1. */
int submit_read_receipt(struct session *, int64_t conversation_id, int64_t now);

/*
 * Queues that somebody types: the customer sees it for 25 seconds or until the
 * next message, and that the newest message was read.  The provider takes it
 * for a message of the last 30 days only, of no group: else SUBMIT_CONFLICT.
 * *WHY: of SUBMIT_CONFLICT and SUBMIT_BLOCKED, constant.
 */
enum submit_result submit_typing(
    struct session *, int64_t conversation_id, int64_t now, const char **why);

/* The statements of submit.c, submit_to.c and submit_read.c. */
extern const struct statements submit_statements;
extern const struct statements submit_to_statements;
extern const struct statements submit_read_statements;

#endif
