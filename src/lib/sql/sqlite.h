#ifndef LIB_SQL_SQLITE_H
#define LIB_SQL_SQLITE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sql/db.h"

struct pool;
struct statements;

/*
 * What only SQLite has, for those who really mean it: the spool, backup, the
 * doctor, the maintenance of a database in the processor, a member's session.
 * Everybody else has db.h (tests/e2e/test_tree.py has the list).
 *
 * A handle of another engine ends the program (EX_SOFTWARE), but for the
 * functions marked "SQLite's own": they leave it alone and answer 0.
 */
#define SQLITE_WIDE_PAGE 8192 /* bytes: for rows of a kilobyte */

/* db_open of a file of SQLite, for programs that have no other database. */
struct db *sqlite_open(const char *path, enum db_mode, int wait_ms);

/* db_open with DB_CREATE; a new file has pages of so many bytes. */
struct db *sqlite_create(const char *path, int page_size, int wait_ms);

/* The file may have been written by somebody who means ill: what its schema
 * calls is harmless, or fails.  Not for the inbox: its triggers write FTS5. */
int sqlite_distrust(struct db *);

/* Whether triggers fire, when rows are copied from an inbox where they have: 0,
 * -1. */
int sqlite_fire(struct db *, int on);

/* Keeps at most so much of the file in memory of its own: for a connection of
 * which there are many.  SQLite's own. */
int sqlite_keep(struct db *, int kib);

/* Maps the whole file, once for all connections of the process that ask for it:
 * for those that look here and there in a large one.  Where it cannot be mapped
 * it is read.  0, -1.  SQLite's own. */
int sqlite_map(struct db *);

/* Reads the file instead of mapping it, for a connection that sees little of
 * it twice.  SQLite's own. */
int sqlite_unmap(struct db *);

/*
 * Moves the WAL into the database when the last commit of this handle left it
 * at PAGES pages or more, under the lock file.  One process a database calls
 * this, outside transactions.  SQLite's own.
 */
void sqlite_checkpoint(struct db *, int pages);

/* The same where nothing is to be done: a WAL that a burst has made long gives
 * its space back. */
void sqlite_checkpoint_rest(struct db *, int pages);

/* db_empty_log and db_rewrite, of a handle that is SQLite's. */
int sqlite_truncate(struct db *);
int sqlite_rewrite(struct db *, int64_t max);

/*
 * From here on sqlite_checkpoint has a thread of its own copy whenever the WAL
 * has grown by so many pages, and flush after eight times as many, while others
 * write; the lock file is held only for what little is left.  Several calls
 * make one checkpoint, which commits once more.  0, or -1.  SQLite's own.
 */
int sqlite_flush_apart(struct db *);

/*
 * Copies all that the open read transaction sees into the new file PATH, and
 * that onto the disk: 0, -1.  A lock file is left beside it.  Meanwhile nobody
 * waits; but the WAL of the original grows, as with every long reader.
 */
int sqlite_copy(struct db *, const char *path);

/* db_is_used, of a file of SQLite's: asked for in a process that has it open,
 * its locks would go. */
int sqlite_is_open(const char *path, int64_t *pid);

/* Reads all of it: 1 when nothing is damaged; else 0, and said. */
int sqlite_is_sound(struct db *);

/*
 * The same, table by table, for callers with little time: the names of up to
 * MAX tables, those that grow last, in POOL: how many, or -1.  And one of them,
 * with its indexes; of a search's table SQLite looks at its index from 3.44 on,
 * and does not look at all before.  1; 0, and *WHY in POOL; -1.
 */
int sqlite_tables(struct db *, struct pool *, const char **names, int max);
int sqlite_is_sound_table(
    struct db *, struct pool *, const char *name, const char **why);

/*
 * For connections that serve one member (session/session.c): defines the SQL
 * function NAME() that answers *VALUE (NULL for 0), and an authorizer that is
 * asked of every statement what it may touch.  The authorizer answers 1 to
 * allow.
 */
enum db_access {
	DB_ACCESS_READ,
	DB_ACCESS_INSERT,
	DB_ACCESS_UPDATE,
	DB_ACCESS_DELETE,
	DB_ACCESS_SELECT,
	DB_ACCESS_FUNCTION,
	DB_ACCESS_TRANSACTION,
	DB_ACCESS_OTHER /* ATTACH, PRAGMA, CREATE, DROP, … */
};

struct db_request {
	enum db_access access;
	const char *object; /* table, view or function; may be NULL */
	int temporary;	    /* … of this connection's own schema */
	const char *within; /* view or trigger that asks, or NULL */
	/* WITHIN was there when the authorizer was set: a view or trigger of
	 * this connection's, a trigger of the file's */
	int known;
	int running; /* asked by a statement that runs */
};

typedef int sqlite_authorizer(const struct db_request *);

int sqlite_define(struct db *, const char *name, const int64_t *value);

/* NAME(number) in SQL: the number, or NULL when HAS(arg, number) is not 0.  0,
 * -1. */
typedef int sqlite_has(void *arg, int64_t number);
int sqlite_define_unless(
    struct db *, const char *name, sqlite_has *, void *arg);

/* NAME() in SQL, for a trigger behind its INSERT: that row is what db_insert
 * answers, if there is one.  0, -1. */
int sqlite_define_made(struct db *, const char *name);

/*
 * NAME(number, …, text) in SQL, of this connection: what WRITE puts into B for
 * NUMBERS numbers, at most SQLITE_TEXT_NUMBERS, and the text; NULL for NULL.
 * The same for the same arguments, always.  0, -1.
 */
#define SQLITE_TEXT_NUMBERS 2

struct buf;

typedef void sqlite_text_function(
    struct buf *b, const int64_t *numbers, const char *text);

int sqlite_define_text(
    struct db *, const char *name, int numbers, sqlite_text_function *write);

/*
 * From now on the authorizer is asked; NULL: nobody is.  0, or -1.  It is told
 * too little by SQLite, which names as WITHIN also a common table expression,
 * and the view whose rows an UPDATE or DELETE is about, for all that stands in
 * its WHERE, FROM and RETURNING.  So no statement has WITH then, and none with
 * UPDATE or DELETE names a table of the file.
 */
int sqlite_authorize(struct db *, sqlite_authorizer *);

/* SQL from a stranger, for the test of the guard; TEXT in POOL. */
int sqlite_try(struct db *, struct pool *, const char *sql, char **text);

#endif
