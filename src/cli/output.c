/*
 * The result of a command: collects cells, and at the end, when the widths of
 * columns are known, shows them as JSON, as a table or as lines.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "cli/command.h"
#include "cli/fail.h"
#include "cli/output.h"
#include "cli/print.h"

#define CELLS_MAX 48	 /* of a row */
#define CELL_MAX  60	 /* code points, on a terminal */
#define WHOLE	  100000 /* elsewhere */

struct cell {
	const char *key;
	const char *text; /* NULL: a section begins */
	int is_number;
};

struct output_row {
	struct output_row *next;
	struct cell cell[CELLS_MAX];
	int n;
};

struct output {
	struct cli *cli;
	struct json_out *json; /* NULL: for people */
	int is_list;
	int is_open; /* 1: an object of the list, or a section, is open */
	int aligned; /* 1: stdout is a terminal */
	struct output_row *first, *last;
};

static struct output *
begin_output(struct cli *c, int is_list)
{
	struct output *s = pool_alloc(c->pool, sizeof(*s));

	s->cli = c;
	s->is_list = is_list;
	s->aligned = isatty(STDOUT_FILENO);
	if (c->json) {
		s->json = json_new(c->pool);
		if (is_list)
			json_open_array(s->json, NULL);
		else
			json_open_object(s->json, NULL);
	} else if (!is_list)
		s->first = s->last = pool_alloc(c->pool, sizeof(*s->first));
	return s;
}

struct output *
output_list(struct cli *c)
{
	return begin_output(c, 1);
}

struct output *
output_object(struct cli *c)
{
	return begin_output(c, 0);
}

static void
open_part(struct output *s, const char *key)
{
	if (s->is_open)
		json_close(s->json);
	json_open_object(s->json, key);
	s->is_open = 1;
}

void
output_row(struct output *s)
{
	struct output_row *r;

	if (s->json != NULL) {
		open_part(s, NULL);
		return;
	}
	r = pool_alloc(s->cli->pool, sizeof(*r));
	if (s->first == NULL)
		s->first = r;
	else
		s->last->next = r;
	s->last = r;
}

static void
add_cell(struct output *s, const char *key, const char *text, int is_number)
{
	struct output_row *r = s->last;

	if (r->n == CELLS_MAX)
		cli_fail(EX_SOFTWARE, "a row of more than %d cells", CELLS_MAX);
	r->cell[r->n++] = (struct cell){ key, text, is_number };
}

void
output_text(struct output *s, const char *key, const char *text)
{
	size_t max = s->is_list && s->aligned ? CELL_MAX : WHOLE;

	if (s->json != NULL) {
		json_put_text(s->json, key, text);
		return;
	}
	text = text_fold(s->cli->pool, text, max);
	add_cell(s, key, text == NULL ? "-" : text, 0);
}

void
output_int(struct output *s, const char *key, int64_t v)
{
	if (s->json != NULL)
		json_put_int(s->json, key, v);
	else
		add_cell(
		    s, key, pool_printf(s->cli->pool, "%lld", (long long)v), 1);
}

void
output_bool(struct output *s, const char *key, int v)
{
	if (s->json != NULL)
		json_put_bool(s->json, key, v);
	else
		add_cell(s, key, v ? "yes" : "no", 0);
}

void
output_texts(
    struct output *s, const char *key, const char *const *text, size_t n)
{
	if (s->json == NULL)
		return;
	json_open_array(s->json, key);
	while (n-- > 0)
		json_put_text(s->json, NULL, *text++);
	json_close(s->json);
}

void
output_time(struct output *s, const char *key, int64_t at)
{
	output_text(s, key, clock_text(s->cli->pool, at));
}

void
output_json(struct output *s, const char *key, const char *raw)
{
	if (s->json != NULL)
		json_put_raw(s->json, key, raw);
	else
		output_text(s, key, raw);
}

void
output_section(struct output *s, const char *key)
{
	if (s->json == NULL)
		add_cell(s, key, NULL, 0);
	else
		open_part(s, key);
}

static void
pad(size_t used, size_t width)
{
	if (used < width)
		printf("%*s", (int)(width - used), "");
}

static void
widen(size_t *width, const char *text)
{
	size_t points = text_points(text);

	if (points > *width)
		*width = points;
}

/* The last column is not padded, so that no line ends in blanks. */
static void
print_row(const struct output *s, const struct output_row *r,
    const size_t *width, int keys)
{
	int i;

	for (i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];
		const char *t = keys ? c->key : c->text;
		size_t points = text_points(t);

		if (i > 0)
			fputs(s->aligned ? "  " : "\t", stdout);
		if (s->aligned && c->is_number)
			pad(points, width[i]);
		for (; *t != '\0'; t++)
			putchar(keys ? toupper((unsigned char)*t) : *t);
		if (s->aligned && !c->is_number && i + 1 < r->n)
			pad(points, width[i]);
	}
	putchar('\n');
}

static void
print_table(const struct output *s)
{
	size_t width[CELLS_MAX] = { 0 };
	const struct output_row *r;
	int i;

	for (r = s->first; r != NULL; r = r->next)
		for (i = 0; i < r->n; i++) {
			widen(&width[i], r->cell[i].text);
			widen(&width[i], r->cell[i].key);
		}
	if (s->first == NULL) {
		print_hint(s->cli, "none");
		return;
	}
	print_row(s, s->first, width, 1);
	for (r = s->first; r != NULL; r = r->next)
		print_row(s, r, width, 0);
}

static void
print_object(const struct output *s)
{
	const struct output_row *r = s->first;
	size_t width = 0;
	int i, inside = 0;

	for (i = 0; i < r->n; i++)
		widen(&width, r->cell[i].key);
	for (i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->text == NULL) {
			printf("%s%s\n", inside ? "\n" : "", c->key);
			inside = 1;
			continue;
		}
		printf("%s%s", inside ? "  " : "", c->key);
		pad(text_points(c->key), width);
		printf("  %s\n", c->text);
	}
}

void
output_end(struct output *s)
{
	if (s->json == NULL && s->is_list)
		print_table(s);
	else if (s->json == NULL)
		print_object(s);
	else {
		if (s->is_open)
			json_close(s->json);
		json_close(s->json);
		puts(text_visible(s->cli->pool, json_end(s->json, NULL)));
	}
	print_check();
}
