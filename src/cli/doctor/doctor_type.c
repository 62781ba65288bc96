/*
 * Writes the commands that a person is told to type, complete, with the paths
 * and users of this node.
 */
#include <sys/stat.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

const char *
doctor_word(struct doctor *d, const char *s)
{
	const char *plain =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789/._-+:@,=";
	char *out, *to;

	if (*s != '\0' && s[strspn(s, plain)] == '\0')
		return s;
	to = out = pool_alloc(d->pool, 4 * strlen(s) + 3);
	*to++ = '\'';
	for (; *s != '\0'; s++)
		if (*s == '\'')
			to += sprintf(to, "'\\''");
		else
			*to++ = *s;
	*to++ = '\'';
	return out;
}

const char *
doctor_root(struct doctor *d, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pool_printf(
	    d->pool, "%s%s", geteuid() == 0 ? "" : "sudo ", text);
}

const char *
doctor_config_path(void)
{
	return doctor_is_installed() ? SYSCONFDIR "/waspool/waspool.conf"
				     : getenv("WASPOOL_CONFIG");
}

const char *
doctor_append(struct doctor *d, const char *assignment)
{
	return doctor_root(d, "sh -c 'echo %s >>%s'", assignment,
	    doctor_word(d, doctor_config_path()));
}

/* "waspool" if it is found in PATH, else the path of this program. */
static const char *
program(struct doctor *d, const char *name)
{
	const char *whole = pool_printf(d->pool, BINDIR "/%s", name);
	char *path = pool_copy(d->pool, getenv("PATH")), *save = NULL;
	struct stat ours, found;

	if (path == NULL || stat(whole, &ours) == -1)
		return doctor_word(d, whole);
	for (char *dir = strtok_r(path, ":", &save); dir != NULL;
	     dir = strtok_r(NULL, ":", &save)) {
		if (stat(pool_printf(d->pool, "%s/%s", dir, name), &found) ==
		    -1)
			continue;
		if (found.st_dev == ours.st_dev && found.st_ino == ours.st_ino)
			return name;
		break;
	}
	return doctor_word(d, whole);
}

/* WASPOOL_CONFIG=… before a command, where that is set. */
static const char *
setting(struct doctor *d)
{
	if (doctor_is_installed())
		return "";
	return pool_printf(d->pool, "WASPOOL_CONFIG=%s ",
	    doctor_word(d, getenv("WASPOOL_CONFIG")));
}

const char *
doctor_waspool_root(struct doctor *d, const char *args)
{
	const char *set = setting(d);

	if (geteuid() == 0)
		return pool_printf(
		    d->pool, "%s%s %s", set, program(d, "waspool"), args);
	return pool_printf(d->pool, "sudo %s%s%s %s",
	    *set != '\0' ? "env " : "", set, program(d, "waspool"), args);
}

const char *
doctor_waspool(struct doctor *d, const char *args)
{
	const char *set = setting(d), *env = *set != '\0' ? "env " : "";
	struct doctor_user u;

	doctor_programs(d, &u);
	if (u.uid == geteuid())
		return pool_printf(
		    d->pool, "%s%s %s", set, program(d, "waspool"), args);
	return pool_printf(d->pool, "%s %s %s%s%s %s",
	    geteuid() == 0 ? "runuser -u" : "sudo -u", u.name,
	    geteuid() == 0 ? "-- " : "", pool_printf(d->pool, "%s%s", env, set),
	    program(d, "waspool"), args);
}

/* The command that starts NAME, the processor or the dispatcher, in the
 * background, when no supervisor is known. */
static const char *
start_worker(struct doctor *d, const char *name)
{
	const char *set = setting(d), *as = "";
	struct doctor_user u;

	doctor_programs(d, &u);
	if (u.uid != geteuid())
		as = pool_printf(d->pool,
		    geteuid() == 0 ? "runuser -u %s -- env "
				   : "sudo -u %s env ",
		    u.name);
	return pool_printf(d->pool,
	    "%s%ssetsid -f %s --forever </dev/null >>%s 2>&1", as, set,
	    program(d, name),
	    doctor_word(d, config_run_path(&d->config,
			       pool_printf(d->pool, "%s.log", name))));
}

/* multiwatch, which restarts a program that ends, if it is installed. */
static const char *
keeper(void)
{
	return access("/usr/bin/multiwatch", X_OK) == 0
		   ? "/usr/bin/multiwatch -s TERM -r 500 -t 500 -- "
		   : "";
}

static const char *
start_fcgi(struct doctor *d, const char *name)
{
	const char *set = setting(d), *as = "";
	struct doctor_user u, nginx[1];

	if (text_begins(name, "webhook-"))
		doctor_ingest(d, &u);
	else
		doctor_programs(d, &u);
	doctor_nginx(d, nginx, 1);
	if (u.uid != geteuid())
		as = pool_printf(d->pool, " -u %s -g %s -U %s", u.name, u.group,
		    nginx[0].name != NULL ? nginx[0].name : u.name);
	return pool_printf(d->pool,
	    "%s%sspawn-fcgi -b 1024 -M 0600%s -s %s -- %s%s", set,
	    geteuid() != 0 && u.uid != geteuid() ? "sudo " : "", as,
	    doctor_word(d, config_run_path(&d->config,
			       pool_printf(d->pool, "%s.sock", name))),
	    keeper(),
	    doctor_word(d, pool_printf(d->pool, PKGLIBEXECDIR "/%s", name)));
}

const char *
doctor_restart(struct doctor *d, const char *name)
{
	int worker = text_begins(name, "waspool-");
	const char *unit = pool_printf(
	    d->pool, worker ? "%s.service" : "waspool-%s.socket", name);

	if (doctor_has_systemd() && doctor_unit(d, unit) != NULL) {
		if (worker)
			return doctor_root(d, "systemctl restart %s", unit);
		/* systemd creates a socket again only when its service does
		 * not run. */
		return doctor_root(d,
		    "systemctl restart waspool-%s.socket waspool-%s.service",
		    name, name);
	}
	if (worker && doctor_is_installed() && doctor_cron(d) != NULL)
		return doctor_root(d, doctor_has_systemd()
					  ? "systemctl restart cron.service"
					  : "service cron restart");
	return worker ? start_worker(d, name) : start_fcgi(d, name);
}
