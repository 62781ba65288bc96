/*
 * Parses multipart/form-data, piece by piece.
 */
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "api/file/multipart.h"

#define WINDOW	     (64 * 1024) /* read at a time */
#define BOUNDARY_MAX 70		 /* RFC 2046 */
#define HEAD_MAX     8192	 /* of a part's headers */

/* ------------------------------------------------- a header's parameters */

/* 1 when a parameter's value may end at S. */
static int
is_end(const char *s)
{
	s += strspn(s, " \t");
	return *s == '\0' || *s == ';';
}

/*
 * A token or a quoted string at *S, which moves after it; in POOL.  A quote
 * ends the string only when nothing or ';' follows: many clients (npm
 * form-data, Ruby's rest-client) write a file name as it is, with quotes
 * inside.
 */
static char *
read_value(struct pool *pool, const char **s)
{
	const char *from = *s;
	size_t n = 0;
	char *value;

	if (*from != '"') {
		n = strcspn(from, "; \t");
		*s = from + n;
		return pool_text(pool, from, n);
	}
	value = pool_alloc(pool, strlen(from) + 1);
	for (from++; *from != '\0'; from++) {
		if (*from == '"' && is_end(from + 1))
			break;
		if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
			from++;
		value[n++] = *from;
	}
	*s = from + (*from == '"');
	return value;
}

/* Parameter NAME of a header's value, NULL when there is none. */
static char *
find_param(struct pool *pool, const char *s, const char *name)
{
	s += strcspn(s, ";");
	while (*s == ';') {
		const char *key = s + 1 + strspn(s + 1, " \t");
		size_t n = strcspn(key, "=; \t");
		char *value;

		s = key + n;
		s += strspn(s, " \t");
		if (*s == '=') {
			s++;
			s += strspn(s, " \t");
			value = read_value(pool, &s);
			if (n == strlen(name) && strncasecmp(key, name, n) == 0)
				return value;
		}
		s += strcspn(s, ";");
	}
	return NULL;
}

/* 1 when a header's value, up to its parameters, is WORD. */
static int
is_word(const char *s, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(s, word, len) == 0 &&
	       (s[len] == '\0' || strchr("; \t", s[len]) != NULL);
}

/* The value of RFC 8187: UTF-8'language'percent-encoded. */
static char *
read_extended(struct pool *pool, const char *s)
{
	size_t len = 0;
	char *text;

	if (s == NULL || strncasecmp(s, "UTF-8'", 6) != 0 ||
	    (s = strchr(s + 6, '\'')) == NULL)
		return NULL;
	text = codec_unpercent(pool, s + 1, strlen(s + 1), 0, &len);
	return text != NULL && strlen(text) == len ? text : NULL;
}

#define UNRESERVED                                                             \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"       \
	"-._~!*'()"

/*
 * Decodes a file name.  Browsers write %22, %0D and %0A for what cannot stand
 * in quotes (WHATWG HTML 4.10.21.8), and leave every other % as it is; aiohttp
 * and npm needle percent-encode the whole name, as in a URL.
 */
static char *
read_name(struct pool *pool, char *s)
{
	static const char *const escapes[] = { "%22", "%0D", "%0A" };
	char *whole, *to = s;
	size_t len = 0;

	if (s == NULL || strchr(s, '%') == NULL)
		return s;
	if (s[strspn(s, UNRESERVED "%")] == '\0') {
		whole = codec_unpercent(pool, s, strlen(s), 0, &len);
		if (whole != NULL && strlen(whole) == len &&
		    text_is_utf8(whole, len))
			return whole;
	}
	for (const char *from = s; *from != '\0'; from++) {
		size_t i = 0;

		while (i < 3 && strncasecmp(from, escapes[i], 3) != 0)
			i++;
		*to++ = i == 3 ? *from : i == 0 ? '"' : ' ';
		from += i < 3 ? 2 : 0;
	}
	*to = '\0';
	return s;
}

/* ------------------------------------------------------------- the window */

/* Reads until the window is full, or the body ends. */
static void
fill_multipart(struct multipart *m)
{
	size_t n;

	memmove(m->s, m->s + m->at, m->len - m->at);
	m->len -= m->at;
	m->at = 0;
	if (m->all_read || m->len == WINDOW)
		return;
	n = m->read(m->arg, m->s + m->len, WINDOW - m->len);
	m->all_read = n < WINDOW - m->len;
	m->len += n;
}

int
multipart_begin(struct multipart *m, struct pool *pool,
    const char *content_type, multipart_read *read, void *arg)
{
	const char *boundary = NULL;

	if (content_type != NULL &&
	    is_word(content_type, "multipart/form-data"))
		boundary = find_param(pool, content_type, "boundary");
	if (boundary == NULL || *boundary == '\0' ||
	    strlen(boundary) > BOUNDARY_MAX)
		return -1;
	*m = (struct multipart){ .pool = pool, .read = read, .arg = arg };
	m->delimiter = pool_printf(pool, "\r\n--%s", boundary);
	m->delimiter_len = strlen(m->delimiter);
	m->s = pool_alloc(pool, WINDOW);
	/* The first delimiter may stand at the very beginning. */
	memcpy(m->s, "\r\n", 2);
	m->len = 2;
	return 0;
}

int
multipart_data(struct multipart *m, const char **s, size_t *len)
{
	const char *found;

	if (m->len - m->at < m->delimiter_len)
		fill_multipart(m);
	*s = m->s + m->at;
	found = memmem(*s, m->len - m->at, m->delimiter, m->delimiter_len);
	if (found == *s)
		return 0;
	if (found != NULL)
		*len = (size_t)(found - *s);
	else if (m->len - m->at < m->delimiter_len)
		return -1;
	else /* its first bytes may stand at the end */
		*len = m->len - m->at - m->delimiter_len + 1;
	m->at += *len;
	return 1;
}

static void
read_header(struct multipart *m, const char *line, struct multipart_part *part)
{
	const char *value = strchr(line, ':');

	if (value == NULL)
		return;
	value += 1 + strspn(value + 1, " \t");
	if (strncasecmp(line, "Content-Type:", 13) == 0) {
		part->type = value;
	} else if (strncasecmp(line, "Content-Disposition:", 20) == 0 &&
		   is_word(value, "form-data")) {
		part->name = find_param(m->pool, value, "name");
		part->filename = read_extended(
		    m->pool, find_param(m->pool, value, "filename*"));
		if (part->filename == NULL)
			part->filename = read_name(
			    m->pool, find_param(m->pool, value, "filename"));
	}
}

/* Reads the headers of a part. */
static int
read_head(struct multipart *m, struct multipart_part *part)
{
	char *head, *line, *end;
	size_t len;

	if (m->len - m->at < HEAD_MAX)
		fill_multipart(m);
	head = m->s + m->at;
	len = m->len - m->at < HEAD_MAX ? m->len - m->at : HEAD_MAX;
	end = memmem(head, len, "\r\n\r\n", 4);
	if (len < 2 || memcmp(head, "\r\n", 2) != 0 || end == NULL ||
	    memchr(head, '\0', (size_t)(end - head)) != NULL)
		return -1;
	m->at += (size_t)(end - head) + 4;
	if (end == head)
		return 0;
	line = pool_text(m->pool, head + 2, (size_t)(end - head) - 2);
	while (line != NULL) {
		end = strstr(line, "\r\n");
		if (end != NULL)
			*end = '\0';
		if (!text_is_utf8(line, strlen(line)))
			return -1;
		read_header(m, line, part);
		line = end != NULL ? end + 2 : NULL;
	}
	return 0;
}

int
multipart_next(struct multipart *m, struct multipart_part *part)
{
	const char *s;
	size_t len;
	int rc;

	memset(part, 0, sizeof(*part));
	while ((rc = multipart_data(m, &s, &len)) == 1)
		;
	if (rc == -1)
		return -1;
	m->at += m->delimiter_len;
	if (m->len - m->at < 2)
		fill_multipart(m);
	if (m->len - m->at >= 2 && memcmp(m->s + m->at, "--", 2) == 0)
		return 0;
	while (m->at < m->len && strchr(" \t", m->s[m->at]) != NULL &&
	       m->s[m->at] != '\0')
		m->at++;
	return read_head(m, part) == -1 ? -1 : 1;
}
