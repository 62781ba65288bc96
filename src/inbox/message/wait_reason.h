#ifndef INBOX_MESSAGE_WAIT_REASON_H
#define INBOX_MESSAGE_WAIT_REASON_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Why a message that is queued has not gone yet, and what keeps a number from
 * sending, as members see it: read at that moment, since one pause may be that
 * of 100,000 messages.
 */
struct wait_reason {
	/*
	 * paused: the provider refuses what the number sends.  no_key: it has
	 * no API key.  rate_limit: it sends too fast for the provider.
	 * behind: an earlier message of the conversation has not gone.
	 * pair_rate: this customer gets too many.  retry: the last attempt
	 * failed.  queue: it is due, and others of the number are before it.
	 */
	const char *reason;
	/* unix seconds: then it is tried again; 0 nobody knows */
	int64_t until;
	/* in POOL: the provider's words, with its code first; NULL there are
	 * none */
	const char *detail;
};

/* Message MESSAGE_ID: 1; 0 it waits for nothing, or is not queued; -1. */
int wait_reason_of_message(struct session *, struct pool *, int64_t message_id,
    int64_t now, struct wait_reason *);

/* A number of the workspace.  waiting.reason is NULL when nothing keeps it; a
 * pause for one conversation alone keeps only that. */
struct wait_reason_number { /* texts in POOL */
	int64_t id;
	const char *phone_number_id;
	const char *display_phone; /* NULL none */
	const char *provider;
	struct wait_reason waiting;
};

/* 1, 0 there is none, -1.  And up to MAX with ids above AFTER: how many, -1. */
int wait_reason_get_number(struct session *, struct pool *, int64_t id,
    int64_t now, struct wait_reason_number *);
int wait_reason_list_numbers(struct session *, struct pool *, int64_t after,
    int64_t now, struct wait_reason_number *, int max);

extern const struct statements wait_reason_statements;

#endif
