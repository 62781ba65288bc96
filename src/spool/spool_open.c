/*
 * Creates and opens the spool's file; reads and changes the node, the name by
 * which the inbox knows it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/schema.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_file.h"
#include "spool/spool_highwater.h"
#include "spool/spool_pace.h"

#define READER_KIB 1024

enum { NODE, RENAME, FOREIGN, N_SQL };

static const char *const spool_open_sql[N_SQL] = {
	[NODE] = "SELECT node FROM spool",
	[RENAME] = "UPDATE spool SET node = $1",
	/* A spool has ordinary tables, and what SQLite makes itself. */
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
	struct db *db = sqlite_create(path, SQLITE_WIDE_PAGE, 5000);
	int version = 0, rc = -1;

	if (db == NULL || db_version(db, &version) == -1)
		goto out;
	if (version != 0) {
		rc = 0;
		goto out;
	}
	if (db_begin(db) == -1)
		goto out;
	if (db_script(db, sqlite_spool_sql) == -1 ||
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
	struct db_rows *rows =
	    db_query(spool->db, spool_open_sql[NODE], DB_NONE);
	int rc = db_next(rows);

	if (rc == 1)
		snprintf(spool->node, sizeof(spool->node), "%s",
		    db_col_text(rows, 0));
	db_end(rows);
	return rc == 1 ? 0 : -1;
}

/* The schema has nothing that would run when we read, such as a view or a
 * trigger: it is not from us, but webhook-ingest, which may write the file, can
 * have been taken over.  0; -1, said in the log. */
static int
check_schema(struct spool *spool)
{
	struct db_rows *rows =
	    db_query(spool->db, spool_open_sql[FOREIGN], DB_NONE);
	int rc = db_next(rows);

	if (rc == 0)
		rc = sqlite_distrust(spool->db);
	if (rc == 1)
		log_warn("%s: its schema has something that is not from "
			 "waspool, %s: look at it with sqlite3 -readonly, "
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
	spool->db = sqlite_open(path, mode, wait_ms);
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

	if (spool != NULL &&
	    db_prepare_all(spool->db, &spool_read_statements) == -1) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

static const struct statements spool_reader_statements = {
	.also = STATEMENTS(&spool_read_statements, &spool_purge_statements,
	    &spool_rewrite_statements),
};

struct spool *
spool_open_reader(const char *path, int wait_ms)
{
	struct spool *spool = spool_file_open(path, wait_ms);

	/* Each page is seen once: a map would grow with the spool. */
	if (spool != NULL &&
	    (sqlite_unmap(spool->db) == -1 ||
		sqlite_keep(spool->db, READER_KIB) == -1 ||
		db_prepare_all(spool->db, &spool_reader_statements) == -1)) {
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
	spool->db = sqlite_open(path, DB_WRITE, wait_ms);
	if (spool->db == NULL ||
	    db_prepare_all(spool->db, &spool_read_statements) == -1) {
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
	spool_pace_close(spool->pace);
	db_close(spool->db);
	free(spool->path);
	free(spool);
}

void
spool_check_file(struct spool *spool)
{
	db_check(spool->db);
}

void
spool_rest(struct spool *spool, int64_t now_ms)
{
	db_rest(spool->db, now_ms);
}

void
spool_applied(struct spool *spool, int64_t id)
{
	if (spool->pace == NULL)
		spool->pace = spool_pace_open(spool->path);
	spool_pace_tell(spool->pace, id);
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

	if (rc == 0 && db_run(spool->db, spool_open_sql[RENAME],
			   DB_ARGS(db_text(random_node(pool)))) == -1) {
		db_rollback(spool->db);
		rc = -1;
	} else if (rc == 0)
		rc = db_commit(spool->db);
	pool_free(pool);
	return rc == -1 ? -1 : spool_reread(spool);
}
