/*
 * The shapes of errors (docs/protocol.md §6.4): Meta's; that of one customer
 * who is not blocked (§6.8); 360dialog's own, with or without Meta's inside;
 * the On-Premises API's; a plain text; an HTML page of a gateway.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/graph_error.h"

#define WORDS_MAX 500 /* code points */

/* "(#130429) Rate limit hit" without the code in front, which has a field. */
static const char *
plain(const char *message)
{
	const char *end;

	if (message == NULL || !text_begins(message, "(#"))
		return message;
	end = strchr(message, ')');
	return end == NULL || end[1] == '\0' ? message
					     : end + 1 + strspn(end + 1, " ");
}

static const char *
first(const char *a, const char *b)
{
	return a != NULL ? a : b;
}

/* Meta's error object, which the On-Premises API has in a list. */
static int
of_graph(const struct json *e, struct graph_error *w)
{
	const struct json *data = json_get(e, "error_data");
	const char *detail = json_text(data, "details");

	if (json_type(e) != JSON_OBJECT || json_count(e) == 0)
		return 0;
	w->has_code = json_int(e, "code", &w->code);
	w->transient = json_bool(e, "is_transient", 0);
	w->title =
	    first(plain(json_text(e, "title")), plain(json_text(e, "message")));
	w->title = first(w->title, json_text(e, "error_user_title"));
	detail = first(detail, json_string(data));
	detail = first(detail, json_text(e, "details"));
	detail = first(detail, json_text(e, "error_user_msg"));
	w->detail = first(detail, plain(json_text(e, "message")));
	return 1;
}

/* 360dialog's own object; Meta's may be in the text of developer_message. */
static int
of_meta(struct pool *p, const struct json *meta, struct graph_error *w)
{
	const char *said = json_text(meta, "developer_message");
	const char *begin = said == NULL ? NULL : strchr(said, '{');
	const char *end = said == NULL ? NULL : strrchr(said, '}');
	const struct json *inside = NULL;
	int64_t status = 0;

	if (json_bool(meta, "success", 0))
		return 0;
	if (json_int(meta, "http_code", &status) && status >= 300 &&
	    status < 600)
		w->status = (int)status;
	if (said == NULL && w->status == 0)
		return 0;
	if (begin != NULL && end > begin)
		inside = json_parse(p, begin, (size_t)(end - begin) + 1, NULL);
	if (of_graph(json_get(inside, "error"), w))
		return 1;
	w->title = said != NULL ? said : pool_printf(p, "HTTP %d", w->status);
	return 1;
}

const struct json *
graph_error_one(const struct json *list)
{
	const struct json *e;

	if (json_type(list) == JSON_OBJECT)
		return list;
	e = json_type(list) == JSON_ARRAY ? json_first(list) : NULL;
	while (e != NULL && json_type(e) != JSON_OBJECT)
		e = json_next(e);
	return e;
}

/* The title of an HTML page, or all of a plain text. */
static const char *
of_text(struct pool *p, const char *s)
{
	const char *begin = strcasestr(s, "<title>"), *end;

	if (s[strspn(s, " \t\r\n")] != '<')
		return text_fold(p, s, WORDS_MAX);
	if (begin == NULL)
		return NULL;
	begin += strlen("<title>");
	end = strcasestr(begin, "</title>");
	return end == NULL
		   ? NULL
		   : text_fold(p, pool_text(p, begin, (size_t)(end - begin)),
			 WORDS_MAX);
}

/* Of a list of people to be blocked, which has one here: why they are not.  The
 * error beside it only says that some are not. */
static int
of_blocks(const struct json *blocks, struct graph_error *w)
{
	const struct json *failed =
	    graph_error_one(json_get(blocks, "failed_users"));

	return of_graph(graph_error_one(json_get(failed, "errors")), w);
}

static int
of_json(struct pool *p, const struct json *body, struct graph_error *w)
{
	const struct json *meta = json_get(body, "meta");

	if (of_blocks(json_get(body, "block_users"), w) ||
	    of_graph(json_get(body, "error"), w))
		return 1;
	w->title = json_text(body, "error");
	if (w->title != NULL) {
		w->detail = json_text(body, "message");
		return 1;
	}
	return of_graph(graph_error_one(json_get(body, "errors")), w) ||
	       of_meta(p, meta, w);
}

int
graph_error_read(struct pool *p, const struct json *body,
    const struct client_answer *a, struct graph_error *w)
{
	int is_error;

	*w = (struct graph_error){ 0 };
	is_error = of_json(p, body, w);
	if (!is_error && a->status >= 300) {
		w->title = pool_printf(p, "HTTP %d", a->status);
		w->detail = json_type(body) == JSON_OBJECT
				? json_text(body, "message")
				: of_text(p, a->body);
		is_error = 1;
	}
	w->title = text_fold(p, w->title, WORDS_MAX);
	w->detail = text_fold(p, w->detail, WORDS_MAX);
	return is_error;
}
