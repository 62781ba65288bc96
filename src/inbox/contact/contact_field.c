/*
 * Own fields of contacts, for members.  A value is a row of its own, which the
 * processor never writes: a delivery costs what it costs without fields.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/contact_field.h"

enum {
	ONE,
	FIND,
	LIST,
	COUNT,
	ADD,
	CHANGE,
	DELETE,
	VALUES,
	TOUCH_PUT,
	TOUCH_TAKE,
	PUT,
	TAKE,
	HAS,
	N_SQL
};

#define SHOWN                                                                  \
	"SELECT f.id, f.key, f.label, f.type, f.choices, f.created_at,"        \
	" f.updated_at FROM my_contact_fields f "

static const char *const contact_field_sql[N_SQL] = {
	[ONE] = SHOWN "WHERE f.id = $1",
	[FIND] = SHOWN "WHERE f.key = $1",
	[LIST] = SHOWN "WHERE f.key > '' ORDER BY f.key LIMIT $1",
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_contact_fields"
		  " WHERE key > '' LIMIT $1) AS my_rows",
	[ADD] = "INSERT INTO my_contact_fields(key, label, type, choices,"
		" created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
	[CHANGE] = "UPDATE my_contact_fields SET label = $2, choices = $3,"
		   " updated_at = $4 WHERE id = $1 AND (label <> $2"
		   " OR COALESCE(choices, '') <> COALESCE($3, ''))",
	[DELETE] = "DELETE FROM my_contact_fields WHERE id = $1",
	/* Of a field that is gone a job may not have taken all yet. */
	[VALUES] = "SELECT v.field_id, f.key, f.type, v.value"
		   " FROM my_contact_values v CROSS JOIN my_contact_fields f"
		   " WHERE v.contact_id = $1 AND f.id = v.field_id"
		   " ORDER BY v.field_id LIMIT $2",
	[TOUCH_PUT] = "UPDATE my_contacts SET updated_at = $4 WHERE id = $1"
		      " AND NOT EXISTS (SELECT 1 FROM my_contact_values v"
		      "  WHERE v.contact_id = $1 AND v.field_id = $2"
		      "  AND v.value = $3)",
	[TOUCH_TAKE] = "UPDATE my_contacts SET updated_at = $3 WHERE id = $1"
		       " AND EXISTS (SELECT 1 FROM my_contact_values v"
		       "  WHERE v.contact_id = $1 AND v.field_id = $2)",
	[PUT] = "INSERT INTO my_contact_values(contact_id, field_id, value)"
		" VALUES ($1, $2, $3)",
	[TAKE] = "DELETE FROM my_contact_values"
		 " WHERE contact_id = $1 AND field_id = $2",
	[HAS] = "SELECT 1 FROM my_contact_values"
		" WHERE contact_id = $1 AND field_id = $2",
};

const struct statements contact_field_statements = {
	.sql = contact_field_sql,
	.n = N_SQL,
};

static void
read_definition(
    struct db_rows *r, struct pool *pool, struct contact_field *field)
{
	*field = (struct contact_field){
		.id = db_col_int(r, 0),
		.key = db_col_copy(r, pool, 1),
		.label = db_col_copy(r, pool, 2),
		.type = db_col_copy(r, pool, 3),
		.choices = db_col_copy(r, pool, 4),
		.created_at = db_col_int(r, 5),
		.updated_at = db_col_int(r, 6),
	};
}

static int
read_one_definition(
    struct db_rows *r, struct pool *pool, struct contact_field *field)
{
	int rc = db_next(r);

	if (rc == 1)
		read_definition(r, pool, field);
	db_end(r);
	return rc;
}

int
contact_field_get(struct session *s, struct pool *pool, int64_t id,
    struct contact_field *field)
{
	return read_one_definition(
	    db_query(
		session_db(s), contact_field_sql[ONE], DB_ARGS(db_int(id))),
	    pool, field);
}

int
contact_field_find(struct session *s, struct pool *pool, const char *key,
    struct contact_field *field)
{
	return read_one_definition(
	    db_query(
		session_db(s), contact_field_sql[FIND], DB_ARGS(db_text(key))),
	    pool, field);
}

int
contact_field_list(
    struct session *s, struct pool *pool, struct contact_field *fields)
{
	struct db_rows *r = db_query(session_db(s), contact_field_sql[LIST],
	    DB_ARGS(db_int(CONTACT_FIELDS_MAX)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < CONTACT_FIELDS_MAX)
		read_definition(r, pool, &fields[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
contact_field_add(struct session *s, const struct contact_field *field,
    int64_t now, int64_t *id)
{
	int64_t n = 0;

	if (db_get_int(session_db(s), contact_field_sql[COUNT],
		DB_ARGS(db_int(CONTACT_FIELDS_MAX)), &n) == -1)
		return -1;
	if (n == CONTACT_FIELDS_MAX)
		return 0;
	return db_insert(session_db(s), contact_field_sql[ADD],
		   DB_ARGS(db_text(field->key), db_text(field->label),
		       db_text(field->type), db_text(field->choices),
		       db_int(now)),
		   id) == 1
		   ? 1
		   : -1;
}

int
contact_field_change(
    struct session *s, const struct contact_field *field, int64_t now)
{
	return db_run(session_db(s), contact_field_sql[CHANGE],
	    DB_ARGS(db_int(field->id), db_text(field->label),
		db_text(field->choices), db_int(now)));
}

int
contact_field_delete(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), contact_field_sql[DELETE], DB_ARGS(db_int(id)));
}

void
contact_field_prefetch(struct session *s, int64_t id)
{
	db_prefetch(session_db(s), contact_field_sql[VALUES],
	    DB_ARGS(db_int(id), db_int(CONTACT_FIELDS_MAX)));
}

int
contact_field_values(struct session *s, struct pool *pool, int64_t id,
    const struct contact_value **values)
{
	struct db_rows *r = db_query(session_db(s), contact_field_sql[VALUES],
	    DB_ARGS(db_int(id), db_int(CONTACT_FIELDS_MAX)));
	struct contact_value *v = NULL;
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < CONTACT_FIELDS_MAX) {
		if (v == NULL)
			v = pool_alloc(pool, sizeof(*v) * CONTACT_FIELDS_MAX);
		v[n++] = (struct contact_value){
			.field_id = db_col_int(r, 0),
			.key = db_col_copy(r, pool, 1),
			.type = db_col_copy(r, pool, 2),
			.value = db_col_copy(r, pool, 3),
		};
	}
	db_end(r);
	*values = v;
	return rc == -1 ? -1 : n;
}

/* Writes a value, or takes it away. */
static int
put_value(
    struct session *s, int64_t id, const struct contact_value *v, int64_t now)
{
	const struct db_arg contact = db_int(id), field = db_int(v->field_id);

	if (v->value == NULL)
		return db_run(session_db(s), contact_field_sql[TOUCH_TAKE],
			   DB_ARGS(contact, field, db_int(now))) == -1
			   ? -1
			   : db_run(session_db(s), contact_field_sql[TAKE],
				 DB_ARGS(contact, field));
	if (db_run(session_db(s), contact_field_sql[TOUCH_PUT],
		DB_ARGS(contact, field, db_text(v->value), db_int(now))) == -1)
		return -1;
	return db_run(session_db(s), contact_field_sql[PUT],
	    DB_ARGS(contact, field, db_text(v->value)));
}

int
contact_field_put(struct session *s, int64_t id,
    const struct contact_value *values, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (put_value(s, id, &values[i], now) == -1)
			return -1;
	return 0;
}

int
contact_field_fill(struct session *s, int64_t keep,
    const struct contact_value *values, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++) {
		int64_t one;
		int rc = db_get_int(session_db(s), contact_field_sql[HAS],
		    DB_ARGS(db_int(keep), db_int(values[i].field_id)), &one);

		if (rc == -1 ||
		    (rc == 0 && put_value(s, keep, &values[i], now) == -1))
			return -1;
	}
	return 0;
}
