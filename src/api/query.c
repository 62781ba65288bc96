/*
 * Parses a query string into a map, once for each request.  Only the names that
 * the route knows are kept, a dozen at most, and each parameter is decoded
 * once: so memory and time grow no faster than the string.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "api/query.h"

/* A parameter, in the order of the request, up to the first unknown one. */
struct query_param {
	const char *name;
	const char *value;
	const struct query_name *known; /* NULL: unknown */
	struct query_param *next;
};

struct query_parser {
	struct pool *pool;
	struct query *query;
	struct query_param **end;
	int unknown; /* 1: there was an unknown one */
};

/* The first of WORDS, *LEN bytes, and the rest after it; NULL at the end. */
static const char *
next_word(const char *words, size_t *len)
{
	words += *words == ' ';
	*len = strcspn(words, " ");
	return *len > 0 ? words : NULL;
}

int
query_among(const char *words, const char *name, size_t len)
{
	size_t n;

	for (; (words = next_word(words, &n)) != NULL; words += n)
		if (n == len && memcmp(words, name, n) == 0)
			return 1;
	return 0;
}

static void
name_all(struct pool *pool, struct query *q, const char *words)
{
	const char *s;
	size_t len, n = 0;

	for (s = words; (s = next_word(s, &len)) != NULL; s += len)
		n++;
	q->names = pool_alloc(pool, sizeof(*q->names) * (n + 1));
	for (s = words; (s = next_word(s, &len)) != NULL; s += len)
		q->names[q->n_names++] =
		    (struct query_name){ .word = s, .len = len };
}

static struct query_name *
find_name(const struct query *q, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < q->n_names; i++)
		if (q->names[i].len == len &&
		    memcmp(q->names[i].word, name, len) == 0)
			return &q->names[i];
	return NULL;
}

static void
add_value(struct pool *pool, struct query_name *name, const char *text)
{
	struct query_value *v = pool_alloc(pool, sizeof(*v));

	v->text = text;
	if (name->last != NULL)
		name->last->next = v;
	else
		name->first = v;
	name->last = v;
	name->n += *text != '\0';
}

/* Counts a value also after an unknown parameter: "twice" is found all the
 * same. */
static int
add_param(void *arg, const char *name, const char *value)
{
	struct query_parser *parser = arg;
	struct query_name *known = find_name(parser->query, name);

	if (known != NULL)
		add_value(parser->pool, known, value);
	if (parser->unknown)
		return 0;
	*parser->end = pool_alloc(parser->pool, sizeof(**parser->end));
	**parser->end = (struct query_param){ name, value, known, NULL };
	parser->end = &(*parser->end)->next;
	parser->unknown = known == NULL;
	return 0;
}

struct query *
query_parse(struct pool *pool, const char *raw, const char *words)
{
	struct query *q = pool_alloc(pool, sizeof(*q));
	struct query_parser parser = {
		.pool = pool, .query = q, .end = &q->first
	};

	name_all(pool, q, words);
	q->has_nul = strstr(raw, "%00") != NULL;
	q->is_bad = http_params(pool, raw, add_param, &parser) == -1;
	return q;
}

enum query_fault
query_check(const struct query *q, const char *several, const char **name)
{
	const struct query_param *p;

	/* Values are C strings from here on. */
	if (q->has_nul)
		return QUERY_ENCODING;
	for (p = q->first; p != NULL; p = p->next) {
		*name = p->name;
		if (p->known == NULL)
			return QUERY_UNKNOWN;
		if (!text_is_utf8(p->value, strlen(p->value)))
			return QUERY_NOT_UTF8;
		/* Which of two would count? */
		if (p->known->n > 1 &&
		    !query_among(several, p->known->word, p->known->len))
			return QUERY_TWICE;
	}
	return q->is_bad ? QUERY_ENCODING : QUERY_FINE;
}

int
query_all(const struct query *q, const char *name, const char **values, int max)
{
	const struct query_name *known = find_name(q, name);
	const struct query_value *v = known != NULL ? known->first : NULL;
	int n = 0;

	for (; v != NULL; v = v->next) {
		if (*v->text == '\0')
			continue;
		if (n < max)
			values[n] = v->text;
		n++;
	}
	return n;
}

const char *
query_get(const struct query *q, const char *name)
{
	const char *value = NULL;

	query_all(q, name, &value, 1);
	return value;
}

const char *
query_sent(const struct query *q, const char *name)
{
	const struct query_name *known = find_name(q, name);

	return known != NULL && known->first != NULL ? known->first->text
						     : NULL;
}
