/*
 * The spool's file, and its reading side.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/schema.h"

#include "spool/spool.h"
#include "spool/spool_file.h"
#include "spool/spool_highwater.h"

#define HASHED 4096 /* of a body, for its fingerprint */

enum {
	NODE,
	NEXT,
	GET,
	LAST,
	LIST,
	COUNT,
	PAGES,
	FREE_PAGES,
	PAGE_SIZE,
	RENAME,
	FOREIGN,
	N_SQL
};

#define COLUMNS "id, received_at, remote, credential, body_len"

static const char *const sql[N_SQL] = {
	[NODE] = "SELECT node FROM spool",
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
	[RENAME] = "UPDATE spool SET node = $1",
	/* In a spool there are tables, and what SQLite makes itself. */
	[FOREIGN] = "SELECT name FROM sqlite_master"
		    " WHERE type <> 'table' AND sql IS NOT NULL"
		    " OR type = 'table' AND rootpage = 0 LIMIT 1",
};

static char *
random_node(struct pool *pool)
{
	unsigned char bytes[12];
	char *node = pool_printf(pool, "node-");

	digest_random(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		node = pool_printf(pool, "%s%02x", node, bytes[i]);
	return node;
}

int
spool_create(const char *path)
{
	struct pool *pool = pool_new();
	struct db *db = db_open(path, DB_CREATE_WIDE, 5000);
	int version = 0, rc = -1;

	if (db == NULL || db_version(db, &version) == -1)
		goto out;
	if (version != 0) {
		rc = 0;
		goto out;
	}
	if (db_begin(db) == -1)
		goto out;
	if (db_script(db, spool_sql) == -1 ||
	    db_script(db, pool_printf(pool,
			      "INSERT INTO spool VALUES ('%s',"
			      " CAST(strftime('%%s', 'now') AS INTEGER))",
			      random_node(pool))) == -1 ||
	    db_set_version(db, SPOOL_VERSION) == -1) {
		db_rollback(db);
		goto out;
	}
	rc = db_commit(db) == 0 ? 1 : -1;
out:
	db_close(db);
	pool_free(pool);
	return rc;
}

int
spool_reread(struct spool *spool)
{
	struct db_rows *rows = db_query(spool->db, sql[NODE], DB_NONE);
	int rc = db_next(rows);

	if (rc == 1)
		snprintf(spool->node, sizeof(spool->node), "%s",
		    db_col_text(rows, 0));
	db_end(rows);
	return rc == 1 ? 0 : -1;
}

/* webhook-ingest may write the file: what would run when we read it (a view, a
 * trigger) is none of ours.  0; -1, said. */
static int
check_schema(struct spool *spool)
{
	struct db_rows *rows = db_query(spool->db, sql[FOREIGN], DB_NONE);
	int rc = db_next(rows);

	if (rc == 0)
		rc = db_distrust(spool->db);
	if (rc == 1)
		log_warn("%s: its schema has something that is none of "
			 "waspool's, %s: look at it with sqlite3 -readonly, "
			 "and restore it from a backup",
		    spool->path, db_col_text(rows, 0));
	db_end(rows);
	return rc == 0 ? 0 : -1;
}

static struct spool *
open_as(const char *path, enum db_mode mode, int wait_ms)
{
	struct spool *spool = xcalloc(sizeof(*spool));

	spool->path = xstrdup(path);
	spool->db = db_open(path, mode, wait_ms);
	if (spool->db == NULL ||
	    db_expect_version(spool->db, SPOOL_VERSION) == -1 ||
	    check_schema(spool) == -1 || spool_reread(spool) == -1) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

struct spool *
spool_file_open(const char *path, int wait_ms)
{
	return open_as(path, DB_WRITE, wait_ms);
}

struct spool *
spool_open_look(const char *path, int wait_ms)
{
	struct spool *spool = open_as(path, DB_LOOK, wait_ms);

	if (spool != NULL && db_prepare(spool->db, sql, N_SQL) == -1) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

struct spool *
spool_open_reader(const char *path, int wait_ms)
{
	struct spool *spool = spool_file_open(path, wait_ms);

	if (spool != NULL && (db_prepare(spool->db, sql, N_SQL) == -1 ||
				 spool_purge_prepare(spool->db) == -1 ||
				 spool_rewrite_prepare(spool->db) == -1)) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

struct spool *
spool_open_salvage(const char *path, int wait_ms)
{
	struct spool *spool = xcalloc(sizeof(*spool));

	spool->path = xstrdup(path);
	spool->db = db_open(path, DB_WRITE, wait_ms);
	if (spool->db == NULL || db_prepare(spool->db, sql, N_SQL) == -1) {
		spool_close(spool);
		return NULL;
	}
	spool_reread(spool);
	return spool;
}

void
spool_close(struct spool *spool)
{
	if (spool == NULL)
		return;
	notify_close(spool->wake);
	spool_highwater_close(spool->highwater);
	db_close(spool->db);
	free(spool->path);
	free(spool);
}

void
spool_check_file(struct spool *spool)
{
	db_check_file(spool->db);
}

const char *
spool_node(struct spool *spool)
{
	return spool->node;
}

int
spool_rename(struct spool *spool)
{
	struct pool *pool = pool_new();
	int rc = db_begin(spool->db);

	if (rc == 0 && db_run(spool->db, sql[RENAME],
			   DB_ARGS(db_text(random_node(pool)))) == -1) {
		db_rollback(spool->db);
		rc = -1;
	} else if (rc == 0)
		rc = db_commit(spool->db);
	pool_free(pool);
	return rc == -1 ? -1 : spool_reread(spool);
}

/* The row at hand; with its body when the statement has it. */
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

	*out = pool_get(pool, (size_t)max * sizeof(**out));
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
	struct db_rows *rows = db_query(
	    spool->db, sql[NEXT], DB_ARGS(db_int(after + 1), db_int(max)));
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

/* The row at hand is delivery CURSOR, as it was. */
static int
is_same_spool(struct db_rows *rows, struct pool *pool, int64_t cursor,
    const char *fingerprint)
{
	char now[SPOOL_FINGERPRINT];
	struct spool_delivery d;

	fill_spool(&d, rows, pool, 1);
	/* One that was rewritten is known by its id, which is not given twice. */
	if (d.body_len != d.received_len)
		return d.id == cursor;
	spool_fingerprint(&d, now);
	return d.id == cursor && text_is(fingerprint, now);
}

/* Is there anything at or behind the cursor, as there must be? */
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
	rows = db_query(spool->db, sql[NEXT],
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
	    db_query(spool->db, sql[GET], DB_ARGS(db_int(id)));
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
	return db_get_int(spool->db, sql[LAST], DB_NONE, id) == -1 ? -1 : 0;
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

	*out = pool_get(pool, (size_t)max * sizeof(**out));
	*n = 0;
	rows = db_query(spool->db, sql[LIST],
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

	if (db_get_int(spool->db, sql[PAGES], DB_NONE, &pages) != 1 ||
	    db_get_int(spool->db, sql[FREE_PAGES], DB_NONE, &unused) != 1 ||
	    db_get_int(spool->db, sql[PAGE_SIZE], DB_NONE, &size) != 1)
		return -1;
	*bytes = (pages - unused) * size;
	*wal = db_wal_size(spool->db);
	return 0;
}

int
spool_count(struct spool *spool, int64_t *n, int64_t *bytes)
{
	int64_t wal;

	if (db_get_int(spool->db, sql[COUNT], DB_NONE, n) != 1)
		return -1;
	return spool_size(spool, bytes, &wal);
}
