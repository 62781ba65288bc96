/*
 * The reading side of the spool: deliveries one by one, in batches and in
 * lists.
 */
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_file.h"

#define HASHED 4096 /* of a body, for its fingerprint */

enum { NEXT, GET, LAST, LIST, COUNT, PAGES, FREE_PAGES, PAGE_SIZE, N_SQL };

#define COLUMNS "id, received_at, remote, credential, body_len"

static const char *const spool_sql[N_SQL] = {
	[NEXT] = "SELECT " COLUMNS ", body FROM deliveries"
		 " WHERE id >= $1 ORDER BY id LIMIT $2",
	[GET] = "SELECT " COLUMNS ", body FROM deliveries WHERE id = $1",
	[LAST] = "SELECT id FROM deliveries ORDER BY id DESC LIMIT 1",
	[LIST] = "SELECT " COLUMNS " FROM deliveries"
		 " WHERE id < $1 ORDER BY id DESC LIMIT $2",
	[COUNT] = "SELECT count(*) FROM deliveries",
	[PAGES] = "PRAGMA page_count",
	[FREE_PAGES] = "PRAGMA freelist_count",
	[PAGE_SIZE] = "PRAGMA page_size",
};

const struct statements spool_read_statements = {
	.sql = spool_sql,
	.n = N_SQL,
};

/* The current row; with its body when the statement has that column. */
static void
fill_spool(struct spool_delivery *d, struct db_rows *rows, struct pool *pool,
    int with_body)
{
	const void *body;

	d->id = db_col_int(rows, 0);
	d->received_at = db_col_int(rows, 1);
	d->remote = db_col_copy(rows, pool, 2);
	d->credential = db_col_copy(rows, pool, 3);
	d->body_len = d->received_len = (size_t)db_col_int(rows, 4);
	d->body = NULL;
	if (with_body) {
		body = db_col_blob(rows, 5, &d->body_len);
		d->body =
		    pool_text(pool, body != NULL ? body : "", d->body_len);
	}
}

/* Up to MAX rows of ROWS into *OUT: 0, or -1. */
static int
read_on(struct db_rows *rows, struct pool *pool, int max, size_t max_bytes,
    struct spool_delivery **out, int *n)
{
	size_t bytes = 0;
	int rc = 0;

	*out = pool_alloc(pool, (size_t)max * sizeof(**out));
	*n = 0;
	while (bytes < max_bytes && *n < max && (rc = db_next(rows)) == 1) {
		fill_spool(&(*out)[*n], rows, pool, 1);
		bytes += (*out)[(*n)++].body_len;
	}
	return rc == -1 ? -1 : 0;
}

int
spool_next(struct spool *spool, struct pool *pool, int64_t after, int max,
    size_t max_bytes, struct spool_delivery **out, int *n)
{
	struct db_rows *rows = db_query(spool->db, spool_sql[NEXT],
	    DB_ARGS(db_int(after + 1), db_int(max)));
	int rc = read_on(rows, pool, max, max_bytes, out, n);

	db_end(rows);
	return rc;
}

void
spool_fingerprint(const struct spool_delivery *d, char out[SPOOL_FINGERPRINT])
{
	size_t len = d->body_len < HASHED ? d->body_len : HASHED;
	unsigned char hash[DIGEST_LEN];
	struct digest *digest = digest_begin();
	const int64_t numbers[] = { d->received_at, (int64_t)d->body_len };

	digest_add(digest, numbers, sizeof(numbers));
	digest_add(digest, d->body, len);
	digest_end(digest, hash);
	for (size_t i = 0; i < SPOOL_FINGERPRINT / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

/* 1 when the current row is delivery CURSOR with the same fingerprint. */
static int
is_same_spool(struct db_rows *rows, struct pool *pool, int64_t cursor,
    const char *fingerprint)
{
	char now[SPOOL_FINGERPRINT];
	struct spool_delivery d;

	fill_spool(&d, rows, pool, 1);
	/* A rewritten delivery has another fingerprint: its id must do. */
	if (d.body_len != d.received_len)
		return d.id == cursor;
	spool_fingerprint(&d, now);
	return d.id == cursor && text_is(fingerprint, now);
}

/* 1 when there is a delivery at or after the cursor, as there must be. */
static int
reaches(struct spool *spool, int64_t cursor)
{
	int64_t last;

	if (spool_last(spool, &last) == -1)
		return -1;
	return last >= cursor;
}

int
spool_follow(struct spool *spool, struct pool *pool, int64_t cursor,
    const char *fingerprint, int max, size_t max_bytes,
    struct spool_delivery **out, int *n)
{
	int known = cursor > 0 && fingerprint != NULL, rc = 1;
	struct db_rows *rows;

	*n = 0;
	if (cursor > 0 && !known && (rc = reaches(spool, cursor)) != 1)
		return rc;
	rows = db_query(spool->db, spool_sql[NEXT],
	    DB_ARGS(db_int(known ? cursor : cursor + 1), db_int(max + 1)));
	if (known && (rc = db_next(rows)) == 1)
		rc = is_same_spool(rows, pool, cursor, fingerprint);
	if (rc == 1 && read_on(rows, pool, max, max_bytes, out, n) == -1)
		rc = -1;
	db_end(rows);
	return rc;
}

int
spool_get(struct spool *spool, struct pool *pool, int64_t id,
    struct spool_delivery *delivery)
{
	struct db_rows *rows =
	    db_query(spool->db, spool_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(rows);

	if (rc == 1)
		fill_spool(delivery, rows, pool, 1);
	db_end(rows);
	return rc;
}

int
spool_last(struct spool *spool, int64_t *id)
{
	*id = 0;
	return db_get_int(spool->db, spool_sql[LAST], DB_NONE, id) == -1 ? -1
									 : 0;
}

int
spool_waiting(struct spool *spool, struct pool *pool, int64_t cursor,
    int64_t *waiting, int64_t *oldest_at)
{
	struct spool_delivery *first;
	int64_t last;
	int n;

	*waiting = *oldest_at = 0;
	if (spool_last(spool, &last) == -1 ||
	    spool_next(spool, pool, cursor, 1, 1, &first, &n) == -1)
		return -1;
	if (n == 1) {
		*waiting = last - first->id + 1;
		*oldest_at = first->received_at;
	}
	return 0;
}

int
spool_list(struct spool *spool, struct pool *pool, int64_t before, int max,
    struct spool_delivery **out, int *n)
{
	struct db_rows *rows;
	int rc = 0;

	*out = pool_alloc(pool, (size_t)max * sizeof(**out));
	*n = 0;
	rows = db_query(spool->db, spool_sql[LIST],
	    DB_ARGS(db_int(before > 0 ? before : INT64_MAX), db_int(max)));
	while (*n < max && (rc = db_next(rows)) == 1)
		fill_spool(&(*out)[(*n)++], rows, pool, 0);
	db_end(rows);
	return rc == -1 ? -1 : 0;
}

int
spool_size(struct spool *spool, int64_t *bytes, int64_t *wal)
{
	int64_t pages = 0, unused = 0, size = 0;

	if (db_get_int(spool->db, spool_sql[PAGES], DB_NONE, &pages) != 1 ||
	    db_get_int(spool->db, spool_sql[FREE_PAGES], DB_NONE, &unused) !=
		1 ||
	    db_get_int(spool->db, spool_sql[PAGE_SIZE], DB_NONE, &size) != 1)
		return -1;
	*bytes = (pages - unused) * size;
	*wal = db_log_size(spool->db);
	return 0;
}

int
spool_count(struct spool *spool, int64_t *n, int64_t *bytes)
{
	int64_t wal;

	if (db_get_int(spool->db, spool_sql[COUNT], DB_NONE, n) != 1)
		return -1;
	return spool_size(spool, bytes, &wal);
}
