/*
 * waspool backup: copies both databases, as they are at one moment, while the
 * programs run.  It holds the inbox's write lock only until both copies have
 * begun to read; the folder gets its name when all in it is on disk.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"

#include "lib/sql/sqlite.h"

#include "inbox/inbox.h"

#include "cli/backup/manifest.h"
#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define N MANIFEST_FILES

static const char *const *const names = manifest_names;

/* Read handles, each in a transaction that sees the backup's moment. */
struct moment {
	struct db *db[N];
	struct manifest manifest;
};

/*
 * Begins both copies while it holds the inbox's write lock.  So the cursor does
 * not move, and nothing after it is deleted from the spool: both copies are of
 * the same moment.  Webhooks still come in; a later one is not in the copy.
 */
static void
take_moment(struct cli *c, struct moment *m)
{
	struct db *writer = cli_db_inbox(c, DB_WRITE);
	int version;

	cli_db_begin(c);
	for (int i = 0; i < N; i++) {
		m->db[i] = db_open(
		    cli_db_path(c, names[i]), DB_READ, (int)c->config.wait_ms);
		if (m->db[i] == NULL || db_begin_read(m->db[i]) == -1 ||
		    db_version(m->db[i], &version) == -1) {
			db_rollback(writer);
			cli_fail(EX_UNAVAILABLE, "%s cannot be read", names[i]);
		}
		m->manifest.file[i].version = version;
	}
	db_rollback(writer);
}

static void
clear(struct cli *c, const char *dir)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal",
		".lock", ".lock-next" };

	for (int i = 0; i < N; i++)
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++)
			unlink(pool_printf(
			    c->pool, "%s/%s%s", dir, names[i], ends[k]));
	unlink(pool_printf(c->pool, "%s/manifest.json", dir));
	rmdir(dir);
}

static int
copy_backup(struct cli *c, struct moment *m, const char *dir, int64_t bytes[N])
{
	struct stat st;

	for (int i = 0; i < N; i++) {
		const char *path = pool_printf(c->pool, "%s/%s", dir, names[i]);

		if (sqlite_copy(m->db[i], path) == -1 || stat(path, &st) == -1)
			return -1;
		bytes[i] = st.st_size;
		unlink(pool_printf(c->pool, "%s.lock", path));
		unlink(pool_printf(c->pool, "%s.lock-next", path));
		db_end_read(m->db[i]);
		db_close(m->db[i]);
		m->db[i] = NULL;
	}
	m->manifest.at = c->now;
	if (manifest_write(c, dir, &m->manifest) == -1)
		return -1;
	return disk_sync_names(dir);
}

static const char *
parent(struct cli *c, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	if (slash == path)
		return "/";
	return pool_text(c->pool, path, (size_t)(slash - path));
}

static void
say_backup(struct cli *c, const char *to, const int64_t bytes[N])
{
	struct output *s = output_object(c);
	const char *media = config_state_path(&c->config, "media");

	output_text(s, "backup", to);
	output_int(s, "inbox_bytes", bytes[0]);
	output_int(s, "spool_bytes", bytes[1]);
	output_end(s);
	print_hint(c,
	    "\nCopy the files of messages now, after the databases:\n  cp -a "
	    "%s %s/\nTo restore, stop the programs and type 'waspool restore "
	    "%s'.",
	    media, to, to);
}

/* Notes for doctor where the last backup is.  A failure is ignored: the backup
 * was made. */
static void
note(struct cli *c, const char *to)
{
	const char *path = config_state_path(&c->config, "backup.last");
	const char *new = pool_printf(c->pool, "%s.%d", path, (int)getpid());
	char *whole = realpath(to, NULL);
	FILE *f = whole == NULL ? NULL : fopen(new, "wxe");

	if (f != NULL) {
		disk_give(fileno(f), new);
		fprintf(f, "%s\n", whole);
		if (fclose(f) != 0 || rename(new, path) == -1)
			unlink(new);
	}
	free(whole);
}

static int64_t
size(struct cli *c)
{
	int64_t bytes = 0;
	struct stat st;

	for (int i = 0; i < N; i++)
		if (stat(cli_db_path(c, names[i]), &st) == 0)
			bytes += st.st_size;
	return bytes;
}

static void
backup(struct cli *c)
{
	const char *to = disk_folder(c->pool, c->args[0]);
	const char *dir = pool_printf(c->pool, "%s.%d", to, (int)getpid());
	struct moment m = { .db = { NULL } };
	int64_t bytes[N] = { 0, 0 };
	struct stat st;

	cli_db_file(c, "copy it with pg_basebackup or pg_dump, "
		       "as docs/postgresql.md has it");
	umask(077);
	if (lstat(to, &st) == 0)
		cli_fail(EX_CANTCREAT, "%s is there already", to);
	cli_db_room(c, parent(c, to), size(c));
	take_moment(c, &m);
	if (mkdir(dir, 0700) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", dir, strerror(errno));
	if (copy_backup(c, &m, dir, bytes) == -1) {
		clear(c, dir);
		cli_fail(EX_IOERR, "no backup was made");
	}
	if (rename(dir, to) == -1 || disk_sync_names(parent(c, to)) == -1) {
		int why = errno;

		clear(c, dir);
		cli_fail(EX_IOERR, "%s: %s", to, strerror(why));
	}
	note(c, to);
	say_backup(c, to, bytes);
}

const struct cli_verb cmd_backup[] = {
	{ "", "FOLDER", 1, 1,
	    "Copies both databases into a new folder, while the programs run",
	    "Both are of one moment; what was acknowledged before is in "
	    "them.\nThe folder appears when all of it is on disk.  It holds "
	    "personal\ndata.  Copy the files of messages yourself, after it.",
	    "waspool backup /backup/$(date +%F)", NULL, backup },
	{ 0 },
};
