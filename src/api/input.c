/*
 * Reads and validates the parameters and the body of a request.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"

#include "api/action.h"
#include "api/input.h"
#include "api/query.h"
#include "api/reply.h"

#define SEVERAL "tag label" /* may be given several times */

int
input_bad(struct action *a, const char *name, const char *message)
{
	input_wrong(a, name, message);
	reply_problem(a, REPLY_BAD_PARAMETER,
	    pool_printf(a->pool, "The parameter %s %s.", name, message));
	return 0;
}

int
input_params(struct action *a)
{
	const char *name = NULL, *shown;

	switch (query_check(a->query, SEVERAL, &name)) {
	case QUERY_FINE:
		return 1;
	case QUERY_UNKNOWN:
		shown = text_fold(a->pool, name, 40);
		if (shown == NULL || !text_is_utf8(name, strlen(name)))
			shown = "without a name";
		return input_bad(a, shown, "is not known here");
	case QUERY_NOT_UTF8:
		return input_bad(a, name, "is not UTF-8");
	case QUERY_TWICE:
		return input_bad(a, name, "is given more than once");
	case QUERY_ENCODING:
		break;
	}
	reply_problem(a, REPLY_BAD_PARAMETER,
	    "The parameters are not correctly percent-encoded.");
	return 0;
}

int64_t
input_second_id(const struct action *a)
{
	long long id = 0;

	text_int(a->name, &id);
	return id;
}

int
input_param_all(
    const struct action *a, const char *name, const char **values, int max)
{
	return query_all(a->query, name, values, max);
}

const char *
input_param(const struct action *a, const char *name)
{
	return query_get(a->query, name);
}

int
input_limit(struct action *a, int *limit)
{
	const char *s = input_param(a, "limit");
	long long n = INPUT_LIMIT;

	if (s != NULL &&
	    (text_int(s, &n) == -1 || n < 1 || n > INPUT_LIMIT_MAX))
		return input_bad(a, "limit", "is not a number from 1 to 100");
	*limit = (int)n;
	return 1;
}

int
input_q(struct action *a, const char **q)
{
	*q = input_param(a, "q");
	if (*q != NULL && text_points(*q) > INPUT_Q_MAX)
		return input_bad(a, "q", "is longer than 200 characters");
	return 1;
}

void
input_wrong(struct action *a, const char *field, const char *message)
{
	struct action_wrong **end = &a->wrong;

	while (*end != NULL)
		end = &(*end)->next;
	*end = pool_alloc(a->pool, sizeof(**end));
	(*end)->field = pool_copy(a->pool, field);
	(*end)->message = message;
}

/* 1 when Content-Type is application/json, with or without parameters, or
 * absent. */
static int
says_json(const struct http_request *request)
{
	const char *type = http_header(request, "Content-Type");
	const char json[] = "application/json";
	size_t len = sizeof(json) - 1;

	if (type == NULL || *type == '\0')
		return 1;
	return strncasecmp(type, json, len) == 0 &&
	       (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static int
parse(struct action *a)
{
	const char *why = NULL;

	a->body = json_parse(a->pool, a->text, a->text_len, &why);
	if (a->body == NULL)
		reply_problem(a, REPLY_NOT_JSON,
		    pool_printf(a->pool, "The body cannot be read: %s.",
			why != NULL ? why : ""));
	else if (json_type(a->body) != JSON_OBJECT)
		reply_problem(
		    a, REPLY_NOT_JSON, "The body must be a JSON object.");
	else
		return 1;
	return 0;
}

static int
is_field(const struct route *route, const char *name)
{
	size_t len = strlen(name);

	if (route->flags & ROUTE_COMPOSES &&
	    query_among(compose_fields, name, len))
		return 1;
	return query_among(route->fields, name, len);
}

/* Refuses unknown fields, and a missing body where one is needed. */
static int
check_fields(struct action *a)
{
	int wanted =
	    *a->route->fields != '\0' || a->route->flags & ROUTE_COMPOSES;
	const struct json *field;

	for (field = json_first(a->body); field != NULL;
	     field = json_next(field))
		if (!is_field(a->route, json_key(field)))
			input_wrong(a, json_key(field), "is not known here");
	if (a->wrong != NULL)
		reply_wrong(a);
	else if (a->body == NULL && wanted)
		reply_problem(a, REPLY_NOT_JSON,
		    "The body must be a JSON object; it is empty.");
	else
		return 1;
	return 0;
}

int
input_body(struct action *a)
{
	char *text = NULL;
	size_t len = 0;
	int rc;

	a->text = "";
	rc = http_body(a->request, INPUT_BODY_MAX, &text, &len);
	if (rc != 1) {
		reply_problem(a, rc == 0 ? REPLY_TOO_LARGE : REPLY_NOT_JSON,
		    rc == 0 ? "The body is larger than 1 MiB."
			    : "The body ended too early.");
		return 0;
	}
	if (len > 0) {
		a->text = text;
		a->text_len = len;
		if (!says_json(a->request)) {
			reply_problem(a, REPLY_UNSUPPORTED_MEDIA_TYPE,
			    "The body must be application/json.");
			return 0;
		}
		if (!parse(a))
			return 0;
	}
	return check_fields(a);
}

enum input_found
input_text(struct action *a, const char *key, const char **value)
{
	const struct json *v = json_get(a->body, key);
	const char *s;

	switch (json_type(v)) {
	case JSON_NONE:
		return INPUT_ABSENT;
	case JSON_NULL:
		return INPUT_NULL;
	case JSON_STRING:
		s = json_string(v);
		*value = s != NULL ? s : "";
		return INPUT_THERE;
	default:
		input_wrong(a, key, "is not a string");
		return INPUT_WRONG;
	}
}

void
input_name(struct action *a, const char *key, size_t max, const char **name)
{
	const char *given = NULL;

	if (input_text(a, key, &given) != INPUT_THERE)
		input_wrong(a, key, "is missing");
	else if ((*name = text_fold(a->pool, given, max)) == NULL)
		input_wrong(a, key, "is empty");
}

void
input_checked(
    struct action *a, const char *key, input_check *check, const char **value)
{
	const char *text = NULL, *why = "is needed", *checked = NULL;
	enum input_found found = input_text(a, key, &text);

	if (found == INPUT_WRONG || (found == INPUT_ABSENT && *value != NULL))
		return;
	if (found == INPUT_THERE)
		checked = check(a->pool, text, &why);
	if (checked == NULL)
		input_wrong(a, key, why);
	else
		*value = checked;
}

enum input_found
input_id(struct action *a, const char *key, int64_t *id)
{
	const struct json *v = json_get(a->body, key);

	switch (json_type(v)) {
	case JSON_NONE:
		return INPUT_ABSENT;
	case JSON_NULL:
		return INPUT_NULL;
	case JSON_NUMBER:
		if (json_integer(v, id))
			return INPUT_THERE;
		/* FALLTHROUGH */
	default:
		input_wrong(a, key, "is not a whole number");
		return INPUT_WRONG;
	}
}
