/*
 * waspool contact import.  The whole file is read and checked before the first
 * row is written: when a line is bad, none is.  Then it is written in short
 * transactions, so that others can write between them.
 */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "cli/cli.h"
#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/contact/contact_csv.h"
#include "cli/contact/contact_import.h"
#include "cli/contact/contact_vcard.h"
#include "cli/output.h"
#include "cli/print.h"

#define PROGRESS_EVERY 500 /* lines */

/* A step (db.h) ends when the next line, a contact with its links and its
 * tags, could exceed the rows of a step (with many tags a job does most of
 * it); or after STEP_MS, also when its lines change nothing. */
#define STEP_MS	  10
#define LINE_ROWS 180
#define TAG_ROWS  24
#define TAGS_ROWS 480

#define LET_MS 5

#define NAMELESS "a new contact needs a name"
#define TWO	 "phone and user_id are two contacts: 'waspool contact merge' them"

/* The file: what it is, is seen in it. */
struct import_source {
	int is_vcard;
	struct contact_csv csv;
	struct contact_vcard vcard;
};

static int
next_line_import(
    struct import_source *s, struct pool *pool, struct contact_csv_line *l)
{
	return s->is_vcard ? contact_vcard_next(&s->vcard, pool, l)
			   : contact_csv_next(&s->csv, pool, l);
}

struct import {
	struct cli *cli;
	struct session *session;
	struct pool *pool; /* of one line */
	void *named;	   /* tree: phones, or user ids, of new contacts */
	int progress;	   /* 1: stderr is a terminal */
	int skip_bad;	   /* 1: bad lines are named, and left out */
	long lines, added, updated, bad;
	long done;	  /* lines that are committed */
	int64_t began_ms; /* of the step */
};

static char *
read_all(struct cli *c, const char *path, size_t *len)
{
	struct buf b = { .pool = c->pool };
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char piece[65536];
	size_t n;

	if (f == NULL)
		cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		buf_put(&b, piece, n);
		if (b.len > CONTACT_CSV_MAX)
			cli_fail(EX_DATAERR, "%s is larger than %d MiB", path,
			    CONTACT_CSV_MAX >> 20);
	}
	if (ferror(f))
		cli_fail(EX_IOERR, "%s: %s", path, strerror(errno));
	if (f != stdin)
		fclose(f);
	*len = b.len;
	return buf_end(&b);
}

static void
clear_progress(const struct import *im)
{
	if (im->progress)
		fputs("\r\033[K", stderr);
}

/* The lines that are committed stay: importing the same file again does the
 * rest. */
static int
ok(const struct import *im, int rc)
{
	if (rc >= 0)
		return rc;
	if (im->done == 0)
		cli_db_fail(session_error(im->session));
	clear_progress(im);
	cli_fail(session_error(im->session) == DB_BUSY ? EX_TEMPFAIL : EX_IOERR,
	    "the %s after %ld of %ld lines, which are imported: "
	    "import the same file again for the others",
	    session_error(im->session) == DB_BUSY   ? "inbox is busy"
	    : session_error(im->session) == DB_FULL ? "disk is full"
						    : "database failed",
	    im->done, im->lines);
}

static void
bad_line(struct import *im, const struct contact_csv_line *l, const char *why)
{
	clear_progress(im);
	fprintf(stderr, "line %ld: %s\n", l->line, why);
	im->bad++;
}

static int
compare_import(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The contact that the line is about: 1 and *ID; 0 a new one; -1 its phone is
 * of one contact, and its user id of another. */
static int
find_line(struct import *im, const struct contact *c, int64_t *id)
{
	int64_t other = 0;
	int rc = c->phone != NULL
		     ? ok(im, contact_find(im->session, c->phone, id))
		     : 0;

	if (c->user_id == NULL ||
	    !ok(im, contact_find_user(im->session, c->user_id, &other)))
		return rc;
	if (rc == 1 && other != *id)
		return -1;
	*id = other;
	return 1;
}

/* What is wrong with the line, or NULL; a new contact needs a name. */
static const char *
wrong(struct import *im, const struct contact_csv_line *l)
{
	const struct contact *c = &l->contact;
	const char *key = c->phone != NULL ? c->phone : c->user_id;
	int64_t id;

	if (l->why != NULL)
		return l->why;
	if (c->phone != NULL && c->user_id != NULL &&
	    find_line(im, c, &id) == -1)
		return TWO;
	if (tfind(key, &im->named, compare_import) != NULL)
		return NULL;
	if (c->name == NULL)
		return find_line(im, c, &id) == 1 ? NULL : NAMELESS;
	key = pool_copy(im->cli->pool, key);
	if (tsearch(key, &im->named, compare_import) == NULL)
		cli_fail(EX_OSERR, "out of memory");
	return NULL;
}

/* Checks every line, before any is written: how many are good. */
static void
check_import(struct import *im, struct import_source s)
{
	struct contact_csv_line l;
	const char *why;

	for (; next_line_import(&s, im->pool, &l); pool_reset(im->pool)) {
		im->lines++;
		if ((why = wrong(im, &l)) != NULL)
			bad_line(im, &l, why);
	}
	while (im->named != NULL)
		tdelete(*(char **)im->named, &im->named, compare_import);
	if (s.is_vcard && s.vcard.left_out > 0)
		print_hint(im->cli,
		    "not imported, for they have no phone: %ld cards",
		    s.vcard.left_out);
}

/* Writes a line over the contact that exists; empty cells change nothing. */
static void
update(struct import *im, int64_t id, const struct contact *said)
{
	struct contact c;
	int64_t taken;
	size_t i;

	ok(im, contact_get(im->session, im->pool, id, &c));
	if (said->phone != NULL)
		c.phone = said->phone;
	if (said->user_id != NULL)
		c.user_id = said->user_id;
	if (said->name != NULL)
		c.name = said->name;
	if (said->email != NULL)
		c.email = said->email;
	ok(im, contact_change(im->session, im->pool, &c, im->cli->now, &taken));
	for (i = 0; i < said->n_tags; i++)
		ok(im,
		    contact_tag(im->session, id, said->tags[i], im->cli->now));
	im->updated++;
}

static void
put_import(struct import *im, const struct contact_csv_line *l)
{
	const struct contact *c = &l->contact;
	int64_t id;
	int rc = find_line(im, c, &id);

	if (rc == 1)
		update(im, id, c);
	else if (rc == 0 && c->name != NULL) {
		ok(im, contact_create(
			   im->session, im->pool, c, im->cli->now, &id));
		im->added++;
	} else if (!im->skip_bad) /* was there when it was checked */
		bad_line(im, l, rc == -1 ? TWO : NAMELESS);
}

/* Commits after line N, and lets others write. */
static void
end_step(struct import *im, long n)
{
	int wanted = session_wanted(im->session);

	ok(im, session_commit(im->session));
	im->done = n;
	if (wanted)
		session_let_others(im->session, LET_MS);
}

/* 1 when the step must end before this line. */
static int
is_full(const struct import *im, const struct contact_csv_line *l)
{
	int64_t tags = (int64_t)l->contact.n_tags * TAG_ROWS;
	int64_t rows = LINE_ROWS + (tags < TAGS_ROWS ? tags : TAGS_ROWS);

	return session_written(im->session) + rows > DB_STEP_MAX ||
	       clock_ticks_ms() - im->began_ms >= STEP_MS;
}

static void
put_all(struct import *im, struct import_source s)
{
	struct contact_csv_line l;
	long n;

	for (n = 0; next_line_import(&s, im->pool, &l); n++) {
		if (n > im->done && is_full(im, &l))
			end_step(im, n);
		if (n == im->done) {
			ok(im, session_begin_step(im->session));
			im->began_ms = clock_ticks_ms();
		}
		if (l.why == NULL)
			put_import(im, &l);
		if (im->progress && n % PROGRESS_EVERY == 0)
			fprintf(stderr, "\r%ld of %ld lines", n, im->lines);
		pool_reset(im->pool);
	}
	if (n > im->done)
		end_step(im, n);
	clear_progress(im);
}

static void
stop_if_bad(const struct import *im)
{
	if (im->bad > 0 && !im->skip_bad)
		cli_fail(EX_DATAERR,
		    "%ld of %ld lines are bad, so nothing "
		    "was imported (--skip-bad imports the "
		    "others)",
		    im->bad, im->lines);
}

static void
show_counts(const struct import *im)
{
	struct output *s = output_object(im->cli);

	output_int(s, "lines", im->lines);
	output_int(s, "added", im->added);
	output_int(s, "updated", im->updated);
	output_int(s, "bad", im->bad);
	output_end(s);
}

void
contact_import_file(struct cli *c, struct session *m, const char *path)
{
	struct import im = { .cli = c,
		.session = m,
		.pool = pool_new(),
		.skip_bad = cli_option(c, "skip-bad") != NULL,
		.progress = isatty(STDERR_FILENO) && !c->json };
	struct import_source s = { .is_vcard = 0 };
	const char *why;
	size_t len;
	char *text = read_all(c, path, &len);

	s.is_vcard = contact_vcard_is(text, len);
	if (s.is_vcard)
		contact_vcard_open(&s.vcard, text, len);
	else if (contact_csv_open(&s.csv, c->pool, text, len, &why) != 0)
		cli_fail(EX_DATAERR, "%s: %s", path, why);
	if (s.csv.ignored != NULL)
		print_hint(c, "not imported: %s", s.csv.ignored);
	check_import(&im, s);
	stop_if_bad(&im);
	put_all(&im, s);
	show_counts(&im);
	pool_free(im.pool);
}
