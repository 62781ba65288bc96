#ifndef LIB_SQL_DB_H
#define LIB_SQL_DB_H

#include <stddef.h>
#include <stdint.h>

/*
 * The door to the database.  One handle is one connection and belongs to one
 * thread at a time.  Statements are the string constants of a module's table:
 * db_prepare() at the start, and from then on they are named by their text's
 * address.  Parameters are $1 … $n.  Errors are said in the log here, once.
 */
struct db;
struct pool;

enum db_mode {
	DB_LOOK,  /* reads only, and nobody can tell: see below */
	DB_READ,  /* reads only; the file must be there */
	DB_WRITE, /* reads and writes; the file must be there */
	DB_CREATE /* made when it is not there */
};

/* What the last failed call ran into. */
enum db_error {
	DB_OK,
	DB_BUSY,       /* somebody else writes, for too long */
	DB_FULL,       /* no space, or a file cannot grow */
	DB_CONSTRAINT, /* the row breaks a rule of the schema */
	DB_DEADLINE,   /* db_deadline */
	DB_INDEX,      /* an index of the search is damaged, the rest is not */
	DB_BROKEN      /* I/O error, damaged file, anything else */
};

/*
 * Opens the database TARGET: a path is a file of SQLite, by the rules of
 * lib/sql/sqlite; what begins with postgresql:// is a database of PostgreSQL
 * (lib/sql/pgsql).  WAIT_MS bounds how long a writer waits for others.  NULL:
 * not opened, said in the log, with the command that makes it when there is
 * none.
 *
 * DB_LOOK is for looking at what may be broken, as any user: it makes and
 * changes no file, neither the database nor those beside it (-wal, -shm,
 * the lock).  While programs run it sees what they commit; when none does, what
 * the file and its WAL hold.  A WAL that is there without its -shm cannot be
 * read so: NULL.
 */
struct db *db_open(const char *target, enum db_mode, int wait_ms);
void db_close(struct db *); /* NULL is harmless */

/* TARGET is a database of PostgreSQL, and no file. */
int db_is_pgsql(const char *target);

/* TARGET as people and logs may see it: a path as it is, of an address its
 * hosts and the database's name, without user and password; in POOL. */
const char *db_shown(struct pool *, const char *target);

/*
 * Which engine a handle has, for the few modules with statements that no text
 * says to both: those stand in x_sqlite.c and x_pgsql.c, in lists that are
 * prepared on one of them only (statements.h).
 */
enum db_engine { DB_ANY, DB_SQLITE, DB_PGSQL };

enum db_engine db_engine(struct db *);

/*
 * Prepares N statements of SQL: 0, or -1 when one does not fit the schema.
 * Parameters other than $1 to $24 end the program.
 */
int db_prepare(struct db *, const char *const *sql, size_t n);

/*
 * Nothing is asked for at the moment, at NOW_MS (clock_ticks_ms): gives memory
 * back.  Pages that are kept go; statements that were not used for
 * DB_UNUSED_MS, too, and at the first call all that were not used yet.  They
 * are prepared again when they are asked for, which takes some milliseconds.
 * Outside transactions, with no reader open.
 */
#define DB_UNUSED_MS 600000

void db_rest(struct db *, int64_t now_ms);

/*
 * Arguments: db_run(db, sql[PUT], DB_ARGS(db_int(7), db_text("x"))) for $1 and
 * $2.  A statement takes exactly as many as it has parameters: another number
 * of them, or a number left out among the parameters, is a mistake of whoever
 * wrote it and ends the program (EX_SOFTWARE), as a bind that is left out
 * would otherwise be NULL in silence.  Statements that share one list of
 * arguments, of which each uses what it needs, say so: DB_SHARED_ARGS.  They
 * may leave some out, but name none that is not in the list.
 */
enum db_type { DB_END, DB_END_SHARED, DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

struct db_arg {
	enum db_type type;
	int64_t i;
	const void *s; /* borrowed until the statement ends */
	size_t len;
};

#define DB_ARGS(...)                                                           \
	((const struct db_arg[]){ __VA_ARGS__, { DB_END, 0, NULL, 0 } })
#define DB_SHARED_ARGS(...)                                                    \
	((const struct db_arg[]){ __VA_ARGS__, { DB_END_SHARED, 0, NULL, 0 } })
#define DB_NONE ((const struct db_arg[]){ { DB_END, 0, NULL, 0 } })

struct db_arg db_int(int64_t);
struct db_arg db_id(int64_t);	     /* 0 is NULL */
struct db_arg db_text(const char *); /* NULL is NULL */
struct db_arg db_blob(const void *, size_t);
struct db_arg db_null(void);

/*
 * "INSERT " DB_NO_UNDO " INTO …": whoever runs it rolls the transaction, or a
 * savepoint, back when it fails.  An engine that would keep what it needs to
 * undo one statement alone need not: until then what a statement that failed
 * has done stands.  SQLite keeps a copy of each page for it, of all that
 * triggers change, too, unless one of them calls a function or says ON
 * CONFLICT DO UPDATE.
 */
#define DB_NO_UNDO "/* no undo */"

/* Runs a statement that answers no rows: 0, or -1. */
int db_run(struct db *, const char *sql, const struct db_arg *);

/* How many rows the last db_run changed; and all statements of this handle so
 * far, with their triggers where the engine counts those. */
int64_t db_changed(struct db *);
int64_t db_changes(struct db *);

/*
 * Rows: r = db_query(…); while ((rc = db_next(r)) == 1) …; db_end(r).
 * db_next answers 1 (a row), 0 (no more) or -1.  A statement has one reader
 * at a time.  db_query never answers NULL; a failure shows in db_next.
 */
struct db_rows;

struct db_rows *db_query(struct db *, const char *sql, const struct db_arg *);
int db_next(struct db_rows *);
void db_end(struct db_rows *); /* NULL is harmless */

/* Columns of the row at hand, from 0; text is borrowed until db_next. */
int64_t db_col_int(struct db_rows *, int);		 /* NULL is 0 */
const char *db_col_text(struct db_rows *, int);		 /* NULL is NULL */
char *db_col_copy(struct db_rows *, struct pool *, int); /* in POOL */
const void *db_col_blob(struct db_rows *, int, size_t *len);
int db_col_is_null(struct db_rows *, int);

/*
 * In a transaction that reads: a SELECT that is about to be asked, with these
 * arguments.  An engine where each statement is a way to another process sends
 * those behind the next db_query, in the same message, and keeps the answers
 * until the transaction ends, each for one db_query: who knows early what it
 * will ask waits once.  Nothing elsewhere.  It is a hint: db_query follows or
 * not, fails or not, and answers the same.
 */
void db_prefetch(struct db *, const char *sql, const struct db_arg *);

/* The first column of the only row, a number: 1, 0 (no row) or -1. */
int db_get_int(struct db *, const char *sql, const struct db_arg *, int64_t *);

/* The first column of at most MAX rows, numbers: how many, or -1. */
int db_get_ints(struct db *, const char *sql, const struct db_arg *,
    int64_t *values, int max);

/*
 * From AT_MS on (clock_ticks_ms; 0: never) statements of this handle end: those
 * that run, some milliseconds later, and those that begin.  They fail with
 * DB_DEADLINE, which is not logged, and the handle goes on.  For statements
 * that read, in no write transaction.
 */
void db_deadline(struct db *, int64_t at_ms);

/*
 * Ends the program when the database is not the one any more that was opened
 * (another file, or none, stands at the path): what this handle sees and writes
 * nobody else does.  Started again it opens the new one.  db_begin looks by
 * itself; who only reads asks now and then.
 */
void db_check(struct db *);

/*
 * A write transaction, in turn with all other writers: 0, or -1 (DB_BUSY after
 * wait_ms).  db_commit: 0 means on disk; -1 means nothing of it is there, but
 * where the engine is reached over a connection that was lost meanwhile, which
 * the log says: then it may be there, whole, and what this handle reads from
 * then on tells.
 */
int db_begin(struct db *);
/* The same for a transaction that writes in these N workspaces only, each once
 * and ascending: an engine that can lets others write elsewhere meanwhile.  N 0
 * or above DB_WORKSPACES_MAX: as db_begin.  It may write elsewhere all the
 * same, and be refused with DB_BUSY then, when two wait for each other. */
#define DB_WORKSPACES_MAX 200

int db_begin_workspaces(struct db *, const int64_t *workspaces, int n);
/* Does that make a difference here? */
int db_has_workspaces(struct db *);
int db_commit(struct db *);
void db_rollback(struct db *); /* harmless when none is open */

/* 1 when somebody waits to begin one; and lets them, before the next one.  0
 * and nothing where the engine's writers do not wait for one another. */
int db_wanted(struct db *);
void db_let_others(struct db *, int max_ms);

/*
 * A write transaction that must stay small, so that nobody waits long behind
 * it: a step.  At most DB_STEP_MAX rows are inserted, changed and deleted,
 * those of triggers included.  db_written counts what the open write
 * transaction has done so far, and also the rows in which the search keeps its
 * words: who has much to do ends the step well before DB_STEP_MAX.  A step that
 * is larger is a fault of the program: after db_strict (tests) it ends there,
 * without the search's rows, which it merges when it likes; else the log says
 * it when it is far too large, and all is on disk.
 */
#define DB_STEP_MAX 1000

int db_begin_step(struct db *);
int64_t db_written(struct db *);
void db_strict(struct db *);

/* A read transaction: several statements see one state. */
int db_begin_read(struct db *);
void db_end_read(struct db *);

/*
 * A number for what this handle sees, in a transaction that reads: it is
 * another one, and none that was before, once anybody has committed anything,
 * by this handle, in this process or elsewhere.  1; 0 when the engine cannot
 * tell; -1.
 */
int db_state(struct db *, int64_t *state);

/* After each write transaction that is on disk, CALL(arg); NULL: nothing. */
void db_on_commit(struct db *, void (*call)(void *arg), void *arg);

/* One level inside a write transaction. */
int db_savepoint(struct db *);
int db_release(struct db *);
void db_rollback_savepoint(struct db *);

enum db_error db_error(struct db *); /* of the last failure */

/*
 * An INSERT of one row into a table whose key is "id": 1 and *ID, 0 when it
 * made none (ON CONFLICT DO NOTHING), -1.  Of a view only its INSTEAD OF
 * trigger knows which row it made, and says it by the function of
 * sqlite_define_made.
 */
int db_insert(struct db *, const char *sql, const struct db_arg *, int64_t *id);

/*
 * For a handle that serves members, on an engine that itself shows a connection
 * no rows but those of whom it serves (PostgreSQL, row level security); another
 * one ends the program.  db_guard comes before statements are prepared: 0, -1.
 *
 * db_serve says whom, from the next statement on, also within a transaction: a
 * member by a SECRET, a text of which only the database knows whom it lets in;
 * or, of a role that works for all, a workspace as USER_ID or nobody (0).
 * Neither: nobody, and no row is seen.  Copied.  And a transaction that writes
 * takes turns with those of the same workspace only.
 */
struct db_served {
	const char *secret;
	int64_t workspace_id, user_id;
};

int db_guard(struct db *);
void db_serve(struct db *, const struct db_served *);

/*
 * All statements are prepared: from here on an engine that is reached over a
 * connection is told no other SQL, whoever asks.  For SQLite, a member's
 * session has its authorizer.
 */
void db_seal(struct db *);

/* Runs SQL text of several statements (schema files only): 0, or -1. */
int db_script(struct db *, const char *sql);

/* Bytes in the log beside the database (SQLite's WAL), 0 when there is none. */
int64_t db_log_size(struct db *);

/*
 * What was deleted leaves the files, too.  A row's bytes are overwritten when
 * it is deleted, but older versions of its page are in the log: db_empty_log
 * copies all of that into the database, 1; 0 when a reader keeps it from that,
 * -1.  And an engine may have left a copy in a part of the file that it does
 * not use: db_rewrite writes the whole file anew when it has at most MAX bytes,
 * while all other writers wait: 1; 0 it is larger; -1.  Outside transactions,
 * with no reader open on this handle.  1 and nothing where there are no such
 * files.
 */
int db_empty_log(struct db *);
int db_rewrite(struct db *, int64_t max);

/* 1 when another process has the database TARGET open, and *PID may say which
 * (0: not known); 0; -1.  Not while this process has it open. */
int db_is_used(const char *target, int64_t *pid);

/*
 * The highest id that each table has ever given: rows of a table's name and
 * that id, as db_query; one table's: 1, 0 it has given none, -1.  And in the
 * caller's transaction: TABLE gives no id up to ID any more; nothing when there
 * is no such table; 0, or -1.  For inbox/node, which raises them in a copy that
 * is older than what clients have seen.
 */
struct db_rows *db_sequence_list(struct db *);
int db_sequence_get(struct db *, const char *table, int64_t *id);
int db_sequence_raise(struct db *, const char *table, int64_t id);

/* The version of the schema, and setting it. */
int db_version(struct db *, int *);
int db_set_version(struct db *, int);
/* 0 when it is OURS; -1, and the log names both and the command that helps. */
int db_expect_version(struct db *, int ours);

#endif
