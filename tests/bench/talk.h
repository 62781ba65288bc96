#ifndef TESTS_BENCH_TALK_H
#define TESTS_BENCH_TALK_H

#include <stdint.h>

struct buf;

/*
 * What customers say, made up but alike each time: the same seed gives the
 * same words.  Few customers write much and many write little (Zipf), in
 * several languages, mostly text.
 */
struct talk {
	uint64_t seed;
	uint64_t state; /* of the dice */
	int64_t customers;
	int files; /* of a hundred messages */
	const char *phone_number_id;
};

/* Dice: any number, one below N, one from 0 to below 1. */
uint64_t talk_any(struct talk *);
uint64_t talk_below(struct talk *, uint64_t n);
double talk_part(struct talk *);

/* One of the customers, from 0; the first ones most often. */
int64_t talk_customer(struct talk *);

/* Of a customer, the same whenever asked: digits, and name in UTF-8. */
void talk_phone(struct buf *, int64_t customer);
void talk_name(struct buf *, int64_t customer);

/* N words in the customer's language; nothing in them needs JSON's escapes. */
void talk_words(struct talk *, struct buf *, int64_t customer, int n);

/* A wamid that no other (SEED, I) has. */
void talk_wamid(const struct talk *, struct buf *, int64_t i);

/*
 * Delivery I as the provider posts it: one message of a customer at AT, of 0.5
 * to 6 KB, 0.9 KB on average.
 */
void talk_delivery(struct talk *, struct buf *, int64_t i, int64_t at);

#endif
