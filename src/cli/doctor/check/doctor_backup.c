/*
 * Checks of backups and restores, by the files and rows that they leave.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"
#include "inbox/node/id_marks.h"
#include "inbox/outbox/outbox_list.h"

#include "cli/cmd.h"
#include "cli/doctor/check/doctor_backup.h"
#include "cli/doctor/doctor.h"

#define DAY	   86400
#define OLD_DAYS   8  /* of a backup: a week, and one night that failed */
#define ASIDE_DAYS 30 /* of files that a restore put aside */

const char *
doctor_stopped(struct doctor *d, const char *command)
{
	int unit = doctor_unit(d, "waspool-process.service") != NULL;
	const char *process =
	    unit && (doctor_cron(d) == NULL) ? " waspool-process.service" : "";

	if (!doctor_has_systemd() ||
	    doctor_unit(d, "waspool-actions.socket") == NULL)
		return command;
	return pool_printf(d->pool, "%s && %s; %s",
	    doctor_root(d, "systemctl stop 'waspool-*.socket' "
			   "'waspool-*.service'"),
	    command,
	    doctor_root(d,
		"systemctl start waspool-webhook-verify.socket "
		"waspool-webhook-ingest.socket waspool-actions.socket "
		"waspool-realtime.socket waspool-sign-in.socket%s",
		process));
}

int
doctor_last_backup(struct doctor *d, struct doctor_backup *b)
{
	char *path =
	    doctor_read(d->pool, config_state_path(&d->config, "backup.last"));
	const struct json *manifest, *inbox;
	const char *s;
	int64_t schema = 0;

	*b = (struct doctor_backup){ 0 };
	if (path == NULL)
		return 0;
	path[strcspn(path, "\n")] = '\0';
	b->path = path;
	s = doctor_read(
	    d->pool, pool_printf(d->pool, "%s/manifest.json", path));
	manifest = s == NULL ? NULL : json_parse(d->pool, s, strlen(s), NULL);
	inbox = json_get(manifest, "inbox.db");
	if (!json_int(manifest, "at", &b->at) ||
	    !json_int(inbox, "schema", &schema))
		b->at = 0;
	b->schema = (int)schema;
	return b->at != 0;
}

void
doctor_backup(struct doctor *d)
{
	struct doctor_backup b;
	const char *again;

	doctor_config(d, 0);
	if (db_is_pgsql(config_inbox(&d->config))) {
		doctor_say(d, DOCTOR_OK, NULL,
		    "the inbox is copied where its server is (pg_basebackup); "
		    "here %s and the files of messages are to be copied",
		    doctor_spool_path(d));
		return;
	}
	if (doctor_last_backup(d, &b) && d->now - b.at <= OLD_DAYS * DAY) {
		doctor_say(d, DOCTOR_OK, NULL, "the last one is of %s, in %s",
		    clock_text(d->pool, b.at), b.path);
		return;
	}
	if (b.path == NULL) {
		doctor_say(d, DOCTOR_OK, NULL,
		    "no backup is known here: waspool backup FOLDER makes one");
		return;
	}
	again = doctor_waspool_root(
	    d, pool_printf(d->pool, "backup %s/$(date +%%Y%%m%%dT%%H%%M%%S)",
		   doctor_word(d, doctor_dir_of(d->pool, b.path))));
	if (b.at == 0)
		doctor_say(d,
		    access(b.path, F_OK) == 0 ? DOCTOR_UNKNOWN : DOCTOR_WARN,
		    again, "the last one, %s, %s", b.path,
		    access(b.path, F_OK) == 0 ? "cannot be read"
					      : "does not exist any more");
	else
		doctor_say(d, DOCTOR_WARN, again,
		    "the last one is of %s, in %s", clock_text(d->pool, b.at),
		    b.path);
}

/* -------------------------------------------------------------- restores */

/* The newest folder that a restore left, and when that was; NULL none. */
static const char *
aside(struct doctor *d, int64_t *at)
{
	DIR *dir = opendir(d->config.state_dir);
	const char *newest = NULL;
	struct dirent *e;
	struct stat st;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (text_begins(e->d_name, "before-restore-") &&
		    (newest == NULL || strcmp(e->d_name, newest) > 0))
			newest = pool_copy(d->pool, e->d_name);
	if (dir != NULL)
		closedir(dir);
	if (newest == NULL)
		return NULL;
	newest = config_state_path(&d->config, newest);
	*at = stat(newest, &st) == 0 ? st.st_mtime : 0;
	return newest;
}

/* Counts messages that a restore has failed, and nobody has retried. */
static int
unsent(struct doctor *d, struct db *db)
{
	struct outbox_item *list;
	int n = 0, count = 0;

	if (db_prepare_all(db, &outbox_list_statements) == -1 ||
	    outbox_list(
		db, d->pool, 0, "failed", 0, CMD_PAGE, d->now, &list, &n) == -1)
		_exit(1);
	for (int i = 0; i < n; i++)
		count += text_is(list[i].reason, "restored");
	return count;
}

void
doctor_restored(struct doctor *d)
{
	struct id_marks noted, here;
	const char *folder;
	int64_t at = 0;
	struct db *db;
	int n;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &id_marks_statements) == -1 ||
	    id_marks_read(db, d->now, &here) == -1)
		_exit(1);
	if (id_marks_load(config_state_path(&d->config, "inbox.highwater"),
		&noted) == 1 &&
	    id_marks_beyond(&noted, &here))
		doctor_say(d, DOCTOR_WARN, doctor_restart(d, "waspool-process"),
		    "an older inbox was put back by hand (waspool restore does "
		    "more): when the processor starts, it raises the ids so "
		    "that none is given again");
	folder = aside(d, &at);
	if (folder == NULL) {
		doctor_say(
		    d, DOCTOR_OK, NULL, "no files of a restore are left");
		return;
	}
	n = unsent(d, db);
	if (n > 0)
		doctor_say(d, DOCTOR_WARN,
		    doctor_waspool(d, "outbox list --state failed"),
		    "%d messages were queued in the backup that was restored "
		    "on %s; they have failed, since they may have been sent "
		    "before",
		    n, clock_text(d->pool, at));
	if (d->now - at > ASIDE_DAYS * DAY)
		doctor_say(d, DOCTOR_WARN,
		    doctor_root(d, "rm -r %s", doctor_word(d, folder)),
		    "the files that a restore on %s replaced are still in %s: "
		    "personal data",
		    clock_text(d->pool, at), folder);
	doctor_say(d, DOCTOR_OK, NULL,
	    "a backup was restored on %s; the replaced files are in %s",
	    clock_text(d->pool, at), folder);
}
