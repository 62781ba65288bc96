/*
 * The rate limit of a number (token bucket), and its pauses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "inbox/outbox/pause.h"

#include "process/send/rate_limit.h"

#define SLOW_FIRST 1
#define SLOW_MOST  8
#define STOP_FIRST RATE_LIMIT_PROBE
#define STOP_MOST  900
#define AFTER_MOST 3600 /* the longest Retry-After that is obeyed */
#define PAUSE_MOST (AFTER_MOST + 300)

/*
 * No second exceeds the rate: the bucket holds a tenth of it (one request at
 * least), and nine tenths are refilled in a second.
 */
#define ONE	   10000 /* budget of one request */
#define BACK	   9	 /* refilled in a ms, for each request a second */
#define LONGEST_MS 2000	 /* enough for one request at the slowest rate */

static int64_t
budget_most(int rate)
{
	int64_t tenth = (int64_t)rate * (ONE / 10);

	return tenth > ONE ? tenth : ONE;
}

static int
load_limit(struct rate_limit *p, struct db *db)
{
	struct pool *pool = pool_new();
	struct pause found;
	int rc = pause_get(db, pool, p->number_id, &found);

	if (rc == 1) {
		p->until = found.until;
		p->attempts = found.attempts;
		p->reason = xstrdup(found.reason);
		if (found.key_mark != NULL)
			strncpy(
			    p->key_mark, found.key_mark, RATE_LIMIT_MARK_LEN);
		if (found.error != NULL)
			p->error = xstrdup(found.error);
		p->row_id = found.row_id;
		p->conversation_id = found.conversation_id;
		p->refused_at = found.refused_at;
	}
	pool_free(pool);
	return rc == -1 ? -1 : 0;
}

struct rate_limit *
rate_limit_of(struct rate_limit **list, struct db *db, int64_t number_id)
{
	struct rate_limit *p = *list;

	while (p != NULL && p->number_id != number_id)
		p = p->next;
	if (p != NULL)
		return p;
	p = xcalloc(sizeof(*p));
	p->number_id = number_id;
	p->budget = ONE;
	p->filled_ms = clock_ticks_ms();
	if (load_limit(p, db) == -1) {
		free(p);
		return NULL;
	}
	p->next = *list;
	*list = p;
	return p;
}

void
rate_limit_name(struct rate_limit *p, const char *phone_number_id)
{
	if (phone_number_id != NULL && p->name[0] == '\0')
		strncpy(p->name, phone_number_id, sizeof(p->name) - 1);
}

void
rate_limit_free(struct rate_limit *p)
{
	while (p != NULL) {
		struct rate_limit *next = p->next;

		free(p->reason);
		free(p->error);
		free(p);
		p = next;
	}
}

int
rate_limit_room(struct rate_limit *p, int rate, int parallel, int64_t ticks_ms,
    int *wait_ms)
{
	int most = p->attempts > 0 ? 1 : parallel, room;
	int64_t passed = ticks_ms - p->filled_ms;

	if (passed > LONGEST_MS)
		passed = LONGEST_MS;
	p->filled_ms = ticks_ms;
	p->budget += passed * rate * BACK;
	if (p->budget > budget_most(rate))
		p->budget = budget_most(rate);
	room = most - p->under_way;
	if (room <= 0)
		return 0;
	if (p->budget < ONE) {
		int64_t each = (int64_t)rate * BACK;
		int ms = (int)((ONE - p->budget + each - 1) / each);

		if (*wait_ms == -1 || ms < *wait_ms)
			*wait_ms = ms;
	}
	return room < p->budget / ONE ? room : (int)(p->budget / ONE);
}

void
rate_limit_begin(struct rate_limit *p)
{
	p->under_way++;
	p->budget -= ONE;
}

void
rate_limit_end(struct rate_limit *p)
{
	p->under_way--;
}

int
rate_limit_is_paused(
    const struct rate_limit *p, int64_t now, const char *key_mark)
{
	/* Longer than any pause: the clock was ahead when it was stored. */
	if (p->until <= now || p->until - now > PAUSE_MOST)
		return 0;
	/* A pause of this run ends by ticks, whatever is done to the clock. */
	if (p->until_ms != 0 && clock_ticks_ms() >= p->until_ms)
		return 0;
	return p->key_mark[0] == '\0' || strcmp(p->key_mark, key_mark) == 0;
}

void
rate_limit_refused(struct rate_limit *p, int64_t row_id,
    int64_t conversation_id, int64_t now, const char *error)
{
	int others = p->row_id != 0 && p->conversation_id != conversation_id;

	p->row_id = others ? 0 : row_id;
	p->conversation_id = conversation_id;
	p->refused_at = now;
	free(p->error);
	p->error = error != NULL ? xstrdup(error) : NULL;
	p->unsaved = 1;
}

int
rate_limit_tries_others(
    const struct rate_limit *p, int64_t now, const char *key_mark)
{
	int64_t since = now - p->refused_at;

	if (p->attempts == 0 || p->key_mark[0] == '\0' ||
	    strcmp(p->key_mark, key_mark) != 0)
		return 0;
	return p->until <= now || p->row_id != 0 || since >= RATE_LIMIT_PROBE ||
	       since < 0;
}

int
rate_limit_pause(struct rate_limit *p, enum rate_limit_why why,
    int64_t began_ms, int64_t now, int retry_after, const char *key_mark,
    const char *reason)
{
	int64_t wait;

	if (p->attempts > 0 && began_ms <= p->paused_ms)
		return 0;
	if (retry_after >= 0)
		wait = retry_after < AFTER_MOST ? retry_after : AFTER_MOST;
	else if (why == RATE_LIMIT_SLOW)
		wait = rate_limit_back_off(SLOW_FIRST, SLOW_MOST, p->attempts);
	else
		wait = rate_limit_back_off(STOP_FIRST, STOP_MOST, p->attempts);
	p->until = now + wait;
	p->attempts++;
	p->paused_ms = clock_ticks_ms();
	p->until_ms = p->paused_ms + wait * 1000;
	free(p->reason);
	p->reason = xstrdup(reason);
	memset(p->key_mark, 0, sizeof(p->key_mark));
	if (why == RATE_LIMIT_STOP)
		strncpy(p->key_mark, key_mark, RATE_LIMIT_MARK_LEN);
	else
		rate_limit_refused(p, 0, 0, 0, NULL);
	p->unsaved = 1;
	return 1;
}

void
rate_limit_well(struct rate_limit *p, int64_t began_ms)
{
	if (p->attempts == 0 || began_ms <= p->paused_ms)
		return;
	rate_limit_refused(p, 0, 0, 0, NULL);
	p->until = p->attempts = 0;
}

int
rate_limit_save(struct rate_limit *p, struct db *db)
{
	const struct pause pause = {
		.until = p->until,
		.attempts = p->attempts,
		.reason = p->reason,
		.key_mark = p->key_mark[0] != '\0' ? p->key_mark : NULL,
		.error = p->error,
		.row_id = p->row_id,
		.refused_at = p->refused_at,
	};

	if (!p->unsaved)
		return 0;
	return p->attempts > 0 ? pause_put(db, p->number_id, &pause)
			       : pause_end(db, p->number_id);
}

int64_t
rate_limit_back_off(int64_t first, int64_t most, int64_t attempts)
{
	unsigned chance;

	digest_random(&chance, sizeof(chance));
	return clock_back_off(first, most, attempts, chance);
}

void
rate_limit_mark(const char *key, char mark[RATE_LIMIT_MARK_LEN + 1])
{
	unsigned char hash[DIGEST_LEN];

	if (key == NULL) {
		strcpy(mark, "none");
		return;
	}
	digest_sha256(key, strlen(key), hash);
	for (int i = 0; i < RATE_LIMIT_MARK_LEN / 2; i++) {
		mark[i * 2] = "0123456789abcdef"[hash[i] >> 4];
		mark[i * 2 + 1] = "0123456789abcdef"[hash[i] & 15];
	}
	mark[RATE_LIMIT_MARK_LEN] = '\0';
}
