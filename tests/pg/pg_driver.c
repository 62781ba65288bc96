/*
 * A driver for PostgreSQL (pg_driver.h).  All rows of an answer are read at
 * once; numbers, texts and blobs pass in their binary form.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/driver.h"

#include "pg_driver.h"

/* Of pg_type, which never change. */
enum { PG_BYTEA = 17, PG_BIGINT = 20, PG_INT = 23, PG_TEXT = 25 };

#define ANSWERS_ID " RETURNING id"

struct pg {
	struct db db;
	PGconn *conn;
	char *refused;	/* why, where not the server says it; owned */
	char code[6];	/* SQLSTATE of the last failure */
	int n_prepared; /* names statements */
	char types[DB_PARAMETERS + 1]; /* of the one that was prepared last */
	int64_t last;		       /* rows of the last statement, */
	int64_t all;		       /* … of all */
	int64_t made;		       /* the last id that an INSERT answered */
};

struct pg_rows {
	struct db_rows rows;
	char name[16];
	Oid type[DB_PARAMETERS];
	int answers_id; /* by us, for db_insert: nobody asked for a row */
	const char *value[DB_PARAMETERS];
	int len[DB_PARAMETERS];
	uint64_t number[DB_PARAMETERS]; /* what an int's value points to */
	PGresult *answer;
	int at; /* the row at hand */
};

static struct pg *
pg_of(struct db *db)
{
	return (struct pg *)db;
}

static struct pg_rows *
pg_rows_of(struct db_rows *r)
{
	return (struct pg_rows *)r;
}

/* What went wrong is kept for db_fail: -1. */
static int
refuse(struct pg *pg, const char *code, const char *why)
{
	snprintf(pg->code, sizeof(pg->code), "%s", code != NULL ? code : "");
	free(pg->refused);
	pg->refused = xstrdup(why != NULL ? why : PQerrorMessage(pg->conn));
	return -1;
}

/* Takes RESULT: 0, or -1. */
static int
look_at(struct pg *pg, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	int rc = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = refuse(pg, PQresultErrorField(result, PG_DIAG_SQLSTATE),
		    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	PQclear(result);
	return rc;
}

static int
say(struct db *db, const char *sql)
{
	struct pg *pg = pg_of(db);

	return look_at(pg, PQexec(pg->conn, sql)) == 0 ? 0 : db_fail(db, sql);
}

/* ------------------------------------------------------------- connection */

static void
pg_close(struct db *db)
{
	struct pg *pg = pg_of(db);

	PQfinish(pg->conn);
	free(pg->refused);
	free(pg);
}

static struct db *
pg_open(const char *target, enum db_mode mode, int wait_ms)
{
	struct pg *pg = pg_of(db_handle_new(&pg_driver, sizeof(*pg), target));
	char wait[64];

	pg->conn = PQconnectdb(target);
	snprintf(wait, sizeof(wait), "SET lock_timeout = %d", wait_ms);
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		refuse(pg, NULL, NULL);
		db_fail(&pg->db, "connecting");
	} else if (say(&pg->db, "SET client_min_messages = warning") == 0 &&
		   say(&pg->db, wait) == 0 &&
		   (mode >= DB_WRITE ||
		       say(&pg->db, "SET default_transaction_read_only = on") ==
			   0))
		return &pg->db;
	db_close(&pg->db);
	return NULL;
}

/* The SQLSTATEs after which another try may succeed. */
static enum db_error
class_of(const struct pg *pg)
{
	static const char *const busy[] = { "08", "40001", "40P01", "55P03",
		"57P", "57014", "25006", "53300", "53200" };

	if (PQstatus(pg->conn) != CONNECTION_OK)
		return DB_BUSY;
	if (pg->db.deadline_ms != 0 && text_is(pg->code, "57014"))
		return DB_DEADLINE;
	for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
		if (text_begins(pg->code, busy[i]))
			return DB_BUSY;
	if (text_is(pg->code, "53100"))
		return DB_FULL;
	if (text_begins(pg->code, "22") || text_begins(pg->code, "23") ||
	    text_is(pg->code, "21000") || text_begins(pg->code, "54"))
		return DB_CONSTRAINT;
	return DB_BROKEN;
}

static void
pg_fail(struct db *db, struct db_failure *f)
{
	struct pg *pg = pg_of(db);

	f->error = class_of(pg);
	f->code = (int)strtol(pg->code, NULL, 36); /* of letters, too */
	f->text = pg->refused;
}

static int
pg_is_there(struct db *db)
{
	return PQstatus(pg_of(db)->conn) == CONNECTION_OK;
}

/* ------------------------------------------------------------- statements */

/* The parameters that SQL has.  PostgreSQL wants a type for a number that is
 * left out among them, as one in a list that statements share may be. */
static void
find_parameters(struct pg_rows *r)
{
	int quoted = 0;

	for (const char *s = r->rows.sql; *s != '\0'; s++) {
		int n = *s == '$' && !quoted ? atoi(s + 1) : 0;

		quoted ^= *s == '\'';
		if (n != 0 &&
		    (n > DB_PARAMETERS || (r->rows.parameters & 1U << n) == 0))
			db_rows_has(&r->rows, n);
	}
	for (int n = 1; n <= r->rows.highest; n++)
		if ((r->rows.parameters & 1U << n) == 0)
			r->type[n - 1] = PG_TEXT;
}

/* What can be bound and read: 0, or -1 and it is said. */
static int
check_types(struct pg *pg, struct pg_rows *r, const PGresult *described)
{
	int rc = 0;
	char why[64];

	for (int i = 0; i < PQnparams(described); i++) {
		r->type[i] = PQparamtype(described, i);
		if (r->type[i] == PG_BIGINT || r->type[i] == PG_TEXT ||
		    r->type[i] == PG_BYTEA)
			continue;
		snprintf(
		    why, sizeof(why), "$%d is of type %u", i + 1, r->type[i]);
		rc = refuse(pg, NULL, why);
	}
	for (int i = 0; i < PQnfields(described); i++) {
		Oid type = PQftype(described, i);

		if (type == PG_BIGINT || type == PG_INT || type == PG_TEXT ||
		    type == PG_BYTEA)
			continue;
		snprintf(why, sizeof(why), "column %d is of type %u", i, type);
		rc = refuse(pg, NULL, why);
	}
	return rc;
}

/* 0, or -1. */
static int
prepare_text(struct pg *pg, struct pg_rows *r, const char *sql)
{
	PGresult *described;
	int rc;

	snprintf(r->name, sizeof(r->name), "s%d", pg->n_prepared++);
	if (look_at(pg, PQprepare(pg->conn, r->name, sql, r->rows.highest,
			    r->type)) == -1)
		return -1;
	described = PQdescribePrepared(pg->conn, r->name);
	rc = PQresultStatus(described) != PGRES_COMMAND_OK
		 ? refuse(pg, NULL, PQresultErrorMessage(described))
		 : check_types(pg, r, described);
	PQclear(described);
	return rc;
}

/* An INSERT that answers nothing is asked for the id, for db_insert; of a table
 * without ids it is as it stands. */
static int
prepare_insert(struct pg *pg, struct pg_rows *r)
{
	struct pool *pool;
	int rc;

	if (!text_begins(r->rows.sql, "INSERT ") ||
	    strstr(r->rows.sql, " RETURNING ") != NULL)
		return -1;
	pool = pool_new();
	say(&pg->db, "SAVEPOINT prepared");
	rc = prepare_text(
	    pg, r, pool_printf(pool, "%s" ANSWERS_ID, r->rows.sql));
	say(&pg->db, rc == 0 ? "RELEASE prepared" : "ROLLBACK TO prepared");
	pool_free(pool);
	r->answers_id = rc == 0;
	return rc;
}

static void
note_types(struct pg *pg, const struct pg_rows *r)
{
	int n;

	for (n = 0; n < r->rows.highest; n++)
		pg->types[n] = (r->rows.parameters & 1U << (n + 1)) == 0 ? '-'
			       : r->type[n] == PG_BIGINT		 ? 'i'
			       : r->type[n] == PG_BYTEA			 ? 'b'
									 : 't';
	pg->types[n] = '\0';
}

const char *
pg_driver_types(struct db *db)
{
	return pg_of(db)->types;
}

static struct db_rows *
pg_prepare(struct db *db, const char *sql)
{
	struct pg *pg = pg_of(db);
	struct pg_rows *r = xcalloc(sizeof(*r));
	int begun = PQtransactionStatus(pg->conn) == PQTRANS_IDLE, rc;

	r->rows.db = db;
	r->rows.sql = sql;
	find_parameters(r);
	if (begun)
		say(db, "BEGIN");
	rc = prepare_insert(pg, r);
	if (rc == -1)
		rc = prepare_text(pg, r, sql);
	if (rc == -1)
		db_fail(db, sql);
	if (begun)
		say(db, "COMMIT");
	if (rc == 0) {
		note_types(pg, r);
		return &r->rows;
	}
	free(r);
	return NULL;
}

static void
pg_reset(struct db_rows *rows)
{
	struct pg_rows *r = pg_rows_of(rows);

	PQclear(r->answer);
	r->answer = NULL;
}

static void
pg_finish(struct db_rows *rows)
{
	pg_reset(rows);
	free(rows);
}

static int
pg_bind(struct db_rows *rows, const struct db_arg *arg)
{
	static const Oid types[] = {
		[DB_INT] = PG_BIGINT, [DB_TEXT] = PG_TEXT, [DB_BLOB] = PG_BYTEA
	};
	struct pg_rows *r = pg_rows_of(rows);

	for (int i = 0; i < rows->highest; i++, arg++) {
		char why[64];

		r->value[i] = NULL;
		if (arg->type == DB_NULL ||
		    (rows->parameters & 1U << (i + 1)) == 0)
			continue;
		if (types[arg->type] != r->type[i]) {
			snprintf(why, sizeof(why), "$%d is %u, bound as %u",
			    i + 1, r->type[i], types[arg->type]);
			refuse(pg_of(rows->db), NULL, why);
			return db_fail(rows->db, rows->sql);
		}
		r->number[i] = htobe64((uint64_t)arg->i);
		r->value[i] = arg->type == DB_INT ? (char *)&r->number[i]
			      : arg->s != NULL	  ? arg->s
						  : "";
		r->len[i] = arg->type == DB_INT ? 8 : (int)arg->len;
	}
	return 0;
}

/* Runs it: 0, or -1. */
static int
execute(struct pg *pg, struct pg_rows *r)
{
	static const int binary[DB_PARAMETERS] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	ExecStatusType status;

	r->answer = PQexecPrepared(
	    pg->conn, r->name, r->rows.highest, r->value, r->len, binary, 1);
	status = PQresultStatus(r->answer);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return refuse(pg,
		    PQresultErrorField(r->answer, PG_DIAG_SQLSTATE),
		    PQresultErrorField(r->answer, PG_DIAG_MESSAGE_PRIMARY));
	r->at = -1;
	pg->last = strtoll(PQcmdTuples(r->answer), NULL, 10);
	if (!text_begins(r->rows.sql, "SELECT "))
		pg->all += pg->last;
	return 0;
}

static int
pg_step(struct db_rows *rows)
{
	struct pg_rows *r = pg_rows_of(rows);
	struct pg *pg = pg_of(rows->db);
	int n;

	if (r->answer == NULL && execute(pg, r) == -1)
		return db_fail(rows->db, rows->sql);
	n = PQntuples(r->answer);
	r->at++;
	if (!r->answers_id)
		return r->at < n;
	if (n > 0) {
		r->at = n - 1;
		pg->made = db_col_int(rows, 0);
	}
	return 0;
}

/* ---------------------------------------------------------------- columns */

static int64_t
int_of(const void *value, size_t len)
{
	uint64_t number;
	uint32_t half;

	if (len == sizeof(half)) {
		memcpy(&half, value, len);
		return (int32_t)be32toh(half);
	}
	if (len != sizeof(number))
		return 0;
	memcpy(&number, value, len);
	return (int64_t)be64toh(number);
}

/* Whatever is wanted: an answer has all of it. */
static void
pg_column(
    struct db_rows *rows, int i, enum db_type wanted, struct db_arg *value)
{
	struct pg_rows *r = pg_rows_of(rows);

	*value = (struct db_arg){ .type = DB_NULL };
	if (PQgetisnull(r->answer, r->at, i))
		return;
	value->type = DB_BLOB;
	value->s = PQgetvalue(r->answer, r->at, i);
	value->len = (size_t)PQgetlength(r->answer, r->at, i);
	if (wanted == DB_INT)
		value->i = int_of(value->s, value->len);
}

/* ----------------------------------------------------------- transactions */

/* The server counts for each statement anew: it is late by one at most. */
static void
pg_deadline(struct db *db, int64_t at_ms)
{
	int64_t left = at_ms - clock_ticks_ms();
	char text[64];

	snprintf(text, sizeof(text), "SET statement_timeout = %d",
	    at_ms == 0 ? 0
	    : left < 1 ? 1
		       : (int)left);
	say(db, text);
}

static int64_t
pg_made(struct pg *pg)
{
	int64_t id = pg->made;

	pg->made = 0;
	return id;
}

static int64_t
pg_count(struct db *db, enum db_counter which)
{
	switch (which) {
	case DB_ROWS_LAST:
		return pg_of(db)->last;
	case DB_ROWS_ALL:
		return pg_of(db)->all;
	case DB_ROWS_MADE:
		return pg_made(pg_of(db));
	default:
		return 0;
	}
}

static int
pg_script(struct db *db, const char *sql)
{
	return say(db, sql);
}

static int
set_version(struct db *db, int version)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "COMMENT ON SCHEMA public IS '%d'", version);
	return say(db, sql);
}

/* In a comment on the schema, where a role needs no table for it. */
static int
pg_version(struct db *db, int *version, int set)
{
	PGresult *r;

	if (set)
		return set_version(db, *version);
	r = PQexec(pg_of(db)->conn,
	    "SELECT obj_description('public'::regnamespace, 'pg_namespace')");
	*version = PQresultStatus(r) == PGRES_TUPLES_OK
		       ? atoi(PQgetvalue(r, 0, 0))
		       : 0;
	return look_at(pg_of(db), r) == 0 ? 0 : db_fail(db, "version");
}

/* The sequence of a table's identity column. */
#define OF_TABLE                                                               \
	" FROM pg_sequences WHERE sequencename = CAST($1 AS TEXT) || "         \
	"'_id_seq'"

static struct db_rows *
pg_list_sequences(struct db *db)
{
	static const char sql[] =
	    "SELECT substr(sequencename, 1, length(sequencename) - 7),"
	    " last_value FROM pg_sequences WHERE last_value IS NOT NULL";

	return db_query(db, sql, DB_NONE);
}

static int
pg_get_sequence(struct db *db, const char *table, int64_t *id)
{
	static const char sql[] =
	    "SELECT last_value" OF_TABLE " AND last_value IS NOT NULL";

	return db_get_int(db, sql, DB_ARGS(db_text(table)), id);
}

static int
pg_raise_sequence(struct db *db, const char *table, int64_t id)
{
	static const char sql[] =
	    "SELECT setval(CAST(quote_ident(sequencename) AS regclass),"
	    " CAST($2 AS BIGINT))" OF_TABLE " AND COALESCE(last_value, 0) < $2";

	return db_run(db, sql, DB_ARGS(db_text(table), db_int(id)));
}

static int
pg_begin(struct db *db, enum db_begin how)
{
	return say(
	    db, how == DB_BEGIN_WRITE
		    ? "BEGIN"
		    : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
}

static int
pg_commit(struct db *db)
{
	return say(db, "COMMIT");
}

static void
pg_rollback(struct db *db)
{
	if (PQtransactionStatus(pg_of(db)->conn) != PQTRANS_IDLE)
		say(db, "ROLLBACK");
}

static int
pg_savepoint(struct db *db, enum db_level what)
{
	if (what == DB_SAVE)
		return say(db, "SAVEPOINT one");
	if (what == DB_UNDO && say(db, "ROLLBACK TO one") == -1)
		return -1;
	return say(db, "RELEASE one");
}

static const struct db_sequences sequences = {
	.list = pg_list_sequences,
	.get = pg_get_sequence,
	.raise = pg_raise_sequence,
};

const struct db_driver pg_driver = {
	.name = "PostgreSQL",
	.open = pg_open,
	.close = pg_close,
	.fail = pg_fail,
	.is_there = pg_is_there,
	.script = pg_script,
	.version = pg_version,
	.prepare = pg_prepare,
	.finish = pg_finish,
	.bind = pg_bind,
	.step = pg_step,
	.reset = pg_reset,
	.column = pg_column,
	.count = pg_count,
	.deadline = pg_deadline,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.savepoint = pg_savepoint,
	.sequences = &sequences,
};
