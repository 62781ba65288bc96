/*
 * The rule that makes recovery simple, for all that the provider can say: a
 * history delivered once, in order, to one run of the processor leaves the
 * same rows as shuffled, partly doubled, cut into other deliveries, in other
 * batches, over several runs, and with a number registered only at the end.
 * Made with STORE_PGSQL it is an inbox on PostgreSQL that has it shuffled: what
 * it says must be what SQLite says of the same in order.
 *
 * test_history FIRST COUNT tries other seeds; one that fails is shrunk to the
 * least that still fails, and printed.
 */
#include "history_run.h"
#include "rows.h"

#ifdef STORE_PGSQL
#include "store_pgsql.h"

#define SEEDS	       40
#define SHUFFLED_STORE (&store_pgsql)
#else
#include "store.h"

#define SEEDS	       300
#define SHUFFLED_STORE (&store_sqlite)
#endif

#define ITEMS_MAX (3 * HISTORY_MAX)
#define FAILED	  5 /* seeds, and it is enough */

/* ------------------------------------------------------------- histories */

static int
by_fact(const void *a, const void *b)
{
	const struct history_item *x = a, *y = b;

	if (x->fact != y->fact)
		return x->fact < y->fact ? -1 : 1;
	return x->past - y->past;
}

static int
by_place(const void *a, const void *b)
{
	const struct history_item *x = a, *y = b;

	return x->place < y->place ? -1 : x->place > y->place;
}

/* 1 when both ways lead to the same rows; else says where not, if SHOW. */
static int
holds(const struct history *h, const struct history_item *all, unsigned n,
    uint64_t seed, int show)
{
	const struct history_plan straight = { seed, 0 }, other = { seed, 1 };
	struct history_item items[ITEMS_MAX];
	struct pool *pool = pool_new();
	char *first, *second;
	unsigned once = 0;
	int same;

	memcpy(items, all, n * sizeof(*items));
	qsort(items, n, sizeof(*items), by_fact);
	for (unsigned i = 0; i < n; i++)
		if (i == 0 || by_fact(&items[i], &items[i - 1]) != 0)
			items[once++] = items[i];
	first = history_run_outcome(h, items, once, &straight, pool);
	memcpy(items, all, n * sizeof(*items));
	qsort(items, n, sizeof(*items), by_place);
	store_now = SHUFFLED_STORE;
	second = history_run_outcome(h, items, n, &other, pool);
	store_now = &store_sqlite;
	same = strcmp(first, second) == 0;
	if (show && !same)
		rows_show(first, second);
	pool_free(pool);
	return same;
}

/* Each fact, its past where it has one, and some of them twice. */
static unsigned
list_items(const struct history *h, uint64_t seed, struct history_item *items)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h->n; i++)
		for (int past = 0; past <= (h->past[i] != NULL); past++)
			for (unsigned copy = 0; copy < 2; copy++) {
				uint64_t luck = history_run_mix(
				    seed, 8 * i + 2 * (unsigned)past + copy);

				if (copy == 0 || luck % 4 == 0)
					items[n++] = (struct history_item){ i,
						past, luck };
				if (n == ITEMS_MAX)
					return n;
			}
	return n;
}

/* The least of ITEMS with which it still fails. */
static unsigned
shrink(const struct history *h, struct history_item *items, unsigned n,
    uint64_t seed)
{
	struct history_item fewer[ITEMS_MAX];

	for (unsigned size = n / 2; size > 0; size /= 2)
		for (unsigned i = 0; i + size <= n;) {
			unsigned rest = n - i - size;

			memcpy(fewer, items, i * sizeof(*fewer));
			memcpy(
			    fewer + i, items + i + size, rest * sizeof(*fewer));
			if (n == size || holds(h, fewer, n - size, seed, 0)) {
				i += size;
				continue;
			}
			n -= size;
			memcpy(items, fewer, n * sizeof(*items));
		}
	return n;
}

static int
try_seed(uint64_t seed)
{
	struct pool *pool = pool_new();
	struct history_item items[ITEMS_MAX];
	struct history h;
	unsigned n;
	int good;

	history_make(&h, pool, seed);
	n = list_items(&h, seed, items);
	good = holds(&h, items, n, seed, 0);
	if (!good) {
		n = shrink(&h, items, n, seed);
		qsort(items, n, sizeof(*items), by_place);
		print_error("seed %llu fails with %u changes, delivered as\n",
		    (unsigned long long)seed, n);
		for (unsigned i = 0; i < n; i++)
			print_error("  %u%s %s\n", items[i].fact,
			    items[i].past ? " (history)" : "",
			    history_run_text_of(&h, &items[i]));
		holds(&h, items, n, seed, 1);
	}
	pool_free(pool);
	return good;
}

static unsigned long long first_seed = 1, count = SEEDS;

static void
however_it_is_delivered_a_history_leaves_the_same_rows(void **state)
{
	int failed = 0;

	(void)state;
	for (uint64_t s = first_seed; s < first_seed + count; s++) {
		failed += !try_seed(s);
		if (failed == FAILED)
			break;
	}
	assert_int_equal(failed, 0);
}

static int
run(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    however_it_is_delivered_a_history_leaves_the_same_rows),
	};

	store_now = &store_sqlite;
	return cmocka_run_group_tests(
	    tests, history_run_begin, history_run_end);
}

int
main(int argc, char **argv)
{
	if (getenv("VALGRIND") != NULL) /* ./dev test --valgrind */
		count = 10;
	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 10);
	if (argc > 1)
		count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
#ifdef STORE_PGSQL
	return store_pgsql_serve(run);
#else
	return run();
#endif
}
