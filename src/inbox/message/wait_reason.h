#ifndef INBOX_MESSAGE_WAIT_REASON_H
#define INBOX_MESSAGE_WAIT_REASON_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Why a queued message has not been sent yet, and why a number does not send,
 * for members to see.  It is computed when it is read: one pause may concern
 * 100,000 messages.
 */
struct wait_reason {
	/*
	 * paused: the provider refuses what the number sends.  no_key: the
	 * number has no API key.  rate_limit: the number sends too fast for the
	 * provider.  behind: an earlier message of the conversation was not
	 * sent yet.  pair_rate: too many messages to this customer.  retry: the
	 * last attempt failed.  queue: it is due, others of the number are
	 * first.
	 */
	const char *reason;
	/* unix seconds of the next attempt; 0 not known */
	int64_t until;
	/* in POOL: the provider's code and words; NULL none */
	const char *detail;
};

/* What the next asks, in advance (db_prefetch). */
void wait_reason_prefetch(struct session *, int64_t message_id, int64_t now);

/* Of a message: 1; 0 it is not queued, or is about to be sent; -1. */
int wait_reason_of_message(struct session *, struct pool *, int64_t message_id,
    int64_t now, struct wait_reason *);

/* A number of the workspace.  waiting.reason is NULL when it sends, also
 * when one of its conversations is paused. */
struct wait_reason_number { /* texts in POOL */
	int64_t id;
	const char *phone_number_id;
	const char *display_phone; /* NULL none */
	const char *provider;
	struct wait_reason waiting;
	/* JSON of inbox/workspace/number_health.h, NULL not known */
	const char *health;
	const char *health_error;
	int64_t health_at;	 /* 0 never */
	int64_t last_message_at; /* of either side, 0 never */
	/* Its deliveries that could not be applied, up to WAIT_REASON_HELD_MAX
	 * of each; held_more: there are more.  Of the newest: wrong_token,
	 * number_moves or not_applied (NULL none), and when. */
	int deferred;
	int dead;
	int held_more;
	const char *held_reason;
	int64_t held_at;
};

#define WAIT_REASON_HELD_MAX 100

/* wait_reason_get_number: 1, 0 there is none, -1.  wait_reason_list_numbers: up
 * to MAX numbers with an id > AFTER: how many, -1. */
int wait_reason_get_number(struct session *, struct pool *, int64_t id,
    int64_t now, struct wait_reason_number *);
int wait_reason_list_numbers(struct session *, struct pool *, int64_t after,
    int64_t now, struct wait_reason_number *, int max);

extern const struct statements wait_reason_statements;

#endif
