/*
 * Reads interactive messages: reply buttons and lists.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define BUTTONS_MAX	 3
#define BUTTON_TITLE_MAX 20
#define BUTTON_ID_MAX	 256
#define SECTIONS_MAX	 10
#define ROWS_MAX	 10 /* in all sections together */
#define ROW_TITLE_MAX	 24
#define ROW_ID_MAX	 200
#define DESCRIPTION_MAX	 72

/* The ids and titles so far: a second one of the same is an error. */
struct seen {
	const char *word[ROWS_MAX];
	int n;
};

static void
check_new(struct compose_part *c, struct seen *seen, const char *path,
    const char *key, const char *word)
{
	if (word == NULL)
		return;
	for (int i = 0; i < seen->n; i++)
		if (text_is(seen->word[i], word)) {
			compose_note(
			    c, compose_path(c, path, key), "is given twice");
			return;
		}
	if (seen->n < ROWS_MAX)
		seen->word[seen->n++] = word;
}

void
compose_buttons(struct compose_part *c)
{
	struct seen ids = { .n = 0 }, titles = { .n = 0 };
	const struct json *e;
	int n = 0;

	compose_open_interactive(c, "button", 0);
	json_open_array(c->out, "buttons");
	e = json_first(
	    compose_get_list(c, c->body, "", "buttons", BUTTONS_MAX, 1));
	for (; e != NULL; e = json_next(e)) {
		const char *path = pool_printf(c->pool, "buttons[%d]", n++);
		const char *id =
		    compose_get_text(c, e, path, "id", BUTTON_ID_MAX, 1);
		const char *title =
		    compose_get_text(c, e, path, "title", BUTTON_TITLE_MAX, 1);

		compose_only(c, e, path, "id title");
		check_new(c, &ids, path, "id", id);
		check_new(c, &titles, path, "title", title);
		compose_also(c, title);
		json_open_object(c->out, NULL);
		json_put_text(c->out, "type", "reply");
		json_open_object(c->out, "reply");
		json_put_text(c->out, "id", id);
		json_put_text(c->out, "title", title);
		json_close(c->out);
		json_close(c->out);
	}
	json_close(c->out);
	json_close(c->out);
}

static void
put_row(struct compose_part *c, const struct json *row, const char *path,
    struct seen *ids)
{
	const char *id = compose_get_text(c, row, path, "id", ROW_ID_MAX, 1);
	const char *title =
	    compose_get_text(c, row, path, "title", ROW_TITLE_MAX, 1);
	const char *more =
	    compose_get_text(c, row, path, "description", DESCRIPTION_MAX, 0);

	compose_only(c, row, path, "id title description");
	check_new(c, ids, path, "id", id);
	compose_also(c, title);
	compose_also(c, more);
	json_open_object(c->out, NULL);
	json_put_text(c->out, "id", id);
	json_put_text(c->out, "title", title);
	if (more != NULL)
		json_put_text(c->out, "description", more);
	json_close(c->out);
}

/* One section: how many rows it has. */
static size_t
put_section(struct compose_part *c, const struct json *section,
    const char *path, int needs_title, struct seen *ids)
{
	const char *title = compose_get_text(
	    c, section, path, "title", ROW_TITLE_MAX, needs_title);
	const struct json *rows =
	    compose_get_list(c, section, path, "rows", ROWS_MAX, 1);
	const struct json *e;
	int n = 0;

	compose_only(c, section, path, "title rows");
	json_open_object(c->out, NULL);
	if (title != NULL)
		json_put_text(c->out, "title", title);
	json_open_array(c->out, "rows");
	for (e = json_first(rows); e != NULL; e = json_next(e))
		put_row(
		    c, e, pool_printf(c->pool, "%s.rows[%d]", path, n++), ids);
	json_close(c->out);
	json_close(c->out);
	return json_count(rows);
}

void
compose_list(struct compose_part *c)
{
	const struct json *sections =
	    compose_get_list(c, c->body, "", "sections", SECTIONS_MAX, 1);
	struct seen ids = { .n = 0 };
	const struct json *e;
	size_t rows = 0;
	int n = 0;

	compose_open_interactive(c, "list", 0);
	json_put_text(c->out, "button",
	    compose_get_text(c, c->body, "", "button", BUTTON_TITLE_MAX, 1));
	json_open_array(c->out, "sections");
	for (e = json_first(sections); e != NULL; e = json_next(e))
		rows +=
		    put_section(c, e, pool_printf(c->pool, "sections[%d]", n++),
			json_count(sections) > 1, &ids);
	if (rows > ROWS_MAX)
		compose_note(
		    c, "sections", "have at most %d rows in all", ROWS_MAX);
	json_close(c->out);
	json_close(c->out);
}
