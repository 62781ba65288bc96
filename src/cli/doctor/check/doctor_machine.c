/*
 * Checks of the machine: versions of running programs, nginx, supervision of
 * the processor, the log.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define STARTERS_MAX 8

/* -------------------------------------------------------------- versions */

void
doctor_versions(struct doctor *d)
{
	static const char *const programs[] = { "webhook-verify",
		"webhook-ingest", "actions", "realtime", "sign-in",
		"waspool-process", "waspool-dispatch" };
	int all = 0;

	doctor_config(d, 0);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		int of_bin = text_begins(programs[i], "waspool-");
		const char *path = pool_printf(d->pool, "%s/%s",
		    of_bin ? BINDIR : PKGLIBEXECDIR, programs[i]);
		pid_t pid = 0;
		int old, n = 0;

		if (access(path, X_OK) == -1)
			doctor_say(d, DOCTOR_FAIL, NULL,
			    "%s: %s: install waspool " VERSION_TEXT " again",
			    path, strerror(errno));
		while (doctor_next_process(d, path, &pid, &old)) {
			all++;
			n += old;
		}
		if (n > 0)
			doctor_say(d, DOCTOR_WARN,
			    doctor_restart(d, programs[i]),
			    "the running %s is older than the installed one",
			    programs[i]);
	}
	doctor_say(d, DOCTOR_OK, NULL,
	    "%d processes of ours run the installed version, " VERSION_TEXT,
	    all);
}

/* ----------------------------------------------------------------- nginx */

static int
names(struct doctor *d, const char *path)
{
	const char *s = doctor_read(d->pool, path);

	return s != NULL &&
	       (strstr(s, NGINXDIR "/waspool.conf") != NULL ||
		   strstr(s, NGINXDIR "/[w]aspool.conf") != NULL ||
		   strstr(s, NGINXDIR "/waspool-api.conf") != NULL);
}

/* 1 when a configuration file of nginx includes ours. */
static int
is_included(struct doctor *d)
{
	static const char *const folders[] = { "/etc/nginx/sites-enabled",
		"/etc/nginx/conf.d", "/etc/nginx/snippets" };
	int found = names(d, "/etc/nginx/nginx.conf");

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		DIR *dir = opendir(folders[i]);
		struct dirent *e;

		while (dir != NULL && !found && (e = readdir(dir)) != NULL)
			if (e->d_name[0] != '.')
				found = names(d, pool_printf(d->pool, "%s/%s",
						     folders[i], e->d_name));
		if (dir != NULL)
			closedir(dir);
	}
	return found;
}

/* Checks the upstream blocks, without which nginx does not start.  RELOAD: the
 * command by which nginx reads its configuration. */
static void
check_upstreams(struct doctor *d, const char *reload)
{
	const char *file = NGINX_CONFDIR "/waspool-upstream.conf";
	const char *main = doctor_read(d->pool, "/etc/nginx/nginx.conf");
	const char *folder = strrchr(NGINX_CONFDIR, '/');

	if (access(file, F_OK) == -1)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d,
			"install -D -m 0644 " NGINXDIR
			"/waspool-upstream.conf %s "
			"&& %s",
			file, reload),
		    "there is no %s: nginx does not start again (host not "
		    "found in upstream)",
		    file);
	else if (main != NULL && strstr(main, folder) == NULL &&
		 strstr(main, "waspool-upstream.conf") == NULL)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d,
			"sed -i 's#^http *{#&\\n\\tinclude %s;#' "
			"/etc/nginx/nginx.conf && %s",
			file, reload),
		    "/etc/nginx/nginx.conf does not include %s in its http "
		    "block: nginx does not start again (host not found in "
		    "upstream)",
		    NGINX_CONFDIR);
}

/* nginx starts new workers when it reads its configuration: is a worker
 * older than our configuration file? */
static int
is_read_before(struct doctor *d)
{
	DIR *dir = opendir("/proc");
	struct stat conf, process;
	struct dirent *e;
	int before = 0, n = 0;

	if (stat(NGINXDIR "/waspool.conf", &conf) == -1)
		return 0;
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		const char *proc = pool_printf(d->pool, "/proc/%s", e->d_name);
		const char *s =
		    doctor_read(d->pool, pool_printf(d->pool, "%s/comm", proc));

		if (!text_is(s, "nginx\n") || stat(proc, &process) == -1)
			continue;
		n++;
		/* ctime: a package may set an old mtime. */
		before += process.st_mtime < conf.st_ctime;
	}
	if (dir != NULL)
		closedir(dir);
	return n > 0 && before == n;
}

void
doctor_nginx_works(struct doctor *d)
{
	struct doctor_user u[8];
	const char *reload =
	    doctor_has_systemd()
		? doctor_root(d, "nginx -t && %s",
		      doctor_root(d, "systemctl reload nginx.service"))
		: doctor_root(
		      d, "nginx -t && %s", doctor_root(d, "nginx -s reload"));

	doctor_config(d, 0);
	if (doctor_nginx(d, u, 8) == 0) {
		doctor_nginx_away(d);
		return;
	}
	if (doctor_is_installed() && !is_included(d))
		doctor_say(d, DOCTOR_WARN, NULL,
		    "no file in /etc/nginx includes %s/waspool.conf: put "
		    "'include %s/waspool.conf;' into the site's server block",
		    NGINXDIR, NGINXDIR);
	else if (doctor_is_installed() && is_read_before(d))
		doctor_say(d, DOCTOR_WARN, reload,
		    "nginx has not read the present %s/waspool.conf", NGINXDIR);
	if (doctor_is_installed())
		check_upstreams(d, reload);
	doctor_say(d, DOCTOR_OK, NULL, "nginx runs, as %s", u[0].name);
}

/* ----------------------------------------------------------- supervision */

/* What starts PROGRAM; the first of several is enough, and the others go. */
static const char *
only_starter(struct doctor *d, const char *program)
{
	struct doctor_starter s[STARTERS_MAX];
	int n = doctor_starters(d, program, s, STARTERS_MAX);
	const char *others = "", *stop = "";

	for (int i = 1; i < n; i++) {
		others = pool_printf(d->pool, "%s and %s", others, s[i].what);
		stop = pool_printf(
		    d->pool, "%s%s%s", stop, i > 1 ? " && " : "", s[i].stop);
	}
	if (n > 1)
		doctor_say(d, DOCTOR_WARN, stop,
		    "%s%s start %s: one of them is enough", s[0].what, others,
		    program);
	return n > 0 ? s[0].what : NULL;
}

void
doctor_supervision(struct doctor *d)
{
	static const char *const sockets[] = { "waspool-webhook-verify.socket",
		"waspool-webhook-ingest.socket", "waspool-actions.socket",
		"waspool-realtime.socket", "waspool-sign-in.socket" };
	static const char service[] = "waspool-process.service";
	const char *starter;

	doctor_config(d, 0);
	if (!doctor_is_installed()) {
		doctor_say(d, DOCTOR_OK, NULL,
		    "this node has its own WASPOOL_CONFIG: its supervisor is "
		    "not known");
		return;
	}
	only_starter(d, "waspool-dispatch");
	starter = only_starter(d, "waspool-process");
	if (starter == NULL)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_has_systemd() && doctor_unit(d, service) != NULL
			? doctor_root(d, "systemctl enable --now %s", service)
			: doctor_root(d,
			      "cp %s/waspool.cron /etc/cron.d/waspool",
			      CRONDIR),
		    "nothing starts the processor: no unit is enabled, no "
		    "timer, no line of cron");
	for (size_t i = 0;
	     doctor_has_systemd() && i < sizeof(sockets) / sizeof(sockets[0]);
	     i++)
		if (doctor_unit(d, sockets[i]) != NULL &&
		    !doctor_is_enabled(d, sockets[i]))
			doctor_say(d, DOCTOR_WARN,
			    doctor_root(
				d, "systemctl enable --now %s", sockets[i]),
			    "%s is not enabled: it will not start when the "
			    "machine does",
			    sockets[i]);
	doctor_say(
	    d, DOCTOR_OK, NULL, "the processor is started by %s", starter);
}

/* ------------------------------------------------------------------- log */

/* Where the log of a process goes. */
static const char *
log_of(struct doctor *d, pid_t pid)
{
	char to[4096];
	ssize_t n = readlink(pool_printf(d->pool, "/proc/%d/fd/2", (int)pid),
	    to, sizeof(to) - 1);

	if (n == -1)
		return NULL;
	to[n] = '\0';
	return pool_copy(d->pool, to);
}

void
doctor_log(struct doctor *d)
{
	const char *to = NULL, *look;
	pid_t pid = 0;
	int old;

	doctor_config(d, 0);
	if (doctor_next_process(d, BINDIR "/waspool-process", &pid, &old))
		to = log_of(d, pid);
	if (to != NULL && text_begins(to, "/dev/null"))
		doctor_say(d, DOCTOR_WARN,
		    doctor_is_installed() ? doctor_restart(d, "waspool-process")
					  : NULL,
		    "the processor's log goes nowhere");
	if (to != NULL && to[0] == '/' && !text_begins(to, "/dev/"))
		look = pool_printf(
		    d->pool, "grep level=warn %s | tail", doctor_word(d, to));
	else if (doctor_has_systemd())
		look = "journalctl -u 'waspool-*' -g level=warn -n 20";
	else
		look = "grep waspool /var/log/syslog | tail -n 20";
	doctor_say(d, DOCTOR_OK, NULL, "warnings: %s", look);
}
