/*
 * Makes contacts of rows of CSV: finds the columns, and validates each cell
 * (contact_validate.c).  The import uses it twice: to check all lines, and to
 * write them.
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/contact/contact_field_validate.h"
#include "inbox/contact/files/contact_csv.h"

#define HEADER_CELL_MAX 40 /* code points of it in a message */

static const char *const columns[CONTACT_CSV_COLUMNS] = { "phone", "user_id",
	"name", "email", "tags" };

/* The column that a cell of the first line names, or CONTACT_CSV_COLUMNS. */
static int
find_column(const char *cell)
{
	int i;

	for (i = 0; i < CONTACT_CSV_COLUMNS; i++)
		if (cell != NULL && strcasecmp(cell, columns[i]) == 0)
			break;
	return i;
}

/* Where the position of the column that a cell of the first line names is
 * kept; NULL it names none. */
static int *
column_place(struct contact_csv *s, const char *cell)
{
	int which = find_column(cell);

	if (which < CONTACT_CSV_COLUMNS)
		return &s->column[which];
	for (int i = 0; cell != NULL && i < s->n_fields; i++)
		if (strcasecmp(cell, s->fields[i].key) == 0)
			return &s->field_column[i];
	return NULL;
}

int
contact_csv_open(struct contact_csv *s, struct pool *p, const char *text,
    size_t len, const char **why)
{
	struct csv_row row;
	int i, rc;

	*s = (struct contact_csv){ .fields = s->fields,
		.n_fields = s->n_fields };
	memset(s->column, -1, sizeof(s->column));
	memset(s->field_column, -1, sizeof(s->field_column));
	csv_open(&s->csv, text, len);
	if ((rc = csv_next(&s->csv, p, &row)) != 1) {
		*why = rc == 0 ? "it is empty" : row.why;
		return -1;
	}
	for (i = 0; i < row.n; i++) {
		char *cell = text_fold(p, row.field[i], HEADER_CELL_MAX);
		int *place = column_place(s, cell);

		if (place != NULL && *place >= 0) {
			*why = pool_printf(p, "it has two columns '%s'", cell);
			return -1;
		}
		if (place != NULL)
			*place = i;
		else if (cell != NULL)
			s->ignored =
			    s->ignored == NULL
				? cell
				: pool_printf(p, "%s, %s", s->ignored, cell);
	}
	s->n = row.n;
	*why = "its first line names no column 'phone' (the columns are "
	       "phone, user_id, name, email, tags)";
	return s->column[CONTACT_CSV_PHONE] < 0 &&
		       s->column[CONTACT_CSV_USER_ID] < 0
		   ? -1
		   : 0;
}

/* The cell of column AT, or NULL. */
static const char *
cell_at(struct pool *p, const struct csv_row *row, int at)
{
	if (at < 0 || at >= row->n)
		return NULL;
	return text_fold(p, csv_unguard(row->field[at]), CSV_FIELD_MAX);
}

static const char *
cell(const struct contact_csv *s, struct pool *p, const struct csv_row *row,
    enum contact_csv_column which)
{
	return cell_at(p, row, s->column[which]);
}

static void
read_tags(struct pool *p, const char *cell, struct contact_csv_line *l)
{
	char *rest = pool_copy(p, cell), *item;
	const char *why = NULL;

	l->contact.tags =
	    pool_alloc(p, CONTACT_TAGS_MAX * sizeof(*l->contact.tags));
	while (l->why == NULL && (item = strsep(&rest, ",;|")) != NULL) {
		if (item[strspn(item, " ")] == '\0')
			continue;
		if (l->contact.n_tags == CONTACT_TAGS_MAX)
			l->why = "too many tags";
		else
			l->contact.tags[l->contact.n_tags++] =
			    contact_validate_tag(p, item, &why);
		if (why != NULL)
			l->why = pool_printf(p, "a tag %s", why);
	}
}

/* Spreadsheets write TRUE where a file had true. */
static const char *
plain_boolean(const struct contact_field *field, const char *text)
{
	if (!text_is(field->type, "boolean"))
		return text;
	return strcasecmp(text, "true") == 0	? "true"
	       : strcasecmp(text, "false") == 0 ? "false"
						: text;
}

static void
read_values(const struct contact_csv *s, struct pool *p,
    const struct csv_row *row, struct contact_csv_line *l)
{
	struct contact_value *v = NULL;

	for (int i = 0; l->why == NULL && i < s->n_fields; i++) {
		const struct contact_field *f = &s->fields[i];
		const char *text = cell_at(p, row, s->field_column[i]), *why;

		if (text == NULL)
			continue;
		if (v == NULL)
			v = pool_alloc(p, sizeof(*v) * (size_t)s->n_fields);
		text = contact_field_validate_value(
		    p, f, plain_boolean(f, text), &why);
		if (text == NULL)
			l->why = pool_printf(p, "%s %s", f->key, why);
		else
			v[l->contact.n_values++] =
			    (struct contact_value){ f->id, f->key, f->type,
				    text };
	}
	l->contact.values = v;
}

/* Others' exports put the apostrophe before a phone, too, which none begins
 * with. */
static const char *
plain_phone(const char *cell)
{
	return cell != NULL && *cell == '\'' ? cell + 1 : cell;
}

static void
read_line(const struct contact_csv *s, struct pool *p,
    const struct csv_row *row, struct contact_csv_line *l)
{
	struct contact *c = &l->contact;
	const char *why = NULL;

	if (row->n > s->n) {
		l->why = "it has more cells than the first line";
		return;
	}
	c->phone = plain_phone(cell(s, p, row, CONTACT_CSV_PHONE));
	c->user_id = cell(s, p, row, CONTACT_CSV_USER_ID);
	if (c->phone == NULL && c->user_id == NULL) {
		l->why = s->column[CONTACT_CSV_USER_ID] < 0
			     ? "it has no phone"
			     : "it has neither phone nor user_id";
		return;
	}
	if (c->phone != NULL &&
	    (c->phone = contact_validate_phone(p, c->phone, &why)) == NULL)
		l->why = pool_printf(p, "phone %s", why);
	if (c->user_id != NULL && (c->user_id = contact_validate_user_id(
				       p, c->user_id, &why)) == NULL)
		l->why = pool_printf(p, "user_id %s", why);
	c->name = cell(s, p, row, CONTACT_CSV_NAME);
	if (c->name != NULL &&
	    (c->name = contact_validate_name(p, c->name, &why)) == NULL)
		l->why = pool_printf(p, "name %s", why);
	c->email = cell(s, p, row, CONTACT_CSV_EMAIL);
	if (c->email != NULL &&
	    (c->email = contact_validate_email(p, c->email, &why)) == NULL)
		l->why = pool_printf(p, "email %s", why);
	if (cell(s, p, row, CONTACT_CSV_TAGS) != NULL)
		read_tags(p, cell(s, p, row, CONTACT_CSV_TAGS), l);
	read_values(s, p, row, l);
}

int
contact_csv_next(
    struct contact_csv *s, struct pool *p, struct contact_csv_line *l)
{
	struct csv_row row;
	int rc = csv_next(&s->csv, p, &row);

	memset(l, 0, sizeof(*l));
	if (rc == 0)
		return 0;
	l->line = row.line;
	if (rc < 0)
		l->why = row.why;
	else
		read_line(s, p, &row, l);
	return 1;
}

void
contact_csv_write_head(struct buf *b, const struct contact_field *fields, int n)
{
	buf_text(b, "phone,user_id,name,email,tags");
	for (int i = 0; i < n; i++) {
		buf_char(b, ',');
		csv_put_cell(b, fields[i].key);
	}
	buf_char(b, '\n');
}

static const char *
value_of(const struct contact *c, const struct contact_field *field)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (c->values[i].field_id == field->id)
			return c->values[i].value;
	return NULL;
}

void
contact_csv_write(struct buf *b, const struct contact *c,
    const struct contact_field *fields, int n)
{
	const char *tags = NULL;

	for (size_t i = 0; i < c->n_tags; i++)
		tags = tags == NULL
			   ? c->tags[i]
			   : pool_printf(b->pool, "%s, %s", tags, c->tags[i]);
	csv_put_cell(b, c->phone);
	buf_char(b, ',');
	csv_put_cell(b, c->user_id);
	buf_char(b, ',');
	csv_put_cell(b, c->name);
	buf_char(b, ',');
	csv_put_cell(b, c->email);
	buf_char(b, ',');
	csv_put_cell(b, tags);
	for (int i = 0; i < n; i++) {
		buf_char(b, ',');
		csv_put_cell(b, value_of(c, &fields[i]));
	}
	buf_char(b, '\n');
}
