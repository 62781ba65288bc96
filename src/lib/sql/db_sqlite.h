#ifndef LIB_SQL_DB_SQLITE_H
#define LIB_SQL_DB_SQLITE_H

#include <sys/types.h>

#include <pthread.h>
#include <stdatomic.h>

#include "lib/sql/db.h"

/*
 * What the files of the SQLite driver share; nobody else includes it.
 * db_sqlite.c: connection.  db_rows.c: statements, rows.  db_write.c:
 * transactions, lock.  db_checkpoint.c: the WAL becomes the file.
 * db_authorizer.c: functions and the authorizer of member connections.
 */
#define DB_SLOTS 64		/* of the table of statements */
#define DB_PARAMETERS 24	/* $1 … $24 in one statement */

struct sqlite3;
struct sqlite3_stmt;
struct lock;

/* A prepared statement and its reader. */
struct db_rows {
	struct db	*db;
	const char	*sql;		/* its name: this address */
	struct sqlite3_stmt *stmt;
	int		 place[DB_PARAMETERS + 1]; /* SQLite's number of $n */
	int		 parameters;	/* how many $n it has, … */
	int		 highest;	/* … and the greatest n */
	int		 failed;
	struct db_rows	*next;		/* in the same slot */
};

#define DB_WIDE_PAGE 8192	/* bytes: DB_CREATE_WIDE */

struct db {
	struct sqlite3	*conn;
	char		*path;
	int		 wait_ms;
	dev_t		 dev;		/* of the file that was opened */
	ino_t		 ino;
	struct lock	*lock;		/* NULL: this handle only reads */
	int		 writing;	/* in a write transaction */
	int		 step;		/* … that must stay small */
	int64_t		 before;	/* db_changes when it began */
	int64_t		 of_search;	/* strict: rows of FTS5's own, … */
	int64_t		 search_before;	/* … db_changes before one of them */
	int		 wal_pages;	/* after our last commit */
	struct sqlite3	*pin;		/* db_flush_apart; else NULL */
	int		 stepped;	/* wal_pages when it was pinned */
	int		 file;		/* to be flushed beside; closed after
					 * SQLite's, which would lose its
					 * locks */
	int		 flushing;	/* there is a thread for it */
	pthread_t	 flusher;
	atomic_int	 flushed;	/* 0 not yet, 1, -1 failed */
	int		 running;	/* a statement is being stepped */
	int64_t		 made;		/* db_insert: the id; 0 none */
	enum db_error	 error;
	void		(*committed)(void *);	/* db_on_commit */
	void		*committed_arg;
	db_authorizer	*authorizer;
	struct db_rows	 nothing;	/* answer of a query that failed */
	struct db_rows	*slots[DB_SLOTS];
};

/* Notes and logs what SQLite has just failed at; answers -1. */
int	db_fail(struct db *, const char *what);

/* The writers' lock, in turn: 0; -1, and that nobody gave it within wait_ms is
 * said: a program that waits longer than that is one that a person asks for. */
int	db_lock(struct db *);

/* Before the connection is closed. */
void	db_checkpoint_end(struct db *);

/* From now on SQLite opens no link, pipe or device, and no journal that another
 * user may have written.  Before the first connection. */
void	db_files_guard(void);

/* What is at PATH and beside it are files, or not there; a link to the database
 * itself may be where nobody else writes.  0; -1, said. */
int	db_files_check(const char *path);

/* How DB_LOOK names the file PATH to SQLite, owned (free); NULL: it cannot be
 * looked at, and that is said. */
char	*db_look_name(const char *path);

/* PRAGMA NAME = VALUE: 0, or -1. */
int	db_pragma(struct db *, const char *name, int value);

#endif
