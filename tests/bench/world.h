#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "whatsapp/event.h"

struct pool;

/*
 * A business and its customers, made up from a seed: who they are, when they
 * write and what.  The same world for the same arguments, message by message.
 * A few customers write very much and most write little (Zipf); they come in
 * the course of WORLD_DAYS days that end now.
 */
#define WORLD_DAYS    365
#define WORLD_NUMBERS 3 /* of ours */
#define WORLD_MEMBERS 12
#define WORLD_COMMON  "aurora"	/* this word is in 1 % of the messages */
#define WORLD_RARE    "quetzal" /* this one in ten messages */

struct person {
	int64_t number_id;
	int has_user_id;
	int is_contact;
	int64_t assigned_to;

	/* the newest message so far, and of theirs the newest that opened the
	 * window, as world_message goes on, ahead of what is below; 0: none */
	int64_t spoke_id, opened_at;
	int spoke_inbound;

	/* what their conversation is by now; world_message, which may have a
	 * thread of its own, does not look at it */
	int64_t id; /* 0: has not written yet */
	int64_t contact_id;
	int64_t created_at, updated_at, said_at;
	int64_t last_message_at, last_message_id, last_customer_message_at;
	int64_t unread_count;
	int64_t unanswered_since; /* 0: nothing waits */
	int archived;
	char *preview;
};

struct world {
	uint64_t seed;
	int64_t n_messages;
	int64_t n_customers;
	int64_t now;
	struct person *customers;
	uint64_t *slots; /* when << 32 | which customer, in order */
};

/* The message with serial number N, counted from 1. */
struct message_made {
	struct person *customer;
	struct event event; /* as content_read reads it */
	const char *source; /* messages.source */
	const char *status; /* messages.status */
	const char *error;
	int64_t sent_by;
};

void world_make(
    struct world *); /* seed, n_messages, n_customers, now are set */
void world_free(struct world *);

/* In POOL; in the order of N, beginning with 1. */
void world_message(
    struct world *, struct pool *, int64_t n, struct message_made *);

/* Of a person, as talk.h has them, so that fill's deliveries come from them. */
const char *world_phone(
    const struct world *, struct pool *, const struct person *); /* with + */
const char *world_name(
    const struct world *, struct pool *, const struct person *);
const char *world_user_id(
    const struct world *, struct pool *, const struct person *);

/* A random number below LIMIT that X alone decides. */
uint64_t world_toss(const struct world *, uint64_t x, uint64_t limit);

#endif
