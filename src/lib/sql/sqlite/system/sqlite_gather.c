/*
 * What a commit appends to the WAL is written together.  SQLite writes each
 * page with two calls, its header of 24 bytes and then itself, thousands for a
 * commit of the drain, while others wait for the lock.
 *
 * A WAL's methods are SQLite's own but for these.  xWrite keeps what follows
 * what is kept, in the order in which it came; all else writes that first: what
 * is elsewhere in the file, a look at it, and above all the flush, which is in
 * each commit before any other connection is told of its pages.  So the bytes
 * and their order are SQLite's.
 *
 * Only between begin and end, for pages that SQLite writes before (its cache is
 * full) may be of no use any more when another program writes in their place.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <sqlite3.h>

#include "lib/sql/sqlite/system/sqlite_gather.h"

#define GATHER_MAX (64 << 10)

/* What stands behind SQLite's struct of an open WAL. */
struct sqlite_gather {
	const sqlite3_io_methods *theirs;
	char *kept; /* NULL: nothing is, or was lately */
	int len;
	sqlite3_int64 at; /* where it belongs */
	int on;
};

static pthread_mutex_t gather_lock = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_io_methods gather_methods;
static const sqlite3_io_methods *gather_theirs;
static int file_size; /* of SQLite's struct */

static struct sqlite_gather *
gather_of(sqlite3_file *file)
{
	return (struct sqlite_gather *)((char *)file + file_size);
}

/* What is kept is written; what could not be is no part of any commit. */
static int
let_go(sqlite3_file *file)
{
	struct sqlite_gather *g = gather_of(file);
	int len = g->len;

	g->len = 0;
	return len == 0 ? SQLITE_OK
			: g->theirs->xWrite(file, g->kept, len, g->at);
}

static int
gather_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	struct sqlite_gather *g = gather_of(file);
	int rc;

	if (!g->on)
		return g->theirs->xWrite(file, bytes, len, at);
	if (g->len > 0 && (at != g->at + g->len || g->len + len > GATHER_MAX) &&
	    (rc = let_go(file)) != SQLITE_OK)
		return rc;
	/* Not emptied first: most commits are of a few pages. */
	if (g->kept == NULL)
		g->kept = malloc(GATHER_MAX);
	if (g->kept == NULL || len > GATHER_MAX)
		return g->theirs->xWrite(file, bytes, len, at);
	if (g->len == 0)
		g->at = at;
	memcpy(g->kept + g->len, bytes, (size_t)len);
	g->len += len;
	return SQLITE_OK;
}

static int
gather_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	int rc = let_go(file);

	return rc != SQLITE_OK
		   ? rc
		   : gather_of(file)->theirs->xRead(file, bytes, len, at);
}

static int
gather_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = let_go(file);

	return rc != SQLITE_OK ? rc
			       : gather_of(file)->theirs->xTruncate(file, size);
}

static int
gather_sync(sqlite3_file *file, int flags)
{
	int rc = let_go(file);

	return rc != SQLITE_OK ? rc
			       : gather_of(file)->theirs->xSync(file, flags);
}

static int
gather_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int rc = let_go(file);

	return rc != SQLITE_OK ? rc
			       : gather_of(file)->theirs->xFileSize(file, size);
}

static int
gather_close(sqlite3_file *file)
{
	struct sqlite_gather *g = gather_of(file);

	free(g->kept);
	g->kept = NULL;
	return g->theirs->xClose(file);
}

int
sqlite_gather_room(void)
{
	return (int)sizeof(struct sqlite_gather);
}

void
sqlite_gather_open(sqlite3_file *file, int size)
{
	pthread_mutex_lock(&gather_lock);
	if (gather_theirs == NULL) {
		gather_theirs = file->pMethods;
		gather_methods = *file->pMethods;
		gather_methods.xWrite = gather_write;
		gather_methods.xRead = gather_read;
		gather_methods.xTruncate = gather_truncate;
		gather_methods.xSync = gather_sync;
		gather_methods.xFileSize = gather_size;
		gather_methods.xClose = gather_close;
		file_size = size;
	}
	if (file->pMethods == gather_theirs) {
		*gather_of(file) =
		    (struct sqlite_gather){ .theirs = gather_theirs };
		file->pMethods = &gather_methods;
	}
	pthread_mutex_unlock(&gather_lock);
}

/* The connection's WAL; NULL: it has none, or was opened in another way. */
static sqlite3_file *
wal_of(sqlite3 *conn)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(conn, "main", SQLITE_FCNTL_JOURNAL_POINTER,
		&file) != SQLITE_OK ||
	    file == NULL || file->pMethods != &gather_methods)
		return NULL;
	return file;
}

void
sqlite_gather_begin(sqlite3 *conn)
{
	sqlite3_file *file = wal_of(conn);

	if (file != NULL)
		gather_of(file)->on = 1;
}

void
sqlite_gather_end(sqlite3 *conn)
{
	sqlite3_file *file = wal_of(conn);
	struct sqlite_gather *g;

	if (file == NULL)
		return;
	g = gather_of(file);
	/* Only of a commit that failed, which says so. */
	(void)let_go(file);
	g->on = 0;
	free(g->kept);
	g->kept = NULL;
}
