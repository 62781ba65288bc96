/*
 * What belongs to the machine: nginx's site, and the programs, where systemd
 * keeps them.  Only for the configuration of the installation; a site that is
 * there, or that includes us, is left as it is.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/cli.h"
#include "cli/setup/setup.h"

#define AVAILABLE "/etc/nginx/sites-available/waspool"
#define ENABLED	  "/etc/nginx/sites-enabled/waspool"

/* What nginx reads, as it says itself, names our part of a site. */
static int
is_included(void)
{
	char *const look[] = { "sh", "-c",
		"nginx -T 2>/dev/null | grep -q '^[^#]*include *" NGINXDIR
		"/\\(waspool-api\\|\\[w\\]aspool\\|waspool\\)\\.conf'",
		NULL };

	return setup_run(look) == 0;
}

static int
write_site(struct cli *c, const char *host)
{
	const char *text = pool_printf(c->pool,
	    "# Of waspool setup.  For https: certbot --nginx -d %s\n"
	    "server {\n\tlisten 80;\n\tlisten [::]:80;\n\tserver_name %s;\n"
	    "\t# In this form nginx starts also when waspool was removed.\n"
	    "\tinclude " NGINXDIR "/[w]aspool.conf;\n}\n",
	    host, host);
	int fd = open(AVAILABLE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int bad;

	if (fd == -1)
		return errno == EEXIST ? 0 : -1;
	bad = write(fd, text, strlen(text)) != (ssize_t)strlen(text) ||
	      fchmod(fd, 0644) == -1;
	bad |= close(fd) == -1;
	if (bad)
		unlink(AVAILABLE);
	return bad ? -1 : 0;
}

static int
has_systemd(void)
{
	return access("/run/systemd/system", F_OK) == 0;
}

static int
reload(void)
{
	char *const test[] = { "nginx", "-t", "-q", NULL };
	char *const service[] = { "systemctl", "reload-or-restart", "nginx",
		NULL };
	char *const signal[] = { "nginx", "-s", "reload", NULL };
	char *const start[] = { "nginx", NULL };

	if (setup_run(test) != 0)
		return -1;
	if (has_systemd())
		return setup_run(service);
	return access("/run/nginx.pid", F_OK) == 0 ? setup_run(signal)
						   : setup_run(start);
}

int
setup_site(struct cli *c, const struct setup *s)
{
	const char *host = setup_host(c->pool, s->url);

	if (!s->is_installed || access("/etc/nginx/sites-enabled", F_OK) == -1)
		return 1;
	if (is_included()) {
		setup_say(c, "is there", "nginx: a site includes waspool");
		return 1;
	}
	if (write_site(c, host) == -1 ||
	    (symlink(AVAILABLE, ENABLED) == -1 && errno != EEXIST)) {
		setup_say(
		    c, "failed", "nginx: " AVAILABLE ": %s", strerror(errno));
		return 0;
	}
	if (reload() != 0) {
		unlink(ENABLED);
		setup_say(c, "failed",
		    "nginx: it does not take " AVAILABLE ", which is off "
		    "again");
		return 0;
	}
	setup_say(c, "made", "nginx: " AVAILABLE ", for http://%s", host);
	return 1;
}

int
setup_programs(struct cli *c, const struct setup *s)
{
	char *const sockets[] = { "systemctl", "start",
		"waspool-webhook-verify.socket",
		"waspool-webhook-ingest.socket", "waspool-actions.socket",
		"waspool-realtime.socket", "waspool-sign-in.socket", NULL };
	/* Another configuration is read when a program starts. */
	char *const programs[] = { "systemctl",
		s->made_conf ? "restart" : "start",
		"waspool-webhook-verify.service",
		"waspool-webhook-ingest.service", "waspool-actions.service",
		"waspool-realtime.service", "waspool-sign-in.service",
		"waspool-process.service", "waspool-dispatch.service", NULL };

	if (!s->is_installed || !has_systemd() ||
	    access("/etc/systemd/system/multi-user.target.wants/"
		   "waspool-process.service",
		F_OK) == -1)
		return 1;
	if (setup_run(sockets) != 0 || setup_run(programs) != 0) {
		setup_say(c, "failed",
		    "programs: systemctl status 'waspool-*' says why");
		return 0;
	}
	setup_say(c, "run", "programs: systemd keeps them");
	return 1;
}
