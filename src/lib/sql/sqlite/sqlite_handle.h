#ifndef LIB_SQL_SQLITE_SQLITE_HANDLE_H
#define LIB_SQL_SQLITE_SQLITE_HANDLE_H

#include <sys/types.h>

#include <pthread.h>
#include <stdatomic.h>

#include "lib/sql/driver.h"
#include "lib/sql/sqlite.h"

/*
 * What the files of the SQLite driver share; nobody else includes it.
 */
struct sqlite3;
struct sqlite3_file;
struct sqlite3_stmt;
struct lock;
struct pool;

/* A statement. */
struct sqlite_rows {
	struct db_rows rows;	      /* first: it is both */
	struct sqlite3_stmt *stmt;    /* NULL: sqlite_rows_rest took it */
	int is_used;		      /* since then */
	int place[DB_PARAMETERS + 1]; /* SQLite's number of $n */
};

struct sqlite_names { /* sorted */
	char **name;
	size_t n;
};

/* A connection. */
struct sqlite {
	struct db db; /* first: it is both */
	struct sqlite3 *conn;
	int wait_ms;
	dev_t dev; /* of the file that was opened */
	ino_t ino;
	struct lock *lock;     /* NULL: this handle only reads */
	int64_t of_search;     /* strict: rows of FTS5's own, … */
	int64_t search_before; /* … all rows before one of them */
	int wal_pages;	       /* after our last commit */
	/* sqlite_flush_apart; else NULL: */
	struct sqlite3 *pin;
	struct sqlite3 *copier; /* of the thread beside */
	int stepped;		/* wal_pages when it was pinned */
	/* to be flushed beside; closed after SQLite's, which would lose its
	 * locks */
	int file;
	int copying; /* there is a thread for it */
	int flushes; /* which flushes, for so many times; 0 it copies only */
	pthread_t thread;
	atomic_int copied; /* 0 not yet, 1, -1 not flushed */
	int unflushed;	   /* what was copied is to be copied again */
	int running;	   /* a statement is being stepped */
	int64_t state;	   /* db_state, … */
	int64_t version;   /* … SQLite's of what others committed, … */
	int64_t changes;   /* … and what this handle had changed */
	int64_t made;	   /* db_insert: the id; 0 none */
	char *why;	   /* sqlite_fail_why */
	sqlite_authorizer *authorizer;
	struct pool *names;	    /* of the authorizer, or NULL: */
	struct sqlite_names known;  /* struct db_request; … */
	struct sqlite_names tables; /* … and what is in the file */
};

extern const char sqlite_name[]; /* the driver's */

/* For sqlite.h: 0 when DB is another engine's.  And of a handle that must be
 * this one's: another ends the program. */
int sqlite_is(const struct db *);
struct sqlite *sqlite_only(struct db *);

/* Of a handle and a statement that are. */
static inline struct sqlite *
sqlite_of(struct db *db)
{
	return (struct sqlite *)db;
}

static inline struct sqlite_rows *
sqlite_rows_of(struct db_rows *rows)
{
	return (struct sqlite_rows *)rows;
}

/* The parts of struct db_driver that are not in sqlite.c: sqlite_rows.c, … */
struct db_rows *sqlite_rows_prepare(struct db *, const char *sql);
void sqlite_rows_finish(struct db_rows *);
int sqlite_rows_bind(struct db_rows *, const struct db_arg *);
int sqlite_rows_step(struct db_rows *);
void sqlite_rows_reset(struct db_rows *);
void sqlite_rows_deadline(struct db *, int64_t at_ms);
void sqlite_rows_rest(struct db *, int unused);
void sqlite_rows_column(
    struct db_rows *, int, enum db_type wanted, struct db_arg *);

/* sqlite_authorizer.c: 1 when SQL may not be prepared, whatever it touches. */
int sqlite_authorizer_refuses(const struct sqlite *, const char *sql);

/* … and sqlite_transaction.c. */
int64_t sqlite_transaction_count(struct db *, enum db_counter);
int sqlite_transaction_begin(struct db *, enum db_begin);
int sqlite_transaction_commit(struct db *);
void sqlite_transaction_rollback(struct db *);
int sqlite_transaction_savepoint(struct db *, enum db_level);
int sqlite_transaction_state(struct db *, int64_t *state);
int sqlite_transaction_wanted(struct db *);
void sqlite_transaction_let_others(struct db *, int max_ms);

/* The writers' lock, in turn: 0; -1, and that nobody gave it within wait_ms is
 * said: a program that waits longer than that is one that a person asks for. */
int sqlite_transaction_lock(struct sqlite *);

/* As db_driver's fail.  And why a file of the database cannot be opened for HOW
 * (access(2)), which SQLite does not tell: which, whose it is, what to type;
 * borrowed until the next call on the handle. */
void sqlite_fail(struct db *, struct db_failure *);
const char *sqlite_fail_why(struct sqlite *, int how);

/* db_sequence_list and so on. */
struct db_rows *sqlite_sequence_list(struct db *);
int sqlite_sequence_get(struct db *, const char *table, int64_t *id);
int sqlite_sequence_raise(struct db *, const char *table, int64_t id);

/* Bytes in the WAL file, 0 when there is none. */
int64_t sqlite_state_wal(struct db *);

/*
 * 1 when FILE's WAL has an index of a version that is known here.  And from now
 * on no frame of the WAL counts as copied: 1; 0 when it is not known, and
 * nothing is touched; -1 when somebody writes or checkpoints now.  Who calls
 * forget has the writers' lock.
 */
int sqlite_index_is_known(struct sqlite3_file *);
int sqlite_index_forget(struct sqlite3_file *);

/* Before the connection is closed. */
void sqlite_checkpoint_end(struct sqlite *);

/* How DB_LOOK names the file PATH to SQLite, owned (free); NULL: it cannot be
 * looked at, and that is said. */
char *sqlite_state_look(const char *path);

#endif
