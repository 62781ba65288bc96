/*
 * Rows of the PostgreSQL driver: a statement is asked, and read.  All rows of
 * an answer are here at once: another statement may run while they are read.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

static int
prepare_once(struct pgsql *pg, struct pgsql_rows *r)
{
	if (pgsql_connection_ready(pg) == -1 || pgsql_text_read(pg, r) == -1 ||
	    pgsql_statement_ready(pg, r) == -1)
		return -1;
	return pgsql_statement_describe(pg, r);
}

/* A connection that was cut while nobody used it is no failure of what reads
 * or writes nothing yet: it is asked once more, on a new one. */
static int
may_ask_again(const struct pgsql *pg, int had_one)
{
	return had_one && (!pg->begun || pg->unsaid) && pg->error == DB_BUSY &&
	       pgsql_link_is_lost(pg);
}

struct db_rows *
pgsql_rows_prepare(struct db *db, const char *sql)
{
	struct pgsql *pg = pgsql_of(db);
	struct pgsql_rows *r = xcalloc(sizeof(*r));
	int had_one = !pgsql_link_is_lost(pg), rc;

	r->rows.db = db;
	r->rows.sql = sql;
	snprintf(r->name, sizeof(r->name), "s%d", pg->n_prepared++);
	if (pg->sealed)
		rc = pgsql_fail_own(pg, DB_BROKEN,
		    "the statement was not there when the program started");
	else if ((rc = prepare_once(pg, r)) == -1 && may_ask_again(pg, had_one))
		rc = prepare_once(pg, r);
	if (rc == 0)
		return &r->rows;
	db_fail(db, sql);
	pgsql_rows_finish(&r->rows);
	return NULL;
}

void
pgsql_rows_finish(struct db_rows *rows)
{
	pgsql_rows_reset(rows);
	free(pgsql_rows_of(rows)->ours);
	free(rows);
}

/* ------------------------------------------------------------------- step */

/* SELECT and so on change nothing, and VALUES neither. */
static void
count_rows(struct pgsql *pg, PGresult *answer)
{
	const char *command = PQcmdStatus(answer);

	if (!text_begins(command, "INSERT") &&
	    !text_begins(command, "UPDATE") && !text_begins(command, "DELETE"))
		return;
	pg->last = strtoll(PQcmdTuples(answer), NULL, 10);
	pg->all += pg->last;
}

/* With what was asked for in advance.  When that fails the statement itself may
 * have its answer all the same. */
static int
ask(struct pgsql *pg, struct pgsql_rows *r)
{
	PGresult *answers[1 + PGSQL_AHEAD_MAX];
	int front, ahead = 0, n, sent, rc;
	int64_t until;

	if (pgsql_connection_ready(pg) == -1 ||
	    pgsql_statement_ready(pg, r) == -1 || pgsql_ahead_ready(pg) == -1)
		return -1;
	front = pgsql_front_is_there(pg) || pgsql_ahead_is_there(pg);
	until = pgsql_wait_until(pg, 0);
	sent = (!front || pgsql_front_send(pg)) &&
	       pgsql_statement_send(pg, r, r->value, r->len) &&
	       (ahead = pgsql_ahead_send(pg)) != -1 &&
	       (!front || PQpipelineSync(pg->conn));
	n = 1 + (ahead > 0 ? ahead : 0);
	rc = pgsql_wait_answers(pg, sent, until, answers, n);
	if (pgsql_link_is_lost(pg)) {
		for (int i = 0; i < n; i++)
			PQclear(answers[i]);
		return -1;
	}
	r->answer = answers[0];
	/* What stands in front was said, whatever became of the statement. */
	if (front)
		pgsql_front_said(pg);
	if (ahead > 0)
		pgsql_ahead_put(pg, answers + 1);
	return rc;
}

/* At the end of its time the transaction goes on, and so does what had its
 * answer before. */
static int
note_failure(struct pgsql *pg, struct pgsql_rows *r)
{
	pgsql_transaction_resume(pg);
	if (r->answer != NULL && pg->begun && pg->first == DB_OK)
		return 0;
	PQclear(r->answer);
	r->answer = NULL;
	return -1;
}

static int
execute(struct pgsql *pg, struct pgsql_rows *r)
{
	int had_one = !pgsql_link_is_lost(pg), rc;

	r->at = -1;
	r->answer = pgsql_ahead_take(pg, r);
	if (r->answer != NULL)
		return 0;
	rc = ask(pg, r);
	if (rc == -1 && may_ask_again(pg, had_one) &&
	    text_begins(r->text, "SELECT "))
		rc = ask(pg, r);
	if (rc == -1 && note_failure(pg, r) == -1)
		return -1;
	count_rows(pg, r->answer);
	return 0;
}

static int64_t
number_of(const char *value, int len)
{
	uint64_t number;
	uint32_t half;

	if (len == (int)sizeof(half)) {
		memcpy(&half, value, sizeof(half));
		return (int32_t)be32toh(half);
	}
	memcpy(&number, value, sizeof(number));
	return (int64_t)be64toh(number);
}

int
pgsql_rows_step(struct db_rows *rows)
{
	struct pgsql_rows *r = pgsql_rows_of(rows);
	struct pgsql *pg = pgsql_of(rows->db);
	int n;

	if (r->answer == NULL && execute(pg, r) == -1)
		return db_fail(rows->db, rows->sql);
	n = PQntuples(r->answer);
	/* Rows that nobody asked for: pgsql_text.c. */
	if (r->answers_id) {
		/* Of a view a trigger says it, or not. */
		if (n > 0 && !PQgetisnull(r->answer, n - 1, 0))
			pg->id = number_of(PQgetvalue(r->answer, n - 1, 0),
			    PQgetlength(r->answer, n - 1, 0));
		return 0;
	}
	return ++r->at < n;
}

void
pgsql_rows_reset(struct db_rows *rows)
{
	struct pgsql_rows *r = pgsql_rows_of(rows);

	PQclear(r->answer);
	r->answer = NULL;
	free(r->digits);
	r->digits = NULL;
}

/* ---------------------------------------------------------------- columns */

/* A number, as text; borrowed until the next row. */
static const char *
digits_of(struct pgsql_rows *r, int i, int64_t number)
{
	size_t n = (size_t)PQnfields(r->answer);

	if (r->digits == NULL)
		r->digits = xcalloc(n * sizeof(*r->digits));
	snprintf(r->digits[i], sizeof(*r->digits), "%lld", (long long)number);
	return r->digits[i];
}

void
pgsql_rows_column(
    struct db_rows *rows, int i, enum db_type wanted, struct db_arg *value)
{
	struct pgsql_rows *r = pgsql_rows_of(rows);
	Oid type = PQftype(r->answer, i);

	*value = (struct db_arg){ .type = DB_NULL };
	if (PQgetisnull(r->answer, r->at, i))
		return;
	value->type = DB_BLOB;
	value->s = PQgetvalue(r->answer, r->at, i);
	value->len = (size_t)PQgetlength(r->answer, r->at, i);
	if (type == PGSQL_BIGINT || type == PGSQL_INT) {
		value->i = number_of(value->s, (int)value->len);
		if (wanted == DB_INT)
			return;
		value->s = digits_of(r, i, value->i);
		value->len = strlen(value->s);
	} else if (wanted == DB_INT)
		value->i = strtoll(value->s, NULL, 10);
}

int64_t
pgsql_rows_count(struct db *db, enum db_counter which)
{
	struct pgsql *pg = pgsql_of(db);
	int64_t id = pg->id;

	switch (which) {
	case DB_ROWS_LAST:
		return pg->last;
	case DB_ROWS_ALL:
		return pg->all;
	case DB_ROWS_MADE:
		pg->id = 0;
		return id;
	default:
		return 0;
	}
}
