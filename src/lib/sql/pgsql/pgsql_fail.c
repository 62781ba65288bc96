/*
 * What PostgreSQL has failed at, in the words of db.h: by SQLSTATE
 * (postgresql.org/docs, "PostgreSQL Error Codes"), never by its text, which is
 * translated.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

/* A code or the beginning of one; the first that fits counts. */
static const struct {
	const char *code;
	enum db_error error;
} classes[] = {
	/* Another try may succeed: connection, two at once, a server that
	 * ends, starts or only reads. */
	{ "08", DB_BUSY },
	{ "25006", DB_BUSY },
	{ "25P03", DB_BUSY },
	{ "40001", DB_BUSY },
	{ "40P01", DB_BUSY },
	{ "53200", DB_BUSY },
	{ "53300", DB_BUSY },
	{ "55P03", DB_BUSY },
	{ "57014", DB_BUSY },
	{ "57P", DB_BUSY },
	{ "53100", DB_FULL },
	/* What is in the row: the next one may go well. */
	{ "21000", DB_CONSTRAINT },
	{ "22", DB_CONSTRAINT },
	{ "23", DB_CONSTRAINT },
	{ "54", DB_CONSTRAINT },
};

static enum db_error
class_of(const struct pgsql *pg)
{
	if (pg->code[0] == '\0' && pgsql_link_is_lost(pg))
		return DB_BUSY;
	if (pg->db.deadline_ms != 0 && text_is(pg->code, "57014"))
		return DB_DEADLINE;
	/* The transaction failed before, at something that was told. */
	if (text_is(pg->code, "25P02") && pg->first != DB_OK)
		return pg->first;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (text_begins(pg->code, classes[i].code))
			return classes[i].error;
	return DB_BROKEN;
}

static void
note_class(struct pgsql *pg, enum db_error error)
{
	pg->error = error;
	if (pg->begun && pg->first == DB_OK)
		pg->first = error;
	if (text_is(pg->code, "25006") && pg->mode >= DB_WRITE)
		pg->leave = 1;
}

/* What may be typed: our own schema says it where it refuses a database or a
 * role (schema/pgsql/database.sql). */
static void
note_hint(struct pgsql *pg, const PGresult *result)
{
	const char *hint = NULL;

	if (text_is(pg->code, "55000") || text_is(pg->code, "42501"))
		hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	if (hint == NULL && text_is(pg->code, "42501"))
		hint = "this role has not the rights that are needed: Roles in "
		       "docs/postgresql.md";
	snprintf(pg->hint, sizeof(pg->hint), "%s", hint != NULL ? hint : "");
}

int
pgsql_fail_result(struct pgsql *pg, const PGresult *result)
{
	const char *code = NULL, *text = NULL;

	if (result != NULL) {
		code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	}
	if (text == NULL)
		text = PQerrorMessage(pg->conn);
	snprintf(pg->code, sizeof(pg->code), "%s", code != NULL ? code : "");
	note_hint(pg, result);
	/* What is wrong with a value repeats it; the rest names what is
	 * ours. */
	if (text_begins(pg->code, "22"))
		text = "a value is refused";
	snprintf(pg->why, sizeof(pg->why), "%.*s", (int)strcspn(text, "\n"),
	    *text != '\0' ? text : "the connection is lost");
	note_class(pg, class_of(pg));
	return -1;
}

int
pgsql_fail_own(struct pgsql *pg, enum db_error error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(pg->why, sizeof(pg->why), format, args);
	va_end(args);
	pg->code[0] = pg->hint[0] = '\0';
	note_class(pg, error);
	return -1;
}

void
pgsql_fail(struct db *db, struct db_failure *f)
{
	struct pgsql *pg = pgsql_of(db);

	f->error = pg->error;
	snprintf(f->code, sizeof(f->code), "%s",
	    pg->code[0] != '\0' ? pg->code : "none");
	f->text = pg->why;
	if (f->error == DB_FULL)
		f->advice = "the disk of the database's server is full";
	else if (pg->hint[0] != '\0')
		f->advice = pg->hint;
}
