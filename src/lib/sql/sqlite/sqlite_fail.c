/*
 * What SQLite has failed at, in the words of db.h and with what to type; and
 * whether a handle is SQLite's at all.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/sqlite/sqlite_handle.h"

#define WHY_MAX 8192

const char sqlite_name[] = "SQLite";

int
sqlite_is(const struct db *db)
{
	return db->driver->name == sqlite_name;
}

struct sqlite *
sqlite_only(struct db *db)
{
	if (!sqlite_is(db))
		die(EX_SOFTWARE, "%s is no database of SQLite but of %s",
		    db->path, db->driver->name);
	return sqlite_of(db);
}

/* Behind FIRST; in memory of the handle, which few ever need. */
static const char *
say_why(struct sqlite *db, const char *first, int how)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	const char *path = db->db.path;
	char name[1024];
	struct stat st;

	if (db->why == NULL)
		db->why = xcalloc(WHY_MAX);
	snprintf(db->why, WHY_MAX, "%s%s", first,
	    access(path, F_OK) == -1 && errno == ENOENT
		? "there is none; waspool init makes it"
		: "too many open files, or the disk");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		if (access(name, how) == 0 || errno == ENOENT)
			continue;
		snprintf(
		    db->why, WHY_MAX, "%s%s: %s", first, name, strerror(errno));
		if (errno == EACCES && stat(name, &st) == 0)
			snprintf(db->why, WHY_MAX,
			    "%s%s belongs to user %d, mode %04o, and this is "
			    "user %d: as root type chown --reference=%.*s %s "
			    "and chmod u+rw %s",
			    first, name, (int)st.st_uid,
			    (unsigned)st.st_mode & 07777U, (int)geteuid(),
			    (int)(strrchr(name, '/') - name), name, name, name);
		break;
	}
	return db->why;
}

const char *
sqlite_fail_why(struct sqlite *db, int how)
{
	return say_why(db, "", how);
}

static enum db_error
class_of(struct sqlite *db, int code)
{
	/* What FTS5 says of its own tables: pages of the file are sound. */
	if (code == SQLITE_CORRUPT_VTAB)
		return DB_INDEX;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return DB_BUSY;
	case SQLITE_FULL:
		return DB_FULL;
	case SQLITE_INTERRUPT:
		return DB_DEADLINE;
	case SQLITE_CONSTRAINT:
		return DB_CONSTRAINT;
	default:
		/* A write for which there is no space is an I/O error to it. */
		return sqlite3_system_errno(db->conn) == ENOSPC ? DB_FULL
								: DB_BROKEN;
	}
}

void
sqlite_fail(struct db *handle, struct db_failure *f)
{
	struct sqlite *db = sqlite_of(handle);
	int code = sqlite3_extended_errcode(db->conn);

	f->error = class_of(db, code);
	snprintf(f->code, sizeof(f->code), "%d", code);
	f->text = sqlite3_errmsg(db->conn);
	/* What FTS5 says repeats what was searched for. */
	if (text_begins(f->text, "fts5: "))
		f->text = "fts5: an error";
	if (f->error == DB_INDEX)
		f->advice = "an index of the search is damaged; no message is "
			    "lost.  The processor makes it anew when it meets "
			    "the damage; to have it so now type: waspool "
			    "reindex";
	if ((code & 0xff) == SQLITE_CANTOPEN)
		f->advice = sqlite_fail_why(db, R_OK | W_OK);
	/* One of its files could not be opened to write, and never will be: a
	 * new process may. */
	if ((code & 0xff) == SQLITE_READONLY && db->lock != NULL) {
		f->advice =
		    say_why(db, "unable to open all of it to write: ", W_OK);
		f->lost = 1;
	}
}
