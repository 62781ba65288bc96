/*
 * Why nginx does not run: it is not installed, or another program has its port.
 * Ports are looked for in /proc/net, and whose they are in /proc/PID/fd, which
 * only root sees of all.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define HTTP   80
#define HTTPS  443
#define LISTEN 0x0a /* TCP_LISTEN, as /proc/net/tcp has it */

/* The socket that listens at a port of the web, in a table of /proc/net: 1, and
 * its port and inode; 0. */
static int
find_listener(const char *table, unsigned *port, unsigned long *inode)
{
	FILE *f = fopen(table, "re");
	char line[512];
	unsigned state;
	int found = 0;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line,
			    "%*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s "
			    "%*s %*s %*s %*s %lu",
			    port, &state, inode) == 3 &&
			state == LISTEN && (*port == HTTP || *port == HTTPS);
	if (f != NULL)
		fclose(f);
	return found;
}

/* 1 when that process has the socket. */
static int
has_socket(struct doctor *d, const char *pid, unsigned long inode)
{
	const char *wanted = pool_printf(d->pool, "socket:[%lu]", inode);
	const char *fds = pool_printf(d->pool, "/proc/%s/fd", pid);
	DIR *dir = opendir(fds);
	struct dirent *e;
	char to[64];
	int found = 0;

	while (dir != NULL && !found && (e = readdir(dir)) != NULL) {
		ssize_t n =
		    readlink(pool_printf(d->pool, "%s/%s", fds, e->d_name), to,
			sizeof(to) - 1);

		if (n == -1)
			continue;
		to[n] = '\0';
		found = text_is(to, wanted);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* Whose socket it is, the lowest process of them, in POOL; NULL not seen. */
static const char *
owner_of(struct doctor *d, unsigned long inode)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int lowest = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		int pid = atoi(e->d_name);

		if (pid > 0 && (lowest == 0 || pid < lowest) &&
		    has_socket(d, e->d_name, inode))
			lowest = pid;
	}
	if (dir != NULL)
		closedir(dir);
	return lowest == 0 ? NULL : pool_printf(d->pool, "%d", lowest);
}

/* The service that a process belongs to ("apache2.service"), in POOL; NULL
 * none, or no systemd. */
static const char *
service_of(struct doctor *d, const char *pid)
{
	char *s =
	    doctor_read(d->pool, pool_printf(d->pool, "/proc/%s/cgroup", pid));
	char *name, *end;

	if (s == NULL || !doctor_has_systemd())
		return NULL;
	s[strcspn(s, "\n")] = '\0';
	end = strstr(s, ".service");
	name = strrchr(s, '/');
	if (end == NULL || name == NULL || end < name)
		return NULL;
	end[strlen(".service")] = '\0';
	return name + 1;
}

/* The command by which nginx starts. */
static const char *
start_nginx(struct doctor *d)
{
	return doctor_has_systemd()
		   ? doctor_root(d, "nginx -t && %s",
			 doctor_root(d, "systemctl restart nginx.service"))
		   : doctor_root(d, "nginx -t && %s", doctor_root(d, "nginx"));
}

static int
has_nginx(struct doctor *d)
{
	const char *path = getenv("PATH");
	char *copy = pool_printf(d->pool, "%s:/usr/sbin:/usr/local/sbin",
		 path != NULL ? path : "/usr/bin"),
	     *more;

	for (char *dir = strtok_r(copy, ":", &more); dir != NULL;
	     dir = strtok_r(NULL, ":", &more))
		if (access(pool_printf(d->pool, "%s/nginx", dir), X_OK) == 0)
			return 1;
	return 0;
}

void
doctor_nginx_away(struct doctor *d)
{
	const char *pid, *service, *start = start_nginx(d);
	unsigned long inode;
	unsigned port;

	if (!has_nginx(d)) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "apt-get install -y nginx"),
		    "nginx is not installed: no delivery can come in");
		return;
	}
	if (!find_listener("/proc/net/tcp", &port, &inode) &&
	    !find_listener("/proc/net/tcp6", &port, &inode)) {
		doctor_say(d, DOCTOR_FAIL, start,
		    "nginx does not run: no delivery can come in");
		return;
	}
	pid = owner_of(d, inode);
	if (pid == NULL) {
		doctor_say(d, DOCTOR_FAIL, doctor_waspool_root(d, "doctor"),
		    "nginx does not run, and another program has port %u",
		    port);
		return;
	}
	service = service_of(d, pid);
	doctor_say(d, DOCTOR_FAIL,
	    pool_printf(d->pool, "%s && %s",
		service != NULL ? doctor_root(d, "systemctl disable --now %s",
				      doctor_word(d, service))
				: doctor_root(d, "kill %s", pid),
		start),
	    "nginx does not run: port %u is taken by %s, process %s", port,
	    service != NULL
		? service
		: text_fold(d->pool,
		      doctor_read(
			  d->pool, pool_printf(d->pool, "/proc/%s/comm", pid)),
		      64),
	    pid);
}
