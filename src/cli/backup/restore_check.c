/*
 * The checks of a restore, before anything is changed.
 */
#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "spool/spool.h"

#include "inbox/inbox.h"

#include "cli/backup/restore.h"
#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/node/spool_folder.h"

/* The backup must be a folder, and not the state folder. */
void
restore_check_folders(struct restore *r)
{
	struct stat from, state;

	if (stat(r->state, &state) == -1)
		cli_fail(EX_NOINPUT,
		    "%s: %s; type 'systemd-tmpfiles --create', or 'waspool "
		    "init' as the programs' user",
		    r->state, strerror(errno));
	r->uid = state.st_uid;
	r->gid = state.st_gid;
	if (stat(r->from, &from) == -1)
		cli_fail(EX_NOINPUT, "%s: %s", r->from, strerror(errno));
	if (!S_ISDIR(from.st_mode))
		cli_fail(EX_DATAERR, "%s is no folder", r->from);
	if (from.st_dev == state.st_dev && from.st_ino == state.st_ino)
		cli_fail(EX_DATAERR,
		    "%s is the folder to be restored, not a backup", r->from);
	if (geteuid() != 0 && geteuid() != r->uid)
		cli_fail(EX_NOPERM,
		    "%s belongs to another user: type this as that user, or "
		    "as root",
		    r->state);
	spool_folder_again(r->c, r->uid, r->gid);
}

static const char *
file_of(struct restore *r, int i)
{
	return pool_printf(r->c->pool, "%s/%s", r->from, manifest_names[i]);
}

/* How many bytes will be written. */
static int64_t
check_files(struct restore *r)
{
	int64_t bytes = 0;
	struct stat st;

	/* The databases of the backup must exist, without a WAL. */
	for (int i = 0; i < MANIFEST_FILES; i++) {
		if (stat(file_of(r, i), &st) == -1)
			cli_fail(EX_DATAERR,
			    "%s is no backup, or half of one: %s: %s", r->from,
			    file_of(r, i), strerror(errno));
		bytes += st.st_size;
	}
	for (int i = 0; i < MANIFEST_FILES; i++) {
		const char *path = file_of(r, i);

		if (access(pool_printf(r->c->pool, "%s-wal", path), F_OK) == 0)
			cli_fail(EX_DATAERR,
			    "%s-wal is there: %s was copied by hand from "
			    "programs that ran.  If nothing better is left, "
			    "open it once: sqlite3 %s 'PRAGMA "
			    "wal_checkpoint(TRUNCATE)'",
			    path, r->from, path);
	}
	return bytes;
}

static void
need(struct restore *r, const char *dir, int64_t bytes)
{
	int64_t left = disk_free(dir);

	if (left != -1 && left - bytes < r->c->config.min_free)
		cli_fail(EX_CANTCREAT,
		    "%lld bytes are free in %s, and %lld are needed for the "
		    "copies (what is there now is kept): make room",
		    (long long)left, dir,
		    (long long)(bytes + r->c->config.min_free));
}

static int64_t
size(const char *path)
{
	struct stat st;

	return stat(path, &st) == -1 ? 0 : st.st_size;
}

/* Is there room?  All is copied into the state folder first.  A present
 * spool on another disk is moved there, too, to make room for the new one. */
static void
check_room(struct restore *r, int64_t bytes)
{
	const struct config *c = &r->c->config;
	const char *media = config_state_path(c, "media");
	int64_t files = restore_media_len(r);
	int64_t present = size(config_spool_path(c, "spool.db")) +
			  size(config_spool_path(c, "spool.db-wal"));
	int64_t spool = size(pool_printf(r->c->pool, "%s/spool.db", r->from));

	if (access(media, F_OK) == 0 && !disk_is_one(r->state, media))
		need(r, media, files);
	else
		bytes += files;
	if (!disk_is_one(r->state, c->spool_dir)) {
		if (spool > present)
			need(r, c->spool_dir, spool - present);
		bytes += present;
	}
	need(r, r->state, bytes);
}

/* From here on we create files as the programs' user; the backup is read
 * with the caller's rights. */
static void
become_owner(struct restore *r)
{
	struct passwd *pw = getpwuid(r->uid);
	gid_t groups[2] = { r->gid, r->gid };

	umask(027);
	if (geteuid() != 0 || r->uid == 0)
		return;
	if (!disk_is_shared(r->c->config.spool_dir, &groups[1]))
		groups[1] = r->gid;
	if ((pw != NULL ? initgroups(pw->pw_name, r->gid)
			: setgroups(2, groups)) == -1 ||
	    setegid(r->gid) == -1 || seteuid(r->uid) == -1)
		cli_fail(EX_OSERR, "cannot become user %ld: %s", (long)r->uid,
		    strerror(errno));
}

static const char *
program_of(struct cli *c, int64_t pid)
{
	char text[64] = "";
	FILE *f = fopen(
	    pool_printf(c->pool, "/proc/%lld/comm", (long long)pid), "re");

	if (f != NULL) {
		if (fgets(text, sizeof(text), f) != NULL)
			text[strcspn(text, "\n")] = '\0';
		fclose(f);
	}
	return pool_copy(c->pool, text[0] != '\0' ? text : "a program");
}

void
restore_check_closed(struct restore *r, const char *name)
{
	const char *path = cli_db_place(r->c, name);
	int64_t pid = 0;

	if (sqlite_is_open(path, &pid) == 1)
		restore_fail(r, EX_TEMPFAIL,
		    "%s (process %lld) has %s open: stop the programs first "
		    "(systemctl stop 'waspool-*.socket' 'waspool-*.service', "
		    "or your supervisor), then type this again",
		    program_of(r->c, pid), (long long)pid, path);
}

/* Makes the copies, and compares them with the manifest. */
static void
copy_files(struct restore *r, int known)
{
	char sha256[MANIFEST_HASH];

	r->dir = pool_printf(r->c->pool, "%s/restore-new", r->state);
	restore_clear(r);
	if (mkdir(r->dir, 0700) == -1)
		restore_fail(
		    r, EX_CANTCREAT, "%s: %s", r->dir, strerror(errno));
	for (int i = 0; i < MANIFEST_FILES; i++) {
		const char *from = pool_printf(
		    r->c->pool, "%s/%s", r->from, manifest_names[i]);
		const char *to =
		    pool_printf(r->c->pool, "%s/%s", r->dir, manifest_names[i]);
		int64_t n = manifest_copy(restore_open(r, from), to, sha256);

		if (n == -1)
			restore_fail(
			    r, EX_IOERR, "%s: %s", from, strerror(errno));
		if (known && (n != r->manifest.file[i].bytes ||
				 !text_is(sha256, r->manifest.file[i].sha256)))
			restore_fail(r, EX_DATAERR,
			    "%s is not what was backed up (its length or its "
			    "SHA-256 is another): is there another backup?",
			    from);
	}
}

static void
check_copy(struct restore *r, int i, int ours)
{
	const char *path =
	    pool_printf(r->c->pool, "%s/%s", r->dir, manifest_names[i]);
	struct db *db = db_open(path, DB_WRITE, 1000);
	int version = 0;

	if (db == NULL || db_version(db, &version) == -1 ||
	    !sqlite_is_sound(db)) {
		db_close(db);
		restore_fail(r, EX_DATAERR,
		    "%s in %s is damaged, or no database: is there another "
		    "backup?",
		    manifest_names[i], r->from);
	}
	db_close(db);
	if (version == 0 || version > ours)
		restore_fail(r, EX_DATAERR,
		    "%s in %s has schema version %d, this program knows %d: "
		    "%s",
		    manifest_names[i], r->from, version, ours,
		    version == 0 ? "it is none of waspool's"
				 : "install a newer waspool");
	if (i == 0)
		r->schema_from = version;
}

void
restore_check(struct restore *r)
{
	int known;

	check_room(r, check_files(r));
	known = manifest_read(r->c, r->from, &r->manifest);
	if (known == -1)
		cli_fail(EX_DATAERR,
		    "%s/manifest.json is damaged: is there another backup?",
		    r->from);
	become_owner(r);
	for (int i = 0; i < MANIFEST_FILES; i++)
		restore_check_closed(r, manifest_names[i]);
	copy_files(r, known);
	r->made_at = r->manifest.at;
	check_copy(r, 0, INBOX_VERSION);
	check_copy(r, 1, SPOOL_VERSION);
}
