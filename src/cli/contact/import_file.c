/*
 * waspool contact import: says what is wrong with the file, and how far it is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/contact/files/contact_import.h"

#include "session/session.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/contact/import_file.h"
#include "cli/output.h"
#include "cli/print.h"

struct import {
	struct contact_import core;
	int progress; /* 1: stderr is a terminal */
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

static void
show_progress(void *arg, long n)
{
	const struct import *im = arg;

	if (im->progress)
		fprintf(stderr, "\r%ld of %ld lines", n, im->core.lines);
}

static void
say_bad(void *arg, long line, const char *why)
{
	clear_progress(arg);
	fprintf(stderr, "line %ld: %s\n", line, why);
}

/* Ends the program when RC is -1.  The lines that are committed stay. */
static void
ok(const struct import *im, int rc)
{
	enum db_error why = session_error(im->core.session);

	if (rc != -1)
		return;
	if (im->core.done == 0)
		cli_db_fail(why);
	clear_progress(im);
	cli_fail(why == DB_BUSY ? EX_TEMPFAIL : EX_IOERR,
	    "the %s after %ld of %ld lines, which are imported: "
	    "import the same file again for the others",
	    why == DB_BUSY   ? "inbox is busy"
	    : why == DB_FULL ? "disk is full"
			     : "database failed",
	    im->core.done, im->core.lines);
}

static void
check_file(struct cli *c, struct import *im)
{
	ok(im, contact_import_check(&im->core));
	if (im->core.left_out > 0)
		print_hint(c, "not imported, for they have no phone: %ld cards",
		    im->core.left_out);
	if (im->core.n_bad > 0 && cli_option(c, "skip-bad") == NULL)
		cli_fail(EX_DATAERR,
		    "%ld of %ld lines are bad, so nothing "
		    "was imported (--skip-bad imports the "
		    "others)",
		    im->core.n_bad, im->core.lines);
}

static void
show_counts(struct cli *c, const struct contact_import *im)
{
	struct output *s = output_object(c);

	output_int(s, "lines", im->lines);
	output_int(s, "added", im->added);
	output_int(s, "updated", im->updated);
	output_int(s, "bad", im->n_bad);
	output_end(s);
}

void
import_file(struct cli *c, struct session *m, const char *path)
{
	struct import im = { .core = { .session = m,
				 .pool = c->pool,
				 .now = c->now,
				 .bad = say_bad,
				 .progress = show_progress,
				 .arg = &im },
		.progress = isatty(STDERR_FILENO) && !c->json };
	struct contact_field fields[CONTACT_FIELDS_MAX];
	const char *why;
	size_t len;
	char *text = read_all(c, path, &len);

	im.core.fields = fields;
	im.core.n_fields = cli_db_ok(c, contact_field_list(m, c->pool, fields));
	if (contact_import_open(
		&im.core, contact_vcard_is(text, len), text, len, &why) == -1)
		cli_fail(EX_DATAERR, "%s: %s", path, why);
	if (im.core.ignored != NULL)
		print_hint(c, "not imported: %s", im.core.ignored);
	check_file(c, &im);
	ok(&im, contact_import_put(&im.core));
	clear_progress(&im);
	show_counts(c, &im.core);
}
