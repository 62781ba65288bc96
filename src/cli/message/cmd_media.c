/*
 * waspool media: files of messages.  Lists them, makes downloads due again,
 * compares files with rows, and deletes files that no row names.  The processor
 * downloads.
 */
#include <inttypes.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/media/blob.h"
#include "inbox/media/media_admin.h"
#include "inbox/media/upload_purge.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define LIST_MAX 10000
#define DAY	 86400
#define KEPT	 (7 * DAY) /* how long the provider keeps a file */
#define UNSENT	 3600

static const char *
dir(struct cli *c)
{
	return config_state_path(&c->config, "media");
}

/* ------------------------------------------------------------------- list */

static void
put_cmd_media(struct output *s, const struct media *m)
{
	output_row(s);
	output_int(s, "message_id", m->message_id);
	output_text(s, "number", m->phone_number_id);
	output_text(s, "state", m->state);
	output_text(s, "mime_type", m->mime_type);
	output_int(s, "bytes", m->size);
	output_int(s, "attempts", m->attempts);
	output_time(s, "due_at", text_is(m->state, "pending") ? m->due_at : 0);
	output_time(s, "created_at", m->created_at);
	output_text(s, "reason", m->reason);
}

static void
list_media(struct cli *c)
{
	const char *state = cli_option(c, "state");
	int64_t left = cli_option_number(c, "limit", 50), before = 0;
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct media *m;
	int i, n, max;

	if (state != NULL && !text_is(state, "pending") &&
	    !text_is(state, "stored") && !text_is(state, "failed") &&
	    !text_is(state, "missing"))
		cli_usage(c,
		    "a state is pending, stored, failed or missing, not '%s'",
		    state);
	if (left > LIST_MAX)
		left = LIST_MAX;
	do {
		max = left < CMD_PAGE ? (int)left : CMD_PAGE;
		cli_db_ok(
		    c, media_list(db, c->pool, state, before, max, &m, &n));
		for (i = 0; i < n; i++)
			put_cmd_media(s, &m[i]);
		if (n > 0)
			before = m[n - 1].id;
		left -= n;
	} while (n == CMD_PAGE && left > 0);
	output_end(s);
}

/* ------------------------------------------------------------------ fetch */

static void
refuse(struct cli *c, int64_t id)
{
	struct media m;

	if (!cli_db_ok(c, media_get(c->inbox, c->pool, id, &m)))
		cli_fail(EX_DATAERR, "message %" PRId64 " has no file", id);
	if (text_is(m.state, "stored"))
		cli_fail(EX_DATAERR,
		    "the file of message %" PRId64
		    " is stored already; 'waspool media verify' checks it",
		    id);
	cli_fail(EX_DATAERR,
	    "the file of message %" PRId64 " cannot be downloaded: %s", id,
	    m.reason != NULL ? m.reason : "the provider sent no id for it");
}

/* A transaction for some files at a time, so that others can write. */
static int64_t
again_all(struct cli *c)
{
	struct media_place place = { 0 };
	int64_t n = 0;
	int more;

	do {
		cli_db_begin(c);
		more = cli_db_ok(c, media_again_all(c->inbox, c->now - KEPT,
					c->now, &place, &n));
		cli_db_commit(c);
	} while (more);
	return n;
}

static void
fetch(struct cli *c)
{
	int all = cli_option(c, "all") != NULL;
	int64_t id = 0, n;

	if (all == (c->n_args == 1))
		cli_usage(c, "say which message, or --all");
	if (!all)
		id = cli_number(c, c->args[0], "a message's id");
	cli_db_inbox(c, DB_WRITE);
	if (all)
		n = again_all(c);
	else {
		cli_db_begin(c);
		n = cli_db_ok(c, media_again(c->inbox, id, c->now));
		if (n == 0)
			refuse(c, id);
		cli_db_commit(c);
	}
	cli_db_wake(c);
	print_done(c, "due", n, "%" PRId64 " due now", n);
}

/* ----------------------------------------------------------------- verify */

static const char *
repair(struct cli *c, const char *path, int64_t *again)
{
	int64_t n, all = 0;

	if (cli_option(c, "repair") == NULL)
		return NULL;
	do {
		cli_db_begin(c);
		n = cli_db_ok(c, media_lost(c->inbox, path, c->now));
		all += n;
		if (n == 0 && blob_delete(dir(c), path) == -1)
			cli_fail(
			    EX_IOERR, "%s/%s cannot be deleted", dir(c), path);
		cli_db_commit(c);
	} while (n > 0);
	*again += all;
	return all > 0 ? "will be downloaded again if the provider still has it"
		       : "deleted";
}

static void
verify(struct cli *c)
{
	static const char *const words[] = {
		[BLOB_GONE] = "not there",
		[BLOB_DAMAGED] = "damaged",
	};
	const char *after = "", **paths;
	int64_t bad = 0, again = 0;
	struct output *s;
	int i, n;

	cli_db_inbox(c, cli_option(c, "repair") != NULL ? DB_WRITE : DB_READ);
	s = output_list(c);
	do {
		cli_db_ok(c, media_paths(c->inbox, c->pool, after, CMD_PAGE,
				 &paths, &n));
		for (i = 0; i < n; i++) {
			enum blob_state v = blob_check(dir(c), paths[i]);

			after = paths[i];
			if (v == BLOB_GOOD)
				continue;
			bad++;
			output_row(s);
			output_text(s, "path", paths[i]);
			output_text(s, "state", words[v]);
			output_text(s, "repair", repair(c, paths[i], &again));
		}
	} while (n == CMD_PAGE);
	output_end(s);
	if (again > 0)
		cli_db_wake(c);
	if (bad > 0)
		cli_fail(EX_DATAERR, "%" PRId64 " files are damaged or missing",
		    bad);
}

/* ------------------------------------------------------------------ prune */

struct prune {
	struct cli *c;
	int64_t files;
};

/* Deletes a file that no row names; the caller has the write lock. */
static int
drop(void *arg, const char *path)
{
	struct prune *p = arg;
	struct cli *c = p->c;

	if (cli_db_ok(c, media_uses(c->inbox, path)) == 0) {
		int rc = blob_delete(dir(c), path);

		if (rc == -1)
			cli_fail(
			    EX_IOERR, "%s/%s cannot be deleted", dir(c), path);
		p->files += rc;
	}
	return 0;
}

/* A transaction for each file, so that others can write. */
static int
drop_unused(void *arg, const char *path)
{
	struct prune *p = arg;

	if (cli_db_ok(p->c, media_uses(p->c->inbox, path)) == 1)
		return 0;
	cli_db_begin(p->c);
	drop(arg, path);
	cli_db_commit(p->c);
	return 0;
}

static void
drop_older(struct prune *p, int64_t before)
{
	struct cli *c = p->c;
	const char **paths;
	int i, n;

	do {
		cli_db_begin(c);
		cli_db_ok(c, media_prune(c->inbox, c->pool, before, CMD_PAGE,
				 &paths, &n));
		for (i = 0; i < n; i++)
			drop(p, paths[i]);
		cli_db_commit(c);
	} while (n > 0);
}

/* Deletes uploads that nobody sent; not those of the last hour, which a member
 * may be about to send. */
static void
drop_unsent(struct prune *p)
{
	struct cli *c = p->c;
	struct upload_purge u = {
		.dir = dir(c),
		.before = c->now - UNSENT,
		.now = c->now,
	};
	int more;

	do {
		cli_db_begin(c);
		more = cli_db_ok(
		    c, upload_purge_step(c->inbox, c->pool, &u, CMD_PAGE));
		cli_db_commit(c);
	} while (more);
	p->files += u.files;
}

static void
prune(struct cli *c)
{
	const char *older = cli_option(c, "older");
	struct prune p = { c, 0 };
	int64_t span = 0;

	if ((older == NULL) == (cli_option(c, "unused") == NULL))
		cli_usage(c, "prune --older SPAN, or --unused");
	if (older != NULL && clock_parse_span(older, &span) == -1)
		cli_usage(c, "a span is 36h, 90d, …, not '%s'", older);
	cli_db_inbox(c, DB_WRITE);
	if (older == NULL)
		drop_unsent(&p);
	if (older != NULL)
		drop_older(&p, c->now - span);
	else if (blob_walk(dir(c), drop_unused, &p) == -1)
		cli_fail(EX_IOERR, "%s cannot be read", dir(c));
	print_done(c, "deleted", p.files, "%" PRId64 " files deleted", p.files);
}

/* ------------------------------------------------------------------ table */

static const struct cli_option list_options_media[] = {
	{ "state", "STATE", "only pending, stored, failed or missing ones" },
	{ "limit", "N", "at most so many (50, and not over 10000)" },
	{ 0 },
};

static const struct cli_option fetch_options[] = {
	{ "all", NULL, "all missing ones of the last 7 days" },
	{ 0 },
};

static const struct cli_option verify_options[] = {
	{ "repair", NULL, "downloads the bad ones again" },
	{ 0 },
};

static const struct cli_option prune_options[] = {
	{ "older", "SPAN", "files older than that: 36h, 90d, …" },
	{ "unused", NULL,
	    "files that no message names; uploads: not of the last hour" },
	{ 0 },
};

const struct cli_verb cmd_media[] = {
	{ "list", "", 0, 0, "Lists files of messages, newest first",
	    "pending: will be downloaded, at due_at at the latest.  "
	    "failed:\ngiven up, fetch tries again.  missing: cannot be "
	    "downloaded, or\nwas pruned.",
	    "waspool media list --state failed", list_options_media,
	    list_media },
	{ "fetch", "[MESSAGE_ID]", 0, 1, "Downloads a file again, now",
	    "The provider keeps files for 7 days.", "waspool media fetch --all",
	    fetch_options, fetch },
	{ "verify", "", 0, 0,
	    "Checks all stored files; status 65 when one is bad", NULL,
	    "waspool media verify --repair", verify_options, verify },
	{ "prune", "", 0, 0,
	    "Deletes old files, or those that no message names",
	    "Their messages stay and say that the file was pruned.",
	    "waspool media prune --older 365d", prune_options, prune },
	{ 0 },
};
