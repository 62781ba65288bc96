/*
 * GET /contacts/export and POST /contacts/import: the same files as those of
 * waspool contact list --as and contact import.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_list.h"
#include "inbox/contact/files/contact_import.h"

#include "api/action.h"
#include "api/body_quota.h"
#include "api/cursor.h"
#include "api/file/contacts_file.h"
#include "api/input.h"
#include "api/reply.h"

#define BODY_MS 60000 /* for a body that does not come at once */

enum { CSV, VCARD, FORMATS };

static const struct {
	const char *type; /* both are UTF-8 unless they say otherwise */
	const char *disposition;
} formats[FORMATS] = {
	[CSV] = { "text/csv", "attachment; filename=\"contacts.csv\"" },
	[VCARD] = { "text/vcard", "attachment; filename=\"contacts.vcf\"" },
};

/* --------------------------------------------------------------- export */

/* 1 when S, LEN bytes without blanks around, is TYPE or a range of it. */
static int
covers(const char *s, size_t len, const char *type)
{
	size_t range = strcspn(type, "/") + 1;

	return (len == strlen(type) && strncasecmp(s, type, len) == 0) ||
	       (len == 3 && memcmp(s, "*/*", 3) == 0) ||
	       (len == range + 1 && strncasecmp(s, type, range) == 0 &&
		   s[range] == '*');
}

/* The quality of a media range (RFC 9110 12.4.2), whose parameters are S, in
 * thousandths. */
static int
quality(const char *s, const char *end)
{
	int q = 1000;

	for (; s < end; s++) {
		const char *v = s + 1 + strspn(s + 1, " \t");

		if (*s != ';' || (*v != 'q' && *v != 'Q') || v[1] != '=')
			continue;
		v += 2;
		q = *v == '1' ? 1000 : 0;
		if (v[0] == '0' && v[1] == '.')
			for (int part = 100; isdigit((unsigned char)v[2]);
			     part /= 10, v++)
				q += (v[2] - '0') * part;
	}
	return q;
}

/* How much ACCEPT (NULL: all) wants TYPE: what names it most exactly counts; 0
 * not at all. */
static int
wanted(const char *accept, const char *type)
{
	int q = accept == NULL || *accept == '\0';
	size_t exact = 0;

	while (accept != NULL && *accept != '\0') {
		const char *s = accept + strspn(accept, " \t,");
		const char *end = s + strcspn(s, ",");
		size_t len = strcspn(s, ";, \t");

		if (len >= exact && len > 0 && covers(s, len, type)) {
			exact = len;
			q = quality(s, end);
		}
		accept = end;
	}
	return q;
}

/* 1 and *FORMAT; 0 a problem was replied. */
static int
choose_format(struct action *a, int *format)
{
	const char *accept = http_header(a->request, "Accept");
	int csv = wanted(accept, formats[CSV].type);
	int vcard = wanted(accept, formats[VCARD].type);

	*format = vcard > csv ? VCARD : CSV;
	if (csv > 0 || vcard > 0)
		return 1;
	reply_problem(a, REPLY_NOT_ACCEPTABLE,
	    "Contacts are exported as text/csv or text/vcard: Accept has "
	    "neither.");
	return 0;
}

static const char *
link_of(struct action *a, const char *tag, const char *cursor)
{
	return pool_printf(a->pool,
	    "</api/v1/contacts/export?cursor=%s%s%s>; rel=\"next\"", cursor,
	    tag != NULL ? "&tag=" : "",
	    tag != NULL ? codec_percent(a->pool, tag) : "");
}

/* Appends contacts IDS, as many as fit: how many, -1. */
static int
put_contacts(
    struct action *a, struct buf *b, int format, const int64_t *ids, int n)
{
	struct contact_field *fields =
	    pool_alloc(a->pool, sizeof(*fields) * CONTACT_FIELDS_MAX);
	int n_fields = contact_field_list(a->session, a->pool, fields), i;
	struct contact c;

	if (n_fields == -1)
		return -1;
	if (format == CSV)
		contact_csv_write_head(b, fields, n_fields);
	for (i = 0; i < n && b->len < CONTACTS_FILE_PAGE_LEN; i++) {
		if (contact_get(a->session, a->pool, ids[i], &c) != 1)
			return -1;
		if (format == VCARD)
			contact_vcard_write(b, &c);
		else
			contact_csv_write(b, &c, fields, n_fields);
	}
	return i;
}

int
contacts_file_export(struct action *a)
{
	int64_t *ids =
	    pool_alloc(a->pool, sizeof(*ids) * (CONTACTS_FILE_PAGE + 1));
	struct contact_list_filter f = { .before = INT64_MAX };
	struct buf b = { .pool = a->pool };
	int64_t unused = 0;
	int format, complete, n, put;

	if (!choose_format(a, &format) ||
	    !cursor_read_pair(a, &f.before, &unused))
		return 0;
	f.tag = input_param(a, "tag");
	n = contact_list_read(
	    a->session, a->pool, &f, ids, CONTACTS_FILE_PAGE + 1, &complete);
	if (n == -1)
		return -1;
	put = put_contacts(a, &b, format, ids,
	    n > CONTACTS_FILE_PAGE ? CONTACTS_FILE_PAGE : n);
	if (put == -1)
		return -1;
	if (put < n)
		reply_header(a, "Link",
		    link_of(a, f.tag, cursor_write_pair(a, ids[put - 1], 0)));
	reply_header(a, "Vary", "Accept");
	reply_header(a, "Content-Disposition", formats[format].disposition);
	a->answer->status = 200;
	a->answer->type = formats[format].type;
	a->answer->body_len = b.len;
	a->answer->body = buf_end(&b);
	return 0;
}

/* --------------------------------------------------------------- import */

struct import_answer {
	struct action *a;
	int n; /* bad lines that are named */
};

static void
note_bad(void *arg, long line, const char *why)
{
	struct import_answer *said = arg;
	struct action *a = said->a;

	if (said->n++ < CONTACTS_FILE_ERRORS)
		input_wrong(a, pool_printf(a->pool, "line %ld", line),
		    pool_copy(a->pool, why));
}

/* 1 and *FORMAT; 0 a problem was replied. */
static int
read_type(struct action *a, int *format)
{
	const char *type = http_header(a->request, "Content-Type");
	size_t len = type == NULL ? 0 : strcspn(type, "; \t");

	for (*format = 0; *format < FORMATS; (*format)++)
		if (len == strlen(formats[*format].type) &&
		    strncasecmp(type, formats[*format].type, len) == 0)
			return 1;
	reply_problem(a, REPLY_UNSUPPORTED_MEDIA_TYPE,
	    "The body must be text/csv or text/vcard.");
	return 0;
}

/* 1; 0 a problem was replied, or the body comes. */
static int
read_file(struct action *a, char **text, size_t *len)
{
	struct http_receive how = { .ms = BODY_MS };
	int rc;

	if (a->request->length <= INPUT_BODY_MAX && !http_whole(a->request)) {
		body_quota_take(a, &how);
		return 0;
	}
	rc = http_body(a->request, INPUT_BODY_MAX, text, len);
	if (rc == 0)
		reply_problem(a, REPLY_TOO_LARGE,
		    "The file is larger than 1 MiB: import it in parts.");
	else if (rc == -1)
		reply_problem(a, REPLY_BAD_FIELD, "The body ended too early.");
	return rc == 1;
}

static int
answer_import(struct action *a, const struct contact_import *im)
{
	struct json_out *out = json_new(a->pool);

	json_open_object(out, NULL);
	json_put_int(out, "lines", im->lines);
	json_put_int(out, "added", im->added);
	json_put_int(out, "updated", im->updated);
	json_put_int(out, "bad", im->n_bad);
	json_put_int(out, "left_out", im->left_out);
	json_put_text(out, "ignored_columns", im->ignored);
	json_open_array(out, "errors");
	for (const struct action_wrong *w = a->wrong; w != NULL; w = w->next) {
		json_open_object(out, NULL);
		json_put_text(out, "field", w->field);
		json_put_text(out, "message", w->message);
		json_close(out);
	}
	json_close(out);
	json_close(out);
	a->wake = 1; /* for their words in the search */
	return reply_json(a, 200, out);
}

/* Checked, and not written yet: 1 may be written, 0 a problem was replied. */
static int
may_import(struct action *a, const struct contact_import *im)
{
	if (im->lines > CONTACTS_FILE_LINES || im->tags > CONTACTS_FILE_TAGS ||
	    im->values > CONTACTS_FILE_VALUES)
		reply_problem(a, REPLY_TOO_LARGE,
		    pool_printf(a->pool,
			"The file has %ld contacts with %ld tags and %ld "
			"values, and may have %d with %d and %d: import it in "
			"parts.",
			im->lines, im->tags, im->values, CONTACTS_FILE_LINES,
			CONTACTS_FILE_TAGS, CONTACTS_FILE_VALUES));
	else if (im->n_bad > 0 && input_param(a, "skip_bad") == NULL)
		reply_problem(a, REPLY_BAD_FIELD,
		    pool_printf(a->pool,
			"%ld of %ld lines are bad, so nothing was imported "
			"(skip_bad=true imports the others).",
			im->n_bad, im->lines));
	else
		return 1;
	return 0;
}

int
contacts_file_import(struct action *a)
{
	struct import_answer said = { .a = a };
	struct contact_field *fields =
	    pool_alloc(a->pool, sizeof(*fields) * CONTACT_FIELDS_MAX);
	struct contact_import im = { .session = a->session,
		.pool = a->pool,
		.now = a->now,
		.bad = note_bad,
		.arg = &said,
		.fields = fields };
	const char *skip = input_param(a, "skip_bad"), *why = NULL;
	char *text = NULL;
	size_t len = 0;
	int format;

	if (skip != NULL && !text_is(skip, "true"))
		return input_bad(a, "skip_bad", "is not true");
	if (!read_type(a, &format) || !read_file(a, &text, &len))
		return 0;
	im.n_fields = contact_field_list(a->session, a->pool, fields);
	if (im.n_fields == -1)
		return -1;
	if (contact_import_open(&im, format == VCARD, text, len, &why) == -1)
		return reply_problem(a, REPLY_BAD_FIELD,
		    pool_printf(a->pool, "The file cannot be read: %s.", why));
	if (contact_import_check(&im) == -1)
		return -1;
	if (!may_import(a, &im))
		return 0;
	return contact_import_put(&im) == -1 ? -1 : answer_import(a, &im);
}
