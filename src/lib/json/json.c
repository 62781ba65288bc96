/*
 * The parser: one pass over a copy of the text builds the tree in the pool.
 * Strings stay where they are in that copy, whose quotes become the NULs that
 * end them.  It does not recurse, and a NUL behind the text ends what is
 * unfinished, so that no step asks where the text ends.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/json/json_string_read.h"
#include "lib/json/json_tree.h"

struct json_reader {
	struct pool *pool;
	char *at; /* what comes next; NULL: it is no JSON */
	struct json *root;
	struct json *open[JSON_DEPTH_MAX];
	struct json *last[JSON_DEPTH_MAX]; /* child of open[i] */
	int depth;
	const char *key;   /* of the value that comes next */
	const char *why;   /* it is no JSON */
	const char *wrong; /* where; NULL: no matter */
};

static int
refuse_json(struct json_reader *r, const char *wrong, const char *why)
{
	r->why = why;
	r->wrong = wrong;
	return -1;
}

/* What is no blank: the next token. */
static char
next_token(struct json_reader *r)
{
	char *at = r->at;

	while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')
		at++;
	r->at = at;
	return *at;
}

static struct json *
add_tree(struct json_reader *r, enum json_type type)
{
	struct json *v = pool_room(r->pool, sizeof(*v)), *up;

	*v = (struct json){ .key = r->key, .type = (unsigned)type & 7 };
	if (r->depth == 0)
		return r->root = v;
	r->key = NULL;
	up = r->open[r->depth - 1];
	if (up->u.first == NULL)
		up->u.first = v;
	else
		r->last[r->depth - 1]->next = v;
	r->last[r->depth - 1] = v;
	up->n = (up->n + 1) & JSON_COUNT_MAX;
	return v;
}

static int
read_string(struct json_reader *r)
{
	char *text = r->at + 1, *wrong;
	int nul;

	r->at = json_string_read(text, &nul, &wrong);
	if (r->at == NULL)
		return refuse_json(r, wrong, "no string");
	add_tree(r, JSON_STRING)->u.text = text;
	return 0;
}

/* A key and its colon. */
static int
read_key(struct json_reader *r)
{
	char *text, *wrong;
	int nul;

	if (next_token(r) != '"')
		return refuse_json(r, r->at, "a key is missing");
	text = r->at + 1;
	r->at = json_string_read(text, &nul, &wrong);
	if (r->at == NULL)
		return refuse_json(r, wrong, "no string");
	if (nul)
		return refuse_json(r, NULL, "NUL in a key");
	if (next_token(r) != ':')
		return refuse_json(r, r->at, "a colon is missing");
	r->at++;
	r->key = text;
	return 0;
}

static const char *
skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

/* Behind the number that S begins with (RFC 8259, section 6); S: there is
 * none. */
static const char *
end_of_number(const char *s)
{
	const char *digits = s + (*s == '-'), *end = skip_digits(digits), *from;

	if (end == digits || (*digits == '0' && end > digits + 1))
		return s;
	if (*end == '.') {
		from = end + 1;
		end = skip_digits(from);
		if (end == from)
			return s;
	}
	if (*end == 'e' || *end == 'E') {
		from = end + 1;
		from += *from == '+' || *from == '-';
		end = skip_digits(from);
		if (end == from)
			return s;
	}
	return end;
}

static int
read_number(struct json_reader *r)
{
	size_t len = (size_t)(end_of_number(r->at) - r->at);
	struct json *v;

	if (len == 0)
		return refuse_json(r, r->at, "no value");
	v = add_tree(r, JSON_NUMBER);
	if (len < sizeof(v->u.near)) {
		memcpy(v->u.near, r->at, len);
		v->is_near = 1;
	} else {
		v->u.text = pool_text(r->pool, r->at, len);
	}
	r->at += len;
	return 0;
}

static int
read_word_json(struct json_reader *r, const char *word, enum json_type type)
{
	size_t len = strlen(word);

	if (strncmp(r->at, word, len) != 0)
		return refuse_json(r, r->at, "no value");
	add_tree(r, type)->u.yes = type == JSON_BOOL && *word == 't';
	r->at += len;
	return 0;
}

static int
begin_tree(struct json_reader *r, enum json_type type)
{
	if (r->depth == JSON_DEPTH_MAX)
		return refuse_json(r, NULL, "nested too deep");
	r->open[r->depth] = add_tree(r, type);
	r->depth++;
	r->at++;
	return 0;
}

/* A value; of an object or array the bracket that it begins with. */
static int
read_value_json(struct json_reader *r)
{
	switch (next_token(r)) {
	case '"':
		return read_string(r);
	case '{':
		return begin_tree(r, JSON_OBJECT);
	case '[':
		return begin_tree(r, JSON_ARRAY);
	case 't':
		return read_word_json(r, "true", JSON_BOOL);
	case 'f':
		return read_word_json(r, "false", JSON_BOOL);
	case 'n':
		return read_word_json(r, "null", JSON_NULL);
	default:
		return read_number(r);
	}
}

/* Ends what is complete, and goes to the next value: 1, 0 there is none, -1. */
static int
next_value(struct json_reader *r)
{
	while (r->depth > 0) {
		const struct json *up = r->open[r->depth - 1];
		int is_object = up->type == JSON_OBJECT;
		char c = next_token(r);

		if (c == (is_object ? '}' : ']')) {
			r->depth--;
			r->at++;
			continue;
		}
		if (up->u.first != NULL) {
			if (c != ',')
				return refuse_json(
				    r, r->at, "a comma is missing");
			r->at++;
		}
		return !is_object || read_key(r) == 0 ? 1 : -1;
	}
	return 0;
}

static void
read_document(struct json_reader *r, const char *end)
{
	int rc;

	do
		if (read_value_json(r) == -1)
			return;
	while ((rc = next_value(r)) == 1);
	if (rc == 0 && (next_token(r), r->at != end))
		refuse_json(r, r->at, "something follows");
}

const struct json *
json_parse(struct pool *p, const char *s, size_t len, const char **why)
{
	struct json_reader r = { .pool = p };
	char *copy;

	if (!text_is_utf8(s, len)) {
		r.why = "not UTF-8";
	} else {
		copy = pool_room(p, len + 1 + JSON_STRING_BEHIND);
		if (len > 0)
			memcpy(copy, s, len);
		memset(copy + len, 0, 1 + JSON_STRING_BEHIND);
		r.at = copy;
		read_document(&r, copy + len);
		if (r.wrong != NULL)
			r.why = pool_printf(p, "parse error: %s at byte %zu",
			    r.why, (size_t)(r.wrong - copy));
	}
	if (why != NULL)
		*why = r.why;
	return r.why == NULL ? r.root : NULL;
}
