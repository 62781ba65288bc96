#ifndef BENCH_WORLD_KINDS_H
#define BENCH_WORLD_KINDS_H

#include <stdint.h>

#include "base/buf.h"

#include "talk.h"

struct person;
struct pool;
struct world;

/* A message that is being made. */
struct say {
	const struct world *w;
	struct pool *pool;
	struct person *c;
	struct talk talk; /* the dice */
	int64_t n;
	int64_t at;
	int inbound;
	struct buf out;
};

uint64_t say_toss(struct say *, uint64_t below);

/* The wamid of message N of that customer, in the pool. */
const char *say_wamid(struct say *, int64_t n, int inbound);

/* "type" and its object, into OUT: a text, or what comes up. */
void say_text(struct say *);
void say_from_customer(struct say *);
void say_from_us(struct say *);

#endif
