/*
 * Imports deliveries of another spool's file, as if they came in now: they get
 * new ids, and the processor applies them.  What was applied before is not
 * doubled, for applying twice leaves the same rows.
 */
#include <stddef.h>

#include "base/pool.h"

#include "spool/spool.h"
#include "spool/spool_file.h"

#define BATCH	  500
#define BATCH_LEN ((size_t)4 << 20)

/* N deliveries, in one transaction. */
static int
put_all(
    struct spool *to, struct pool *pool, const struct spool_delivery *d, int n)
{
	struct spool_order *orders =
	    pool_alloc(pool, (size_t)n * sizeof(*orders));

	for (int i = 0; i < n; i++) {
		orders[i].delivery = d[i];
		orders[i].next = i + 1 < n ? &orders[i + 1] : NULL;
	}
	return n == 0 ? 0 : spool_commit(to, orders);
}

int
spool_import(struct spool *to, struct spool *from, int64_t after, int64_t *n)
{
	struct pool *pool = pool_new();
	struct spool_delivery *list;
	int got, rc;

	*n = 0;
	do {
		pool_reset(pool);
		rc = spool_next(
		    from, pool, after, BATCH, BATCH_LEN, &list, &got);
		/* Also after a failed read: what could be read of a damaged
		 * file is kept. */
		if (got > 0)
			after = list[got - 1].id;
		if (put_all(to, pool, list, got) == -1)
			rc = -2;
		else
			*n += got;
	} while (rc == 0 && got > 0);
	pool_free(pool);
	return rc;
}

int
spool_import_one(struct spool *to, struct spool *from, int64_t id)
{
	struct pool *pool = pool_new();
	struct spool_delivery d;
	int rc = spool_get(from, pool, id, &d);

	if (rc == 1 && put_all(to, pool, &d, 1) == -1)
		rc = -1;
	pool_free(pool);
	return rc;
}
