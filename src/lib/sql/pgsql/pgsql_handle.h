#ifndef LIB_SQL_PGSQL_PGSQL_HANDLE_H
#define LIB_SQL_PGSQL_PGSQL_HANDLE_H

#include <libpq-fe.h>

#include "lib/sql/driver.h"

/*
 * What the files of the PostgreSQL driver share; nobody else includes it, but
 * for its tests.
 */
#define PGSQL_HOSTS_MAX 8
#define PGSQL_AHEAD_MAX 256
#define PGSQL_WHY_MAX	512

/* Of pg_type, which never change. */
enum pgsql_type {
	PGSQL_BYTEA = 17,
	PGSQL_BIGINT = 20,
	PGSQL_INT = 23,
	PGSQL_TEXT = 25
};

/* statement_timeout of a transaction. */
enum pgsql_limit {
	PGSQL_LIMIT_NONE, /* nothing was said: as outside */
	PGSQL_LIMIT_ON,
	PGSQL_LIMIT_OFF
};

/* A statement. */
struct pgsql_rows {
	struct db_rows rows; /* first: it is both */
	char name[16];
	const char *text; /* what is prepared: the caller's, or ours */
	char *ours;	  /* that; owned, or NULL */
	int answers_id;	  /* nobody asked for its row: RETURNING id */
	int made_on;	  /* the connection that knows it */
	Oid type[DB_PARAMETERS];
	const char *value[DB_PARAMETERS];
	int len[DB_PARAMETERS];
	uint64_t number[DB_PARAMETERS]; /* what an int's value points to */
	PGresult *answer;		/* all rows; NULL: did not run */
	int at;				/* the row at hand */
	char (*digits)[24]; /* of numbers that are asked for as text */
};

/* A connection, which comes back when it is lost. */
struct pgsql {
	struct db db; /* first: it is both */
	PGconn *conn; /* NULL: lost */
	PQconninfoOption *options;
	int n_hosts;
	int host; /* that answered last */
	enum db_mode mode;
	int wait_ms;   /* for a lock */
	int answer_ms; /* for any answer */
	int made;      /* connections so far */
	int n_prepared;
	int sealed;
	int begun;	  /* in a transaction, also when it was lost */
	int unsettled;	  /* a commit's answer was lost */
	int64_t own_lock; /* key of its own lock */
	int leave;	  /* the server takes no writes: another may */
	int timeout;	  /* statement_timeout is on, outside transactions */
	enum pgsql_limit limit;
	int unsaid;	/* begun, and BEGIN goes with the next statement */
	int64_t end_ms; /* until then ROLLBACK is answered; 0: it was */
	/* db_guard, db_serve: whom it is to serve, a number for that (0:
	 * nobody), and which of those the transaction was told. */
	int guarded;
	char *secret; /* owned; NULL: by numbers */
	int64_t workspace_id, user_id;
	int64_t wanted, n_served, told;
	char code[6]; /* SQLSTATE of the last failure, or "" */
	char why[PGSQL_WHY_MAX];
	char hint[PGSQL_WHY_MAX];  /* what to type; or "" */
	enum db_error error;	   /* its class */
	enum db_error first;	   /* of the first one of this transaction */
	int64_t last;		   /* rows of the last statement that wrote, */
	int64_t all;		   /* … of all */
	int64_t id;		   /* the last that an INSERT answered */
	PGresult *with_id;	   /* tables that have a column "id"; NULL */
	struct pgsql_ahead *ahead; /* PGSQL_AHEAD_MAX at most */
	int n_ahead;
};

static inline struct pgsql *
pgsql_of(struct db *db)
{
	return (struct pgsql *)db;
}

static inline struct pgsql_rows *
pgsql_rows_of(struct db_rows *rows)
{
	return (struct pgsql_rows *)rows;
}

/* ---- pgsql_link.c */

int pgsql_link_is_lost(const struct pgsql *);
void pgsql_link_drop(struct pgsql *);

/* ---- pgsql_fail.c: each notes a failure for db_fail and answers -1. */

/* What the server said in RESULT, or the connection itself (NULL). */
int pgsql_fail_result(struct pgsql *, const PGresult *);
/* What this side says. */
int pgsql_fail_own(struct pgsql *, enum db_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* As db_driver's fail. */
void pgsql_fail(struct db *, struct db_failure *);

/* ---- pgsql_connection.c */

/* Reads TARGET into PG: 0, -1. */
int pgsql_connection_parse(struct pgsql *, const char *target);
/* TARGET as it may stand in a log, without user and password; owned. */
char *pgsql_connection_name(const char *target);
/* There is a connection: 0.  Connects when there is none, but not within a
 * transaction, which is gone then: -1. */
int pgsql_connection_ready(struct pgsql *);

/* ---- pgsql_wait.c: nothing waits but here, and that ends. */

/* The end of a wait for an answer that begins now, EXTRA_MS later. */
int64_t pgsql_wait_until(const struct pgsql *, int extra_ms);
/* Waits for one of EVENTS (poll) of the connection: 0; -1: it is too late. */
int pgsql_wait_socket(PGconn *, short events, int64_t until_ms);
/* The answer to what was just SENT (what a PQsend… answered), the last one if
 * there are several: 0, and *ANSWER (PQclear) unless that is NULL; or -1.  A
 * connection that does not answer in time is dropped. */
int pgsql_wait_answer(
    struct pgsql *, int sent, int64_t until_ms, PGresult **answer);
/* The last N answers to several statements in one message, NULL each that did
 * not come: 0; or -1, when one failed: what came before it is there. */
int pgsql_wait_answers(
    struct pgsql *, int sent, int64_t until_ms, PGresult **answers, int n);
/* Says SQL, a text of the driver's own: as above. */
int pgsql_wait_say(
    struct pgsql *, const char *sql, int extra_ms, PGresult **answer);

/* Says ROLLBACK, and leaves its answer to pgsql_wait_rest: nobody waits for
 * the end of a transaction that reads. */
void pgsql_wait_later(struct pgsql *);
void pgsql_wait_rest(struct pgsql *);

/* ---- pgsql_front.c */

/* On a new connection: what a handle that is guarded wants there.  0, -1. */
int pgsql_front_settle(struct pgsql *);
/* As db_guard's serve. */
void pgsql_front_serve(struct db *, const struct db_served *);
/* Whether something stands in front of the next statement; sends it (then the
 * statement and PQpipelineSync follow: 1, 0); and the server has it. */
int pgsql_front_is_there(const struct pgsql *);
int pgsql_front_send(struct pgsql *);
void pgsql_front_said(struct pgsql *);
/* Where no statement follows, but a text of the driver's: 0, -1. */
int pgsql_front_say(struct pgsql *);
/* BEGIN of a guarded handle, whom it serves, and his lock: 0, -1. */
int pgsql_front_write(struct pgsql *);

/* ---- pgsql_ahead.c */

/* As db_driver's prefetch. */
void pgsql_ahead_ask(struct db_rows *, const struct db_arg *);
/* The answer to R as it is bound, whose it is then; NULL: there is none.  Out
 * of what is to be asked, too. */
PGresult *pgsql_ahead_take(struct pgsql *, const struct pgsql_rows *);
/* Whether some are to be sent; the connection knows them (0, -1); sends them
 * (how many, -1); and their answers came, some NULL. */
int pgsql_ahead_is_there(const struct pgsql *);
int pgsql_ahead_ready(struct pgsql *);
int pgsql_ahead_send(struct pgsql *);
void pgsql_ahead_put(struct pgsql *, PGresult *const *answers);
/* The transaction has ended. */
void pgsql_ahead_forget(struct pgsql *);

/* ---- pgsql_statement.c */

/* The connection knows the statement; the server says what it takes and
 * answers: 0, -1. */
int pgsql_statement_ready(struct pgsql *, struct pgsql_rows *);
int pgsql_statement_describe(struct pgsql *, struct pgsql_rows *);
/* As db_driver's bind. */
int pgsql_statement_bind(struct db_rows *, const struct db_arg *);
/* Sends it with these values: 1, 0. */
int pgsql_statement_send(struct pgsql *, const struct pgsql_rows *,
    const char *const *value, const int *len);

/* ---- pgsql_text.c */

/* Finds the parameters of the statement, and what is prepared of it. */
int pgsql_text_read(struct pgsql *, struct pgsql_rows *);

/* ---- the parts of struct db_driver that are not in pgsql.c */
struct db_rows *pgsql_rows_prepare(struct db *, const char *sql);
void pgsql_rows_finish(struct db_rows *);
int pgsql_rows_step(struct db_rows *);
void pgsql_rows_reset(struct db_rows *);
void pgsql_rows_column(
    struct db_rows *, int, enum db_type wanted, struct db_arg *);
int64_t pgsql_rows_count(struct db *, enum db_counter);

int pgsql_transaction_begin(struct db *, enum db_begin);
int pgsql_transaction_begin_workspaces(
    struct db *, const int64_t *workspaces, int n);
int pgsql_transaction_commit(struct db *);
void pgsql_transaction_rollback(struct db *);
int pgsql_transaction_savepoint(struct db *, enum db_level);
void pgsql_transaction_deadline(struct db *, int64_t at_ms);
/* Behind a statement that failed at its deadline: the transaction goes on. */
void pgsql_transaction_resume(struct pgsql *);

struct db_rows *pgsql_sequence_list(struct db *);
int pgsql_sequence_get(struct db *, const char *table, int64_t *id);
int pgsql_sequence_raise(struct db *, const char *table, int64_t id);

#endif
