/*
 * Which engine a database has: the one place that names those which a program
 * is linked with.  It stands above the drivers.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/driver.h"

int
db_is_pgsql(const char *target)
{
	return text_begins(target, "postgresql://") ||
	       text_begins(target, "postgres://");
}

/* NULL: it is one that this build has not. */
static const struct db_driver *
driver_of(const char *target)
{
	if (!db_is_pgsql(target))
		return &sqlite_driver;
#ifdef WITH_PGSQL
	return &pgsql_driver;
#else
	return NULL;
#endif
}

const char *
db_shown(struct pool *pool, const char *target)
{
	const struct db_driver *driver = driver_of(target);
	const char *shown;
	char *s;

	if (driver == NULL)
		return "postgresql://";
	if (driver->shown == NULL)
		return target;
	s = driver->shown(target);
	shown = pool_copy(pool, s);
	free(s);
	return shown;
}

struct db *
db_open_by(const struct db_driver *driver, const char *target,
    enum db_mode mode, int wait_ms)
{
	return driver->open(target, mode, wait_ms);
}

struct db *
db_open(const char *target, enum db_mode mode, int wait_ms)
{
	const struct db_driver *driver = driver_of(target);

	if (driver != NULL)
		return db_open_by(driver, target, mode, wait_ms);
	log_warn("this waspool was built without PostgreSQL: install libpq-dev "
		 "and configure it with --with-pgsql");
	return NULL;
}

int
db_is_used(const char *target, int64_t *pid)
{
	const struct db_driver *driver = driver_of(target);

	if (driver == NULL || driver->files == NULL)
		return 0;
	return driver->files->is_used(target, pid);
}
