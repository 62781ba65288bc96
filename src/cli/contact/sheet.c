#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/contact/sheet.h"

#define HEADER_CELL_MAX 40 /* code points, for what is said of it */

static const char *const columns[SHEET_COLUMNS] = { "phone", "name", "email",
	"tags" };

/* Which of ours the cell names, or SHEET_COLUMNS. */
static int
find_column(const char *cell)
{
	int i;

	for (i = 0; i < SHEET_COLUMNS; i++)
		if (cell != NULL && strcasecmp(cell, columns[i]) == 0)
			break;
	return i;
}

int
sheet_open(struct sheet *s, struct pool *p, const char *text, size_t len,
    const char **why)
{
	struct csv_row row;
	int i, which, rc;

	memset(s, 0, sizeof(*s));
	memset(s->column, -1, sizeof(s->column));
	csv_open(&s->csv, text, len);
	if ((rc = csv_next(&s->csv, p, &row)) != 1) {
		*why = rc == 0 ? "it is empty" : row.why;
		return -1;
	}
	for (i = 0; i < row.n; i++) {
		char *cell = text_fold(p, row.field[i], HEADER_CELL_MAX);

		which = find_column(cell);
		if (which < SHEET_COLUMNS && s->column[which] >= 0) {
			*why = pool_printf(p, "it has two columns '%s'", cell);
			return -1;
		}
		if (which < SHEET_COLUMNS)
			s->column[which] = i;
		else if (cell != NULL)
			s->ignored =
			    s->ignored == NULL
				? cell
				: pool_printf(p, "%s, %s", s->ignored, cell);
	}
	s->n = row.n;
	*why = "its first line names no column 'phone' (the columns are "
	       "phone, name, email, tags)";
	return s->column[SHEET_PHONE] < 0 ? -1 : 0;
}

static const char *
cell(const struct sheet *s, struct pool *p, const struct csv_row *row,
    enum sheet_column which)
{
	int at = s->column[which];

	if (at < 0 || at >= row->n)
		return NULL;
	return text_fold(p, row->field[at], CSV_FIELD_MAX);
}

static void
read_tags(struct pool *p, const char *cell, struct sheet_line *l)
{
	char *rest = pool_copy(p, cell), *item;
	const char *why = NULL;

	l->contact.tags = pool_get(p, BOOK_TAGS_MAX * sizeof(*l->contact.tags));
	while (l->why == NULL && (item = strsep(&rest, ",;|")) != NULL) {
		if (item[strspn(item, " ")] == '\0')
			continue;
		if (l->contact.n_tags == BOOK_TAGS_MAX)
			l->why = "too many tags";
		else
			l->contact.tags[l->contact.n_tags++] =
			    book_tag_name(p, item, &why);
		if (why != NULL)
			l->why = pool_printf(p, "a tag %s", why);
	}
}

static void
read_line(const struct sheet *s, struct pool *p, const struct csv_row *row,
    struct sheet_line *l)
{
	struct book_contact *c = &l->contact;
	const char *why = NULL;

	if (row->n > s->n) {
		l->why = "it has more cells than the first line";
		return;
	}
	if ((c->phone = cell(s, p, row, SHEET_PHONE)) == NULL) {
		l->why = "it has no phone";
		return;
	}
	if ((c->phone = book_phone(p, c->phone, &why)) == NULL)
		l->why = pool_printf(p, "phone %s", why);
	c->name = cell(s, p, row, SHEET_NAME);
	if (c->name != NULL && (c->name = book_name(p, c->name, &why)) == NULL)
		l->why = pool_printf(p, "name %s", why);
	c->email = cell(s, p, row, SHEET_EMAIL);
	if (c->email != NULL &&
	    (c->email = book_email(p, c->email, &why)) == NULL)
		l->why = pool_printf(p, "email %s", why);
	if (cell(s, p, row, SHEET_TAGS) != NULL)
		read_tags(p, cell(s, p, row, SHEET_TAGS), l);
}

int
sheet_next(struct sheet *s, struct pool *p, struct sheet_line *l)
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
