/*
 * Customers, and when they write (world.h).
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/pool.h"

#include "talk.h"
#include "world.h"

#define SPAN	(WORLD_DAYS * INT64_C(86400))
#define SESSION 6  /* messages, on average */
#define GAP	90 /* seconds between two of them, on average */

static uint64_t
mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t
world_toss(const struct world *w, uint64_t x, uint64_t limit)
{
	return mix(w->seed ^ mix(x)) % limit;
}

static double
unit(const struct world *w, uint64_t x)
{
	return (double)(mix(w->seed ^ mix(x)) >> 11) / 9007199254740992.0;
}

static void
make_customer(const struct world *w, int64_t i, struct person *c)
{
	uint64_t x = (uint64_t)i << 8;

	c->number_id =
	    1 + (int64_t)(world_toss(w, x + 2, 10) < 7
			      ? 0
			      : 1 + world_toss(w, x + 3, WORLD_NUMBERS - 1));
	c->has_user_id = world_toss(w, x + 4, 10) < 3;
	c->is_contact = world_toss(w, x + 5, 10) < 6;
	if (world_toss(w, x + 6, 100) < 35)
		c->assigned_to =
		    1 + (int64_t)world_toss(w, x + 7, WORLD_MEMBERS);
}

/* How many messages customer I has: at least one, the rest by rank. */
static int64_t
share(const struct world *w, int64_t i, double weight)
{
	double rank = (double)(i + 1) + 20;

	return 1 + (int64_t)((double)(w->n_messages - w->n_customers) / weight /
			     rank);
}

/* N messages of customer I, in sessions between the first day and now. */
static uint64_t *
fill(const struct world *w, int64_t i, int64_t n, uint64_t *slot)
{
	uint64_t x = (uint64_t)i << 40;
	int64_t birth = (int64_t)((double)SPAN * pow(unit(w, x++), 0.8));
	int64_t at = birth;

	for (int64_t k = 0; k < n; k++) {
		if (k > 0 && world_toss(w, x++, SESSION) == 0)
			at = birth +
			     (int64_t)((double)(SPAN - birth) * unit(w, x++));
		else if (k > 0)
			at += 1 + (int64_t)world_toss(w, x++, 2 * GAP);
		if (at >= SPAN)
			at = SPAN - 1 - (int64_t)world_toss(w, x++, 600);
		*slot++ = (uint64_t)at << 32 | (uint64_t)i;
	}
	return slot;
}

static int
earlier(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
world_make(struct world *w)
{
	size_t n = (size_t)w->n_messages;
	uint64_t *end;
	double weight = 0;

	w->customers = xcalloc(sizeof(*w->customers) * (size_t)w->n_customers);
	w->slots = xcalloc(sizeof(*w->slots) * n);
	end = w->slots;
	for (int64_t i = 0; i < w->n_customers; i++)
		weight += 1 / ((double)(i + 1) + 20);
	for (int64_t i = 0; i < w->n_customers; i++) {
		make_customer(w, i, &w->customers[i]);
		end = fill(w, i, share(w, i, weight), end);
	}
	/* What rounding left over goes to the customers in turn. */
	for (int64_t i = 0; end < w->slots + n; i = (i + 1) % w->n_customers)
		end = fill(w, i, 1, end);
	qsort(w->slots, n, sizeof(*w->slots), earlier);
}

void
world_free(struct world *w)
{
	for (int64_t i = 0; i < w->n_customers; i++)
		free(w->customers[i].preview);
	free(w->customers);
	free(w->slots);
}

const char *
world_phone(const struct world *w, struct pool *pool, const struct person *c)
{
	struct buf b = { .pool = pool };

	buf_char(&b, '+');
	talk_phone(&b, c - w->customers);
	return buf_end(&b);
}

const char *
world_name(const struct world *w, struct pool *pool, const struct person *c)
{
	struct buf b = { .pool = pool };

	talk_name(&b, c - w->customers);
	return buf_end(&b);
}

const char *
world_user_id(const struct world *w, struct pool *pool, const struct person *c)
{
	return pool_printf(pool, "DE.%019" PRId64,
	    INT64_C(1390000000000000000) + (c - w->customers) * 7919);
}
