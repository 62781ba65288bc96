/*
 * How a database file is: whether somebody has it open, whether it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"

#include "door/db_sqlite.h"

/* sqlite.org/src, os.h: in WAL mode a connection holds one of these bytes, for
 * reading, from its first statement to its end. */
#define SHARED_FIRST 0x40000002
#define SHARED_LEN   510

static const char quick_check[] = "PRAGMA quick_check(1)";

int
db_is_open(const char *path, int64_t *pid)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = SHARED_FIRST,
		.l_len = SHARED_LEN };
	int fd = open(path, O_RDWR | O_CLOEXEC), rc = -1;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (fcntl(fd, F_GETLK, &lock) == 0)
		rc = lock.l_type != F_UNLCK;
	*pid = rc == 1 ? (int64_t)lock.l_pid : 0;
	close(fd);
	return rc;
}

int
db_is_sound(struct db *db)
{
	struct db_rows *r = db_query(db, quick_check, DB_NONE);
	int rc = db_next(r);

	if (rc == 1 && strcmp(db_col_text(r, 0), "ok") != 0) {
		log_warn("%s: %s", db->path, db_col_text(r, 0));
		rc = 0;
	}
	db_end(r);
	return rc == 1;
}
