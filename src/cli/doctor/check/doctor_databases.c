/*
 * Checks of the two databases: are they whole, of this version, and do they
 * belong together.
 *
 * Not checked: the search index with SQLite before 3.44, whose check is an
 * INSERT (nothing is written here).  SQLite's fault with two processes, one
 * that checkpoints and one that writes (src/lib/sql/sqlite/README.md), is not
 * reported: no program here can meet it.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/schema.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/inbox.h"
#include "inbox/node/delivery_state.h"

#include "cli/doctor/check/doctor_backup.h"
#include "cli/doctor/check/doctor_pgsql.h"
#include "cli/doctor/doctor.h"

#define TABLES_MAX 128
#define TIME_MS	   6000 /* for all tables, one after another */
#define WAIT_MS	   1000

struct doctor_databases_file {
	const char *path;
	int version;	  /* of the schema that we work with */
	const char *lost; /* what to type when it is unusable; NULL */
};

/* For an inbox that is unusable: the command that restores the last backup, if
 * one is known. */
static const char *
put_back(struct doctor *d)
{
	struct doctor_backup b;

	if (!doctor_last_backup(d, &b) || b.schema > INBOX_VERSION)
		return NULL;
	return doctor_stopped(
	    d, doctor_waspool_root(d,
		   pool_printf(d->pool, "restore %s", doctor_word(d, b.path))));
}

/* For a spool that is unusable: the commands that put it aside, and import what
 * can be read of it. */
static const char *
salvage(struct doctor *d, const struct doctor_databases_file *f)
{
	const char *aside =
	    pool_printf(d->pool, "%s-damaged-%" PRId64, f->path, d->now);

	return doctor_stopped(d,
	    pool_printf(d->pool, "%s && %s && %s",
		doctor_root(d,
		    "sh -c 'mkdir -m 700 %s && for e in \"\" -wal -shm; do "
		    "test ! -e %s$e || mv %s$e %s/spool.db$e; done'",
		    aside, f->path, f->path, aside),
		doctor_waspool(d, "init"),
		doctor_waspool_root(d,
		    pool_printf(d->pool, "spool import %s/spool.db", aside))));
}

/* 1 when it can be opened. */
static int
check_file_databases(struct doctor *d, const struct doctor_databases_file *f)
{
	static const char magic[16] = "SQLite format 3";
	char head[sizeof(magic)] = { 0 };
	struct stat st;
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = -1;

	if (fd == -1) {
		if (errno == ENOENT)
			doctor_say(d, DOCTOR_FAIL, doctor_waspool(d, "init"),
			    "there is no %s", f->path);
		else
			doctor_say(d, DOCTOR_UNKNOWN,
			    geteuid() == 0 ? NULL
					   : doctor_waspool_root(d, "doctor"),
			    "could not look: %s: %s", f->path, strerror(errno));
		return 0;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, head, sizeof(head));
	/* Closes the file before SQLite opens it: a later close would
	 * release SQLite's locks. */
	close(fd);
	if (n == (ssize_t)sizeof(head) &&
	    memcmp(head, magic, sizeof(head)) == 0)
		return 1;
	doctor_say(d, DOCTOR_FAIL, f->lost, "%s is %s%s", f->path,
	    S_ISDIR(st.st_mode) ? "a folder, not a database"
	    : n == 0		? "empty"
				: "not a database (by its first bytes)",
	    f->lost == NULL ? "; no backup of it is known here" : "");
	return 0;
}

/* Another waspool on this machine, which knows a newer schema. */
static const char *
newer_program(struct doctor *d)
{
	char *path = pool_copy(d->pool, getenv("PATH")), *save = NULL;
	struct stat ours, found;

	if (path == NULL || stat("/proc/self/exe", &ours) == -1)
		return NULL;
	for (char *dir = strtok_r(path, ":", &save); dir != NULL;
	     dir = strtok_r(NULL, ":", &save)) {
		const char *other = pool_printf(d->pool, "%s/waspool", dir);

		if (access(other, X_OK) == 0 && stat(other, &found) == 0 &&
		    (found.st_dev != ours.st_dev ||
			found.st_ino != ours.st_ino))
			return other;
	}
	return NULL;
}

/* 1 when the database has our schema version. */
static int
check_version(
    struct doctor *d, const struct doctor_databases_file *f, int version)
{
	const char *other;

	if (version == f->version)
		return 1;
	if (version == 0) {
		doctor_say(d, DOCTOR_FAIL, f->lost,
		    "%s has no tables: its data are lost", f->path);
		return 0;
	}
	if (version < f->version) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_stopped(d, doctor_waspool(d, "upgrade")),
		    "%s has schema version %d, this program works with %d",
		    f->path, version, f->version);
		return 0;
	}
	other = newer_program(d);
	doctor_say(d, DOCTOR_FAIL,
	    other != NULL ? pool_printf(d->pool, "%s doctor", other) : f->lost,
	    "%s has schema version %d, this program (%s) needs %d: a newer "
	    "waspool has upgraded it.  Install that version again, and nothing "
	    "is lost%s",
	    f->path, version, VERSION_TEXT, f->version,
	    other != NULL ? ", or use the other waspool in PATH"
	    : f->lost != NULL
		? "; or restore the last backup, without the data since"
		: "");
	return 0;
}

/* The search's index holds nothing that is not stored elsewhere, too. */
static const char *
mended_by(
    struct doctor *d, const struct doctor_databases_file *f, const char *table)
{
	const char *end = strchr(table, '_');

	return end != NULL &&
		       (text_is(end, "_words") || text_is(end, "_digits"))
		   ? doctor_waspool(d, "reindex")
		   : f->lost;
}

/* Checks table by table, the largest last, and sends the result after each,
 * since there may be no time for a very large one. */
static void
check_tables(
    struct doctor *d, const struct doctor_databases_file *f, struct db *db)
{
	const char *name[TABLES_MAX], *why = NULL;
	int64_t until = clock_ticks_ms() + TIME_MS;
	int n = sqlite_tables(db, d->pool, name, TABLES_MAX), i, rc = 1;

	if (n == -1)
		rc = 0;
	for (i = 0; i < n && rc == 1; i++) {
		d->says = NULL;
		doctor_say(d, DOCTOR_OK, NULL,
		    "no damage in %d of %d tables of %s; for the others there "
		    "was no time: %s checks all",
		    i, n, f->path, doctor_waspool_root(d, "doctor --whole"));
		doctor_tell(d);
		if (!d->whole && clock_ticks_ms() >= until)
			return;
		rc = sqlite_is_sound_table(db, d->pool, name[i], &why);
	}
	d->says = NULL;
	if (rc != 1)
		doctor_say(d, DOCTOR_FAIL,
		    n > 0 ? mended_by(d, f, name[i - 1]) : f->lost,
		    "%s is damaged%s%s%s%s", f->path, n > 0 ? ", table " : "",
		    n > 0 ? name[i - 1] : "", why != NULL ? ": " : "",
		    why != NULL ? why : "");
	else
		doctor_say(d, DOCTOR_OK, NULL, "%s is whole, schema version %d",
		    f->path, f->version);
}

/* A database that we may write, and that SQLite cannot open, is damaged; but
 * not when it is only a WAL without its index (DB_LOOK). */
static int
may_write(const char *path)
{
	char beside[4096];

	snprintf(beside, sizeof(beside), "%s-wal", path);
	if (access(beside, F_OK) == 0) {
		snprintf(beside, sizeof(beside), "%s-shm", path);
		if (access(beside, W_OK) == -1)
			return 0;
	}
	return access(path, W_OK) == 0;
}

static void
check_databases(struct doctor *d, const struct doctor_databases_file *f)
{
	struct db *db;
	int version;

	if (!check_file_databases(d, f))
		return;
	db = db_open(f->path, DB_LOOK, WAIT_MS);
	if (db == NULL && !may_write(f->path))
		_exit(1); /* it has said why: what lies beside it is not ours */
	if (db == NULL || db_version(db, &version) == -1)
		doctor_say(d, DOCTOR_FAIL, f->lost, "%s cannot be read: %s",
		    f->path, "it is damaged");
	else if (check_version(d, f, version))
		check_tables(d, f, db);
	db_close(db);
}

void
doctor_inbox_db(struct doctor *d)
{
	struct doctor_databases_file f = { .version = INBOX_VERSION };

	doctor_config(d, 0);
	f.path = config_inbox(&d->config);
	if (db_is_pgsql(f.path)) {
		doctor_pgsql(d);
		return;
	}
	f.lost = put_back(d);
	check_databases(d, &f);
}

void
doctor_spool_db(struct doctor *d)
{
	struct doctor_databases_file f = { .version = SPOOL_VERSION };

	doctor_config(d, 0);
	f.path = doctor_spool_path(d);
	f.lost = salvage(d, &f);
	if (doctor_spool_is_old(d))
		doctor_say(d, DOCTOR_FAIL,
		    doctor_stopped(d, doctor_waspool(d, "upgrade")),
		    "%s is where older versions had the spool; now it belongs "
		    "at %s",
		    config_state_path(&d->config, "spool.db"), f.path);
	else
		check_databases(d, &f);
}

void
doctor_spool_order(struct doctor *d)
{
	struct spool_delivery *none;
	const char *fingerprint;
	struct spool *spool;
	int64_t cursor;
	struct db *db;
	int n, rc;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	spool = doctor_spool(d);
	if (db_prepare_all(db, &delivery_state_statements) == -1 ||
	    delivery_state_place(
		db, d->pool, spool_node(spool), &cursor, &fingerprint) == -1 ||
	    (rc = spool_follow(
		 spool, d->pool, cursor, fingerprint, 0, 0, &none, &n)) == -1)
		_exit(1);
	if (rc == 0)
		doctor_say(d, DOCTOR_FAIL, doctor_restart(d, "waspool-process"),
		    "%s is not the file that was read last: an older copy was "
		    "put back, or it was emptied.  The processor will notice "
		    "it, and apply all of it again",
		    doctor_spool_path(d));
	doctor_say(
	    d, DOCTOR_OK, NULL, "the spool is the file that was read last");
}
