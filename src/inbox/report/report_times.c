/*
 * Median and p90 of times, by sorting them.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "inbox/report/report_times.h"

#define FIRST_ROOM 1024

struct report_time {
	int32_t group;
	int32_t seconds;
};

struct report_times {
	struct pool *pool;
	struct report_time *list;
	int32_t *all; /* seconds of all, sorted */
	int n, room;
	int stride, skip; /* one of STRIDE is taken, after SKIP more */
	int sorted;
};

struct report_times *
report_times_new(struct pool *pool)
{
	struct report_times *t = pool_alloc(pool, sizeof(*t));

	t->pool = pool;
	t->stride = 1;
	return t;
}

static void
make_room(struct report_times *t)
{
	struct report_time *list = t->list;

	if (t->n < t->room)
		return;
	if (t->n == REPORT_TIMES_MAX) {
		for (int i = 0; i < t->n / 2; i++)
			list[i] = list[2 * i];
		t->n /= 2;
		t->stride *= 2;
		return;
	}
	t->room = t->room == 0 ? FIRST_ROOM : t->room * 2;
	t->list = pool_room(t->pool, (size_t)t->room * sizeof(*list));
	if (t->n > 0)
		memcpy(t->list, list, (size_t)t->n * sizeof(*list));
}

void
report_times_add(struct report_times *t, int32_t group, int32_t seconds)
{
	if (t->skip > 0) {
		t->skip--;
		return;
	}
	make_room(t);
	t->list[t->n++] = (struct report_time){ group, seconds };
	t->skip = t->stride - 1;
}

static int
by_group(const void *a, const void *b)
{
	const struct report_time *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static int
by_seconds(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
sort_times(struct report_times *t)
{
	size_t n = (size_t)t->n;

	t->sorted = 1;
	if (n == 0)
		return;
	qsort(t->list, n, sizeof(*t->list), by_group);
	t->all = pool_room(t->pool, n * sizeof(*t->all));
	for (size_t i = 0; i < n; i++)
		t->all[i] = t->list[i].seconds;
	qsort(t->all, n, sizeof(*t->all), by_seconds);
}

/* The first of GROUP, or of what comes behind it. */
static int
find_group(const struct report_times *t, int32_t group)
{
	int low = 0, high = t->n;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (t->list[middle].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Which of N, from 0: that which PERCENT of them do not exceed. */
static int
rank(int n, int percent)
{
	return (int)(((int64_t)n * percent + 99) / 100) - 1;
}

int
report_times_get(
    struct report_times *t, int32_t group, int64_t *median, int64_t *p90)
{
	int from = 0, n;

	if (!t->sorted)
		sort_times(t);
	n = t->n;
	if (group != -1) {
		from = find_group(t, group);
		n = find_group(t, group + 1) - from;
	}
	if (n == 0)
		return 0;
	*median = group == -1 ? t->all[rank(n, 50)]
			      : t->list[from + rank(n, 50)].seconds;
	*p90 = group == -1 ? t->all[rank(n, 90)]
			   : t->list[from + rank(n, 90)].seconds;
	return 1;
}
