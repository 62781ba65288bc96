#ifndef LIB_SQL_DRIVER_H
#define LIB_SQL_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sql/db.h"

/*
 * Between db.h and an engine.  What all engines have alike stands above this
 * table (db_rows.c: statements by address, arity; db_transaction.c;
 * db_handle.c: the log); what one does in its own way stands behind it.  Two
 * engines may live in one process: a handle knows its driver.  For the files of
 * lib/sql and an engine's folder only.
 */
#define DB_SLOTS      64 /* of the table of statements */
#define DB_PARAMETERS 24 /* $1 … $24 in one statement */

/*
 * A prepared statement and its reader.  A driver's own begins with it, so that
 * one pointer is both.
 */
struct db_rows {
	struct db *db;
	const char *sql;     /* its name: this address */
	uint32_t parameters; /* bit n: it has $n */
	int n_parameters;    /* how many those are, … */
	int highest;	     /* … and the greatest n */
	int open;	     /* from db_query to db_end */
	int failed;
	struct db_rows *next; /* in the same slot */
};

/* A connection; a driver's own begins with it. */
struct db {
	const struct db_driver *driver;
	char *path;		   /* for the log; owned */
	enum db_error error;	   /* of the last failure */
	int writing;		   /* in a write transaction */
	int step;		   /* … that must stay small */
	int strict;		   /* db_strict */
	int64_t deadline_ms;	   /* db_deadline */
	int64_t before;		   /* db_changes when it began */
	int64_t rested_ms;	   /* db_rest looked for unused statements */
	void (*committed)(void *); /* db_on_commit */
	void *committed_arg;
	struct db_rows nothing; /* answer of a query that failed */
	struct db_rows *slots[DB_SLOTS];
};

/* What the last call that answered -1 ran into. */
struct db_failure {
	enum db_error error;
	char code[12];	    /* the engine's, for whoever looks it up */
	const char *text;   /* the engine's, without what is in rows */
	const char *advice; /* a line more, what to type; or NULL */
	/* this handle never works again: the program ends */
	int lost;
};

/* What a driver counts of rows that statements changed. */
enum db_counter {
	DB_ROWS_LAST, /* by the last statement, without triggers */
	DB_ROWS_ALL,  /* by all so far, with triggers if it can */
	/* no count: the id that the last statement gave to a row that it
	 * inserted, for db_insert; 0 none.  What a view's trigger said is
	 * forgotten. */
	DB_ROWS_MADE,
	DB_ROWS_SEARCH_BEGIN, /* db_strict only: begins to count those … */
	/* … that the search keeps for itself, and ends it; 0 where nobody
	 * can tell */
	DB_ROWS_SEARCH
};

enum db_begin { DB_BEGIN_READ, DB_BEGIN_WRITE };

enum db_level { DB_SAVE, DB_RELEASE, DB_UNDO };

/*
 * Optional, for an engine whose writers wait for one another in a queue, as
 * those of a file do: db_wanted, db_let_others.
 */
struct db_queue {
	int (*wanted)(struct db *);
	void (*let_others)(struct db *, int max_ms);
};

/* Optional, for an engine that keeps a database in files of this machine:
 * db_is_used, db_log_size, db_empty_log, db_rewrite. */
struct db_files {
	int (*is_used)(const char *target, int64_t *pid);
	int64_t (*log_size)(struct db *);
	int (*empty_log)(struct db *);
	int (*rewrite)(struct db *, int64_t max);
};

/* Needed for the inbox only: db_sequence_list and so on. */
struct db_sequences {
	struct db_rows *(*list)(struct db *);
	int (*get)(struct db *, const char *table, int64_t *id);
	int (*raise)(struct db *, const char *table, int64_t id);
};

/* Optional, for an engine that itself knows whom a connection serves: db_guard
 * (0, -1), db_serve. */
struct db_guard {
	int (*guard)(struct db *);
	void (*serve)(struct db *, const struct db_served *);
};

/*
 * What every engine does.  Where nothing else is said: 0, or -1 after db_fail,
 * which asks `fail` why and logs it.  Texts that are handed out are borrowed
 * until the next call on the handle.
 */
struct db_driver {
	const char *name;
	enum db_engine engine;

	/* A handle (db_handle_new), or NULL, and that is logged.  close is the
	 * driver's part of db_close, which has finished all statements; it
	 * frees the handle. */
	struct db *(*open)(const char *target, enum db_mode, int wait_ms);
	void (*close)(struct db *);
	void (*fail)(struct db *, struct db_failure *);
	/* db_shown: owned; or NULL, where a target is a path. */
	char *(*shown)(const char *target);
	/* 1; 0: what this handle sees is not the database any more. */
	int (*is_there)(struct db *);

	/* Several statements in one text: schema files. */
	int (*script)(struct db *, const char *sql);
	/* The schema's, read into *VERSION; with SET *VERSION becomes it. */
	int (*version)(struct db *, int *version, int set);

	/* A statement, owned by the handle until finish, its `parameters`
	 * filled in (db_rows_has); NULL. */
	struct db_rows *(*prepare)(struct db *, const char *sql);
	void (*finish)(struct db_rows *);
	/* ARG: $1 … $highest, one after the other, of which it may have to
	 * leave out some.  What they point to stays until reset. */
	int (*bind)(struct db_rows *, const struct db_arg *arg);
	int (*step)(struct db_rows *);	 /* 1 a row, 0 no more, -1 */
	void (*reset)(struct db_rows *); /* nothing is bound or read */
	/* Column I of the row at hand as WANTED: DB_INT fills i (NULL: 0);
	 * DB_TEXT s, which ends with a NUL; DB_BLOB s and len.  s is NULL where
	 * the column is, and with DB_NULL it is not looked at further: that
	 * only asks, and fills type with DB_NULL or another. */
	void (*column)(
	    struct db_rows *, int i, enum db_type wanted, struct db_arg *);
	int64_t (*count)(struct db *, enum db_counter);

	/* db_deadline: a statement that works then fails. */
	void (*deadline)(struct db *, int64_t at_ms);

	/* A transaction that writes, in turn with others, at most wait_ms
	 * later; or one that reads.  After commit's 0 all is on disk; after -1
	 * rollback follows, which also takes what the engine has rolled back
	 * itself.  One that reads ends by rollback; harmless when none is
	 * open. */
	int (*begin)(struct db *, enum db_begin);
	int (*commit)(struct db *);
	void (*rollback)(struct db *);
	int (*savepoint)(struct db *, enum db_level); /* one at a time */

	/* One that writes in N workspaces, 1 or more; NULL where there is one
	 * writer at a time. */
	int (*begin_workspaces)(struct db *, const int64_t *workspaces, int n);

	/* NULL where the engine has none. */
	const struct db_queue *queue;
	const struct db_files *files;
	const struct db_sequences *sequences;
	const struct db_guard *guard;

	/* db_rest: pages go, and with UNUSED also what statements have that
	 * were not bound since the last such call; or NULL. */
	void (*rest)(struct db *, int unused);
	int (*state)(struct db *, int64_t *state); /* as db_state */
	void (*seal)(struct db *);		   /* db_seal; or NULL */
	/* db_prefetch, of a statement that nobody reads; or NULL. */
	void (*prefetch)(struct db_rows *, const struct db_arg *);
};

/* SIZE bytes, of which struct db is the first part, filled in: owned. */
struct db *db_handle_new(
    const struct db_driver *, size_t size, const char *path);

/* As db_open, by DRIVER. */
struct db *db_open_by(
    const struct db_driver *, const char *target, enum db_mode, int);

/* Notes and logs what the driver has just failed at; answers -1. */
int db_fail(struct db *, const char *what);

/* A driver's prepare: the statement has $N. */
void db_rows_has(struct db_rows *, int n);

/* The engines that db_open may choose from; the second one is not there in a
 * build without libpq. */
extern const struct db_driver sqlite_driver;
extern const struct db_driver pgsql_driver;

#endif
