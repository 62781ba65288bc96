/*
 * Counts tries (try_limit.h).  Each cell of the sketch is a bucket as the
 * generic cell rate algorithm has it: the time at which it would be empty.  A
 * key has one cell in each row, by a hash that nobody outside can compute, and
 * is as full as the emptiest of them.
 */
#include <pthread.h>
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"

#include "api/sign_in/try_limit.h"

#define ROWS  4
#define CELLS 4096

struct try_limit {
	pthread_mutex_t mutex;
	int64_t burst_ms, every_ms;
	unsigned char secret[DIGEST_LEN];
	int64_t empty_at[ROWS][CELLS];
};

struct try_limit *
try_limit_new(int burst, int64_t every_ms)
{
	struct try_limit *l = xcalloc(sizeof(*l));

	pthread_mutex_init(&l->mutex, NULL);
	l->every_ms = every_ms;
	l->burst_ms = burst * every_ms;
	digest_random(l->secret, sizeof(l->secret));
	return l;
}

static void
find_cells(struct try_limit *l, const char *key, int64_t *cells[ROWS])
{
	unsigned char hash[DIGEST_LEN];
	uint32_t n;

	digest_hmac_sha256(
	    l->secret, sizeof(l->secret), key, strlen(key), hash);
	for (int i = 0; i < ROWS; i++) {
		memcpy(&n, hash + (size_t)i * sizeof(n), sizeof(n));
		cells[i] = &l->empty_at[i][n % CELLS];
	}
}

int64_t
try_limit_take(struct try_limit *l, const char *key, int64_t now_ms)
{
	int64_t *cells[ROWS], least = INT64_MAX, wait;

	find_cells(l, key, cells);
	pthread_mutex_lock(&l->mutex);
	for (int i = 0; i < ROWS; i++) {
		if (*cells[i] < now_ms)
			*cells[i] = now_ms;
		if (*cells[i] < least)
			least = *cells[i];
	}
	wait = least + l->every_ms - now_ms - l->burst_ms;
	for (int i = 0; wait <= 0 && i < ROWS; i++)
		*cells[i] += l->every_ms;
	pthread_mutex_unlock(&l->mutex);
	return wait <= 0 ? 0 : wait;
}

void
try_limit_give(struct try_limit *l, const char *key)
{
	int64_t *cells[ROWS];

	find_cells(l, key, cells);
	pthread_mutex_lock(&l->mutex);
	for (int i = 0; i < ROWS; i++)
		*cells[i] -= l->every_ms;
	pthread_mutex_unlock(&l->mutex);
}
