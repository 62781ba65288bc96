/*
 * Finds what supervises this node's programs: systemd's units, cron's line.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

static const char *const unit_dirs[] = { "/etc/systemd/system",
	"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
	"/lib/systemd/system" };

static const char *const cron_files[] = { "/etc/cron.d/waspool",
	"/var/spool/cron/crontabs/waspool", "/etc/crontab" };

int
doctor_is_installed(void)
{
	const char *s = getenv("WASPOOL_CONFIG");

	return s == NULL || *s == '\0';
}

/* ----------------------------------------------------------- supervision */

int
doctor_has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

/* 1 when the service of unit PATH has the same configuration as we. */
static int
is_ours(struct doctor *d, const char *path)
{
	const char *config = getenv("WASPOOL_CONFIG");
	const char *s =
	    doctor_read(d->pool, pool_printf(d->pool, "%.*s.service",
				     (int)(strrchr(path, '.') - path), path));

	if (s == NULL)
		return 0;
	return doctor_is_installed() ? strstr(s, "WASPOOL_CONFIG=") == NULL
				     : strstr(s, config) != NULL;
}

const char *
doctor_unit_path(struct doctor *d, const char *name)
{
	for (size_t i = 0; i < sizeof(unit_dirs) / sizeof(unit_dirs[0]); i++) {
		const char *path =
		    pool_printf(d->pool, "%s/%s", unit_dirs[i], name);

		if (access(path, F_OK) == 0)
			return path;
	}
	return NULL;
}

const char *
doctor_unit(struct doctor *d, const char *name)
{
	const char *path = doctor_unit_path(d, name);

	return path != NULL && is_ours(d, path) ? path : NULL;
}

int
doctor_is_enabled(struct doctor *d, const char *unit)
{
	static const char *const targets[] = { "multi-user.target.wants",
		"sockets.target.wants" };

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (access(pool_printf(d->pool, "/etc/systemd/system/%s/%s",
			       targets[i], unit),
			F_OK) == 0)
			return 1;
	return 0;
}

const char *
doctor_cron(struct doctor *d)
{
	for (size_t i = 0; i < sizeof(cron_files) / sizeof(cron_files[0]);
	     i++) {
		const char *s = doctor_read(d->pool, cron_files[i]), *at = s;

		while (at != NULL &&
		       (at = strstr(at, "waspool-process")) != NULL) {
			const char *line = at;

			while (line > s && line[-1] != '\n')
				line--;
			if (line[strspn(line, " \t")] != '#')
				return cron_files[i];
			at++;
		}
	}
	return NULL;
}
