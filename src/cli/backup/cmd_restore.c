/*
 * waspool restore: puts a backup in the place of the present databases.  First
 * everything is checked and prepared in a folder beside them (restore_check.c
 * and the other restore_*.c); then a few renames move the old databases aside
 * and the new ones in.  The old ones are kept.  When a rename fails, the person
 * is told where each file is, and to type the command again.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/inbox.h"

#include "cli/backup/restore.h"
#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define PATIENCE_MS   5000 /* wait for the processor's present run */
#define DATABASE_MODE 0640

/* Locks that are held to the end; the kernel releases them. */
struct locks {
	struct lock *run, *state, *writers[MANIFEST_FILES];
};

/* Takes the processor's lock: a run of cron's gives way, and none begins. */
static void
stop_processor(struct restore *r, struct locks *l)
{
	const struct config *config = &r->c->config;

	if (access(config->run_dir, W_OK) == 0)
		l->run = lock_open(config_run_path(config, "process.lock"));
	l->state = lock_open(config_state_path(config, "process.lock"));
	if (l->state == NULL ||
	    (l->run != NULL && lock_take(l->run, PATIENCE_MS) != 1) ||
	    lock_take(l->state, 1000) != 1)
		restore_fail(r, EX_TEMPFAIL,
		    "waspool-process is running, and does not end: stop it "
		    "(systemctl stop waspool-process, or take its line out of "
		    "cron and end it), then type this again");
}

/* Locks the databases: no program has one open, nor can open it to write. */
static void
close_all(struct restore *r, struct locks *l)
{
	for (int i = 0; i < MANIFEST_FILES; i++) {
		const char *path = cli_db_place(r->c, manifest_names[i]);

		l->writers[i] =
		    lock_open(pool_printf(r->c->pool, "%s.lock", path));
		if (l->writers[i] == NULL ||
		    lock_take(l->writers[i], 5000) != 1)
			restore_fail(
			    r, EX_TEMPFAIL, "%s is being written", path);
	}
	for (int i = 0; i < MANIFEST_FILES; i++)
		restore_check_closed(r, manifest_names[i]);
}

static const char *
aside_name(struct restore *r)
{
	time_t now = (time_t)r->c->now;
	struct tm tm;
	char text[32];
	char *path;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	path = pool_printf(r->c->pool, "%s/before-restore-%s", r->state, text);
	for (int i = 2; access(path, F_OK) == 0; i++)
		path = pool_printf(
		    r->c->pool, "%s/before-restore-%s-%d", r->state, text, i);
	return path;
}

/* The spool's folder may be on a disk of its own. */
static int
carry(struct restore *r, const char *from, const char *to)
{
	const char *new = pool_printf(r->c->pool, "%s.new", to);
	char sha256[MANIFEST_HASH];
	struct stat st;
	int why;

	/* rename reports EXDEV also for a file that does not exist. */
	if (lstat(from, &st) == -1)
		return -1;
	if (rename(from, to) == 0)
		return 0;
	if (errno != EXDEV)
		return -1;
	unlink(new);
	if (manifest_copy(open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), new,
		sha256) == -1 ||
	    rename(new, to) == -1) {
		why = errno;
		unlink(new);
		errno = why;
		return -1;
	}
	return unlink(from);
}

static void
move_restore(struct restore *r, const char *from, const char *to)
{
	if (carry(r, from, to) == -1 && errno != ENOENT)
		cli_fail(EX_IOERR,
		    "%s: %s.  The old files are in %s, the new ones in %s: "
		    "type this again",
		    from, strerror(errno), r->aside, r->dir);
}

/* The database first: -wal and -shm alone mean nothing. */
static void
swap(struct restore *r, const char *name)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	const char *folder =
	    strcmp(name, "spool.db") == 0 ? r->c->config.spool_dir : r->state;
	struct pool *p = r->c->pool;
	const char *path = cli_db_place(r->c, name);
	const char *copy = pool_printf(p, "%s/%s", r->dir, name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		move_restore(r, pool_printf(p, "%s%s", path, ends[i]),
		    pool_printf(p, "%s/%s%s", r->aside, name, ends[i]));
	move_restore(r, copy, path);
	if (disk_share(path, folder, DATABASE_MODE) == -1)
		cli_fail(EX_NOPERM, "%s: %s", path, strerror(errno));
}

static void
swap_all(struct restore *r)
{
	r->aside = aside_name(r);
	if (mkdir(r->aside, 0700) == -1)
		restore_fail(
		    r, EX_CANTCREAT, "%s: %s", r->aside, strerror(errno));
	if (!r->keep_inbox)
		swap(r, "inbox.db");
	if (!r->keep_spool)
		swap(r, "spool.db");
	disk_sync_names(r->aside);
	disk_sync_names(r->state);
	disk_sync_names(r->c->config.spool_dir);
	restore_clear(r);
	if (rmdir(r->aside) == 0)
		r->aside = NULL;
}

static void
say_restore(struct restore *r)
{
	struct cli *c = r->c;
	struct output *s = output_object(c);

	output_text(s, "restored", r->from);
	output_time(s, "made_at", r->made_at);
	output_text(s, "inbox",
	    r->keep_inbox ? "stays as it is"
	    : r->schema_from == INBOX_VERSION
		? "the backup's"
		: pool_printf(c->pool, "the backup's, schema %d upgraded to %d",
		      r->schema_from, INBOX_VERSION));
	output_text(s, "spool",
	    pool_printf(c->pool, "%s: %s",
		r->keep_spool ? "stays" : "the backup's", r->spool_why));
	output_int(s, "deliveries_added", r->n_imported);
	output_int(s, "files_added", r->n_media);
	output_int(s, "files_damaged", r->n_damaged);
	output_int(s, "messages_not_sent", r->n_unsent);
	output_int(s, "requests_not_asked", r->n_unasked);
	output_int(s, "endpoints_paused", r->n_paused);
	output_int(s, "secrets_kept", r->n_secrets);
	output_int(s, "passwords_kept", r->n_passwords);
	output_int(s, "people_erased_since", r->n_erased);
	output_int(s, "tokens_revoked", r->n_revoked);
	output_int(s, "tokens_valid", r->n_valid);
	output_text(s, "before", r->aside);
	output_end(s);
}

static void
say_next(struct restore *r)
{
	struct cli *c = r->c;

	print_hint(c, "\nStart the programs.  Deliveries in the spool that "
		      "came since the backup are applied again.");
	if (r->n_unsent > 0)
		print_hint(c, "Messages that were queued then and may have "
			      "been sent since: 'waspool outbox list --state "
			      "failed', 'waspool outbox retry ID'.");
	if (r->n_unasked > 0)
		print_hint(c, "Templates and blocks that were asked for then "
			      "are not: whoever wants them asks again.");
	if (r->n_paused > 0)
		print_hint(c, "Nothing is posted to endpoints of webhooks "
			      "until each is resumed: 'waspool endpoint list', "
			      "'waspool endpoint resume ID'.");
	if (r->n_paused > 0 && !r->knows_since)
		print_hint(c, "Posts are signed with the secrets of the "
			      "backup, also with those that were renewed "
			      "since: 'waspool endpoint secret ID'.");
	if (!r->keep_inbox && !r->knows_since)
		print_hint(c, "People sign in with the passwords of the "
			      "backup, also with those that were changed "
			      "since: 'waspool user invite E-MAIL'.");
	if (r->n_erased > 0)
		print_hint(c, "People who were erased since are in the inbox "
			      "again: 'waspool contact erase'.");
	if (!r->keep_inbox && r->n_valid > 0)
		print_hint(c,
		    "Check the valid tokens, since some may have been revoked "
		    "after the backup: 'waspool token list', 'waspool token "
		    "revoke ID', or restore with --revoke-tokens.");
	if (r->aside != NULL && !r->keep_spool)
		print_hint(c,
		    "Deliveries of the spool that was there: 'waspool "
		    "spool import %s/spool.db' applies what can be "
		    "read of them.",
		    r->aside);
	if (r->aside != NULL)
		print_hint(c, "When all is well: 'rm -r %s' (personal data).",
		    r->aside);
}

static int
choose_restore(struct cli *c, const char *option, int *present)
{
	const char *value = cli_option(c, option);

	*present = text_is(value, "present");
	if (value != NULL && !*present && !text_is(value, "backup"))
		cli_usage(
		    c, "--%s is present or backup, not '%s'", option, value);
	return value != NULL;
}

static void
restore(struct cli *c)
{
	struct restore r = { .c = c,
		.from = disk_folder(c->pool, c->args[0]),
		.state = c->config.state_dir,
		.revoke_all = cli_option(c, "revoke-tokens") != NULL };
	struct locks locks = { 0 };

	cli_db_file(c, "what pg_basebackup or pg_dump copied, PostgreSQL "
		       "restores, as docs/postgresql.md has it");
	choose_restore(c, "inbox", &r.keep_inbox);
	if (choose_restore(c, "spool", &r.keep_spool))
		r.spool_why = "as you said";
	else if (r.keep_inbox)
		r.spool_why = "only it is restored";
	if (r.keep_inbox && r.keep_spool)
		cli_usage(c, "then there is nothing to restore");
	restore_check_folders(&r);
	stop_processor(&r, &locks);
	restore_check(&r);
	if (!r.keep_inbox)
		restore_inbox(&r);
	restore_spool(&r);
	restore_media(&r);
	close_all(&r, &locks);
	swap_all(&r);
	say_restore(&r);
	say_next(&r);
}

static const struct cli_option options[] = {
	{ "revoke-tokens", NULL, "revokes all tokens of the backup" },
	{ "inbox", "WHICH", "present: only the spool is restored" },
	{ "spool", "WHICH",
	    "present or backup; without it the present one "
	    "unless it is damaged" },
	{ 0 },
};

const struct cli_verb cmd_restore[] = {
	{ "", "FOLDER", 1, 1,
	    "Replaces the databases by a backup; the old ones are kept aside",
	    "As root or as the programs' user, while the programs are "
	    "stopped.\nEverything is checked before anything is changed.  "
	    "Deliveries that\ncame since are applied again; no id that was "
	    "given before is given\nagain; clients must load everything again; "
	    "messages that may have\nbeen sent since are not sent again.",
	    "waspool restore /backup/2026-01-31", options, restore },
	{ 0 },
};
