/*
 * Which engine a database has: the one place that names those which a program
 * is linked with.  It stands above the drivers.
 */
#include "lib/sql/driver.h"

struct db *
db_open_by(const struct db_driver *driver, const char *target,
    enum db_mode mode, int wait_ms)
{
	return driver->open(target, mode, wait_ms);
}

struct db *
db_open(const char *target, enum db_mode mode, int wait_ms)
{
	return db_open_by(&sqlite_driver, target, mode, wait_ms);
}

int
db_is_used(const char *target, int64_t *pid)
{
	return sqlite_driver.files->is_used(target, pid);
}
