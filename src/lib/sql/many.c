/*
 * Rows of arguments in one text of JSON: many.h.
 */
#include "lib/sql/many.h"

static void
put_escaped(struct buf *b, unsigned char c)
{
	if (c < ' ')
		buf_printf(b, "\\u%04x", c);
	else {
		buf_char(b, '\\');
		buf_char(b, (char)c);
	}
}

static void
put_text(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len, *from = s;

	buf_char(b, '"');
	for (; s < end; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		buf_put(b, from, (size_t)(s - from));
		put_escaped(b, c);
		from = s + 1;
	}
	buf_put(b, from, (size_t)(end - from));
	buf_char(b, '"');
}

void
db_many_add(struct db_many *m, const struct db_arg *row)
{
	struct buf *b = &m->text;
	const char *between = "{";

	buf_char(b, m->n++ == 0 ? '[' : ',');
	for (char name = 'a'; row->type != DB_END && row->type != DB_END_SHARED;
	     name++, row++) {
		if (row->type == DB_NULL)
			continue; /* what is not there is NULL */
		buf_text(b, between);
		buf_char(b, '"');
		buf_char(b, name);
		buf_text(b, "\":");
		if (row->type == DB_INT)
			buf_printf(b, "%lld", (long long)row->i);
		else
			put_text(b, row->s, row->len);
		between = ",";
	}
	buf_text(b, *between == '{' ? "{}" : "}");
}

struct db_arg
db_many_rows(struct db_many *m)
{
	struct db_arg all = { DB_TEXT, 0, m->text.s, m->text.len + 1 };

	if (m->n == 0)
		return db_text("[]");
	buf_char(&m->text, ']');
	m->text.len--; /* the next one begins there */
	all.s = m->text.s;
	return all;
}

void
db_many_clear(struct db_many *m)
{
	m->n = 0;
	m->text.len = 0;
}
