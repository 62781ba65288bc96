/*
 * Statements of the PostgreSQL driver, before they are asked.  Numbers, texts
 * and blobs pass in their binary form, and what a statement takes and answers
 * is described by the server when it is prepared: what would be read wrongly is
 * refused then.
 */
#include <endian.h>
#include <string.h>

#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

/* PostgreSQL takes less than 1 GiB in one value, and all of a statement's. */
#define VALUE_MAX (256 << 20)

/* ---------------------------------------------------------------- prepare */

/* What can be bound and read: 0, or -1. */
static int
check_types(struct pgsql *pg, struct pgsql_rows *r, const PGresult *described)
{
	for (int i = 0; i < PQnparams(described); i++) {
		r->type[i] = PQparamtype(described, i);
		if (r->type[i] != PGSQL_BIGINT && r->type[i] != PGSQL_TEXT &&
		    r->type[i] != PGSQL_BYTEA)
			return pgsql_fail_own(pg, DB_BROKEN,
			    "$%d is of type %u", i + 1, r->type[i]);
	}
	for (int i = 0; i < PQnfields(described); i++) {
		Oid type = PQftype(described, i);

		if (type != PGSQL_BIGINT && type != PGSQL_INT &&
		    type != PGSQL_TEXT && type != PGSQL_BYTEA)
			return pgsql_fail_own(
			    pg, DB_BROKEN, "column %d is of type %u", i, type);
	}
	return 0;
}

int
pgsql_statement_ready(struct pgsql *pg, struct pgsql_rows *r)
{
	if (r->made_on == pg->made)
		return 0;
	if (pgsql_wait_answer(pg,
		PQsendPrepare(
		    pg->conn, r->name, r->text, r->rows.highest, r->type),
		pgsql_wait_until(pg, 0), NULL) == -1)
		return -1;
	r->made_on = pg->made;
	return 0;
}

int
pgsql_statement_describe(struct pgsql *pg, struct pgsql_rows *r)
{
	PGresult *described = NULL;
	int rc;

	if (pgsql_wait_answer(pg, PQsendDescribePrepared(pg->conn, r->name),
		pgsql_wait_until(pg, 0), &described) == -1)
		return -1;
	rc = check_types(pg, r, described);
	PQclear(described);
	return rc;
}

/* ------------------------------------------------------------------- bind */

static const char *
type_name(Oid type)
{
	return type == PGSQL_BIGINT ? "a number"
	       : type == PGSQL_TEXT ? "a text"
				    : "a blob";
}

/* What the server would refuse, or not store as it is: -1.  It stands in the
 * message, so the next one may go well. */
static int
check_value(struct pgsql *pg, int i, Oid type, const struct db_arg *arg)
{
	if (arg->len > VALUE_MAX)
		return pgsql_fail_own(pg, DB_CONSTRAINT,
		    "$%d is longer than %d bytes", i + 1, VALUE_MAX);
	if (type != PGSQL_TEXT || arg->s == NULL)
		return 0;
	if (memchr(arg->s, '\0', arg->len) != NULL)
		return pgsql_fail_own(
		    pg, DB_CONSTRAINT, "$%d is a text with a NUL", i + 1);
	if (!text_is_utf8(arg->s, arg->len))
		return pgsql_fail_own(
		    pg, DB_CONSTRAINT, "$%d is no UTF-8", i + 1);
	return 0;
}

static int
bind_value(struct pgsql_rows *r, int i, const struct db_arg *arg)
{
	static const Oid types[] = { [DB_INT] = PGSQL_BIGINT,
		[DB_TEXT] = PGSQL_TEXT,
		[DB_BLOB] = PGSQL_BYTEA };
	struct pgsql *pg = pgsql_of(r->rows.db);

	if (types[arg->type] != r->type[i])
		return pgsql_fail_own(pg, DB_BROKEN, "$%d is %s, bound is %s",
		    i + 1, type_name(r->type[i]), type_name(types[arg->type]));
	if (arg->type == DB_INT) {
		r->number[i] = htobe64((uint64_t)arg->i);
		r->value[i] = (const char *)&r->number[i];
		r->len[i] = (int)sizeof(r->number[i]);
		return 0;
	}
	r->value[i] = arg->s != NULL ? arg->s : "";
	r->len[i] = (int)arg->len;
	return check_value(pg, i, r->type[i], arg);
}

int
pgsql_statement_bind(struct db_rows *rows, const struct db_arg *arg)
{
	struct pgsql_rows *r = pgsql_rows_of(rows);

	for (int i = 0; i < rows->highest; i++, arg++) {
		r->value[i] = NULL;
		if (arg->type == DB_NULL ||
		    (rows->parameters & 1U << (i + 1)) == 0)
			continue;
		if (bind_value(r, i, arg) == -1)
			return db_fail(rows->db, rows->sql);
	}
	return 0;
}

int
pgsql_statement_send(struct pgsql *pg, const struct pgsql_rows *r,
    const char *const *value, const int *len)
{
	static const int binary[DB_PARAMETERS] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

	return PQsendQueryPrepared(
	    pg->conn, r->name, r->rows.highest, value, len, binary, 1);
}
