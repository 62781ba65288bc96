/*
 * Imports contacts, line by line: checks all, then writes them in steps.
 */
#include <search.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "session/session.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/contact/files/contact_import.h"

#define PROGRESS_EVERY 500 /* lines */

/* A step (db.h) ends when the next line, a contact with its links, its tags and
 * its values, could exceed the rows of a step (with many tags a job does most
 * of it); or after STEP_MS, also when its lines change nothing. */
#define STEP_MS	   10
#define LINE_ROWS  180
#define TAG_ROWS   24
#define TAGS_ROWS  480
#define VALUE_ROWS 5

#define LET_MS 5

static const char nameless[] = "a new contact needs a name";
static const char two[] =
    "phone and user_id are two contacts: merge them first";

/* The file from here on: it is read twice. */
struct import_source {
	int is_vcard;
	struct contact_csv csv;
	struct contact_vcard vcard;
};

static struct import_source
begin_source(const struct contact_import *im)
{
	return (struct import_source){ im->is_vcard, im->csv, im->vcard };
}

static int
next_line_import(
    struct import_source *s, struct pool *pool, struct contact_csv_line *l)
{
	return s->is_vcard ? contact_vcard_next(&s->vcard, pool, l)
			   : contact_csv_next(&s->csv, pool, l);
}

int
contact_import_open(struct contact_import *im, int is_vcard, const char *text,
    size_t len, const char **why)
{
	im->is_vcard = is_vcard;
	if (!is_vcard) {
		im->csv.fields = im->fields;
		im->csv.n_fields = im->n_fields;
		if (contact_csv_open(&im->csv, im->pool, text, len, why) == -1)
			return -1;
		im->ignored = im->csv.ignored;
		return 0;
	}
	*why = "it does not begin as a vCard, with BEGIN:VCARD";
	if (!contact_vcard_is(text, len))
		return -1;
	im->vcard.fields = im->fields;
	im->vcard.n_fields = im->n_fields;
	contact_vcard_open(&im->vcard, text, len);
	return 0;
}

/* ---------------------------------------------------------------- check */

static void
bad_line(struct contact_import *im, const struct contact_csv_line *l,
    const char *why)
{
	im->bad(im->arg, l->line, why);
	im->n_bad++;
}

static int
compare_import(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum found { FAILED = -1, NONE, ONE, BOTH };

/* The contact that the line is about, and its *ID; BOTH: its phone is of one
 * contact, and its user id of another. */
static enum found
find_line(struct contact_import *im, const struct contact *c, int64_t *id)
{
	int64_t other = 0;
	int by_phone = 0, by_user = 0;

	if (c->phone != NULL)
		by_phone = contact_find(im->session, c->phone, id);
	if (c->user_id != NULL)
		by_user = contact_find_user(im->session, c->user_id, &other);
	if (by_phone == -1 || by_user == -1)
		return FAILED;
	if (by_user == 0)
		return by_phone ? ONE : NONE;
	if (by_phone && other != *id)
		return BOTH;
	*id = other;
	return ONE;
}

/* *WHY: what is wrong with the line, or NULL; a new contact needs a name.  0,
 * -1. */
static int
check_line(struct contact_import *im, const struct contact_csv_line *l,
    const char **why)
{
	const struct contact *c = &l->contact;
	const char *key = c->phone != NULL ? c->phone : c->user_id;
	enum found found = NONE;
	int64_t id;

	*why = l->why;
	if (l->why != NULL)
		return 0;
	if (c->name == NULL || (c->phone != NULL && c->user_id != NULL))
		found = find_line(im, c, &id);
	if (found == FAILED)
		return -1;
	if (found == BOTH)
		*why = two;
	else if (found == ONE || tfind(key, &im->named, compare_import) != NULL)
		return 0;
	else if (c->name == NULL)
		*why = nameless;
	else if (tsearch(pool_copy(im->pool, key), &im->named,
		     compare_import) == NULL)
		die(EX_OSERR, "out of memory");
	return 0;
}

static int
check_all(struct contact_import *im)
{
	struct import_source s = begin_source(im);
	struct contact_csv_line l;
	const char *why;

	for (; next_line_import(&s, im->line_pool, &l);
	     pool_reset(im->line_pool)) {
		im->lines++;
		im->tags += (long)l.contact.n_tags;
		im->values += (long)l.contact.n_values;
		if (check_line(im, &l, &why) == -1)
			return -1;
		if (why != NULL)
			bad_line(im, &l, why);
	}
	im->left_out = s.is_vcard ? s.vcard.left_out : 0;
	return 0;
}

int
contact_import_check(struct contact_import *im)
{
	int rc;

	im->line_pool = pool_new();
	rc = check_all(im);
	while (im->named != NULL)
		tdelete(*(char **)im->named, &im->named, compare_import);
	pool_free(im->line_pool);
	return rc;
}

/* ------------------------------------------------------------------ put */

/* Writes a line over the contact that exists; empty cells change nothing. */
static int
update(struct contact_import *im, int64_t id, const struct contact *said)
{
	struct contact c;
	int64_t taken;

	if (contact_get(im->session, im->line_pool, id, &c) != 1)
		return -1;
	if (said->phone != NULL)
		c.phone = said->phone;
	if (said->user_id != NULL)
		c.user_id = said->user_id;
	if (said->name != NULL)
		c.name = said->name;
	if (said->email != NULL)
		c.email = said->email;
	if (contact_change(im->session, im->line_pool, &c, im->now, &taken) ==
	    -1)
		return -1;
	for (size_t i = 0; i < said->n_tags; i++)
		if (contact_tag(im->session, id, said->tags[i], im->now) == -1)
			return -1;
	if (contact_field_put(
		im->session, id, said->values, said->n_values, im->now) == -1)
		return -1;
	im->updated++;
	return 0;
}

static int
put_line(struct contact_import *im, const struct contact_csv_line *l)
{
	const struct contact *c = &l->contact;
	int64_t id;

	if (l->why != NULL)
		return 0;
	switch (find_line(im, c, &id)) {
	case FAILED:
		return -1;
	case ONE:
		return update(im, id, c);
	case BOTH:
		return 0;
	case NONE:
		break;
	}
	if (c->name == NULL)
		return 0;
	im->added++;
	return contact_create(im->session, im->line_pool, c, im->now, &id) == -1
		   ? -1
		   : 0;
}

/* Commits after line N, and lets others write. */
static int
end_step(struct contact_import *im, long n)
{
	int wanted = session_wanted(im->session);

	if (session_commit(im->session) == -1)
		return -1;
	im->done = n;
	if (wanted)
		session_let_others(im->session, LET_MS);
	return 0;
}

/* 1 when the step must end before this line. */
static int
is_full(const struct contact_import *im, const struct contact_csv_line *l)
{
	int64_t tags = (int64_t)l->contact.n_tags * TAG_ROWS;
	int64_t rows = LINE_ROWS + (tags < TAGS_ROWS ? tags : TAGS_ROWS) +
		       (int64_t)l->contact.n_values * VALUE_ROWS;

	return session_written(im->session) + rows > DB_STEP_MAX ||
	       clock_ticks_ms() - im->began_ms >= STEP_MS;
}

static int
put_all(struct contact_import *im)
{
	struct import_source s = begin_source(im);
	struct contact_csv_line l;
	long n;

	for (n = 0; next_line_import(&s, im->line_pool, &l); n++) {
		if (n > im->done && is_full(im, &l) && end_step(im, n) == -1)
			return -1;
		if (n == im->done) {
			if (session_begin_step(im->session) == -1)
				return -1;
			im->began_ms = clock_ticks_ms();
		}
		if (put_line(im, &l) == -1)
			return -1;
		if (im->progress != NULL && n % PROGRESS_EVERY == 0)
			im->progress(im->arg, n);
		pool_reset(im->line_pool);
	}
	return n > im->done ? end_step(im, n) : 0;
}

int
contact_import_put(struct contact_import *im)
{
	int rc;

	im->line_pool = pool_new();
	rc = put_all(im);
	pool_free(im->line_pool);
	return rc;
}
