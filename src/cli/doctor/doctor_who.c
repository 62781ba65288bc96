/*
 * Finds the programs' user and nginx' user, and what they may do: from
 * processes, units, cron's line and the owners of files, since any one of these
 * may be wrong.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define GROUPS_MAX                                                             \
	((int)(sizeof(((struct doctor_user *)0)->groups) / sizeof(gid_t)))

static void
fill_who(struct doctor *d, struct doctor_user *u, uid_t uid)
{
	struct passwd *p = getpwuid(uid);
	struct group *g;

	*u = (struct doctor_user){ .uid = uid, .gid = (gid_t)uid };
	u->name = p != NULL ? pool_copy(d->pool, p->pw_name)
			    : pool_printf(d->pool, "%u", (unsigned)uid);
	if (p != NULL) {
		u->gid = p->pw_gid;
		u->n_groups = GROUPS_MAX;
		if (getgrouplist(u->name, u->gid, u->groups, &u->n_groups) ==
		    -1)
			u->n_groups = GROUPS_MAX;
	}
	g = getgrgid(u->gid);
	u->group = g != NULL ? pool_copy(d->pool, g->gr_name)
			     : pool_printf(d->pool, "%u", (unsigned)u->gid);
}

static int
fill_named(struct doctor *d, struct doctor_user *u, const char *name)
{
	struct passwd *p = getpwnam(name);

	if (p == NULL)
		return 0;
	fill_who(d, u, p->pw_uid);
	return 1;
}

/* ---------------------------------------------------------------- /proc */

static const char *
of_process(struct doctor *d, pid_t pid, const char *file)
{
	return pool_printf(d->pool, "/proc/%d/%s", (int)pid, file);
}

/* 1 when the process has the same configuration as we. */
static int
is_of_node(struct doctor *d, pid_t pid)
{
	const char *ours = getenv("WASPOOL_CONFIG");
	char *s = doctor_read(d->pool, of_process(d, pid, "environ"));
	const char *key = "WASPOOL_CONFIG=";

	if (s == NULL)
		return ours == NULL; /* we may not see its environment */
	for (; *s != '\0'; s += strlen(s) + 1)
		if (text_begins(s, key))
			return text_is(s + strlen(key), ours);
	return ours == NULL;
}

int
doctor_next_process(struct doctor *d, const char *path, pid_t *pid, int *old)
{
	static DIR *dir;
	char exe[4096];
	struct dirent *e;

	if (*pid == 0) {
		if (dir != NULL)
			closedir(dir);
		dir = opendir("/proc");
	}
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		ssize_t len;

		*pid = atoi(e->d_name);
		if (*pid <= 0)
			continue;
		len =
		    readlink(of_process(d, *pid, "exe"), exe, sizeof(exe) - 1);
		if (len == -1)
			continue;
		exe[len] = '\0';
		*old = !text_is(exe, path);
		if (*old &&
		    !text_is(exe, pool_printf(d->pool, "%s (deleted)", path)))
			continue;
		if (is_of_node(d, *pid))
			return 1;
	}
	return 0;
}

/* The number after a key in /proc/PID/status, "Uid:\t33\t33…"; -1 none. */
static long
status_number(const char *status, const char *key)
{
	const char *s = strstr(status, key);

	return s == NULL ? -1 : atol(s + strlen(key));
}

static void
add_groups(struct doctor_user *u, const char *status)
{
	const char *s = strstr(status, "\nGroups:");
	char *end;

	u->gid = (gid_t)status_number(status, "\nGid:");
	u->n_groups = 0;
	if (s == NULL)
		return;
	for (s += strlen("\nGroups:"); u->n_groups < GROUPS_MAX; s = end) {
		s += strspn(s, " \t");
		if (*s < '0' || *s > '9')
			break;
		u->groups[u->n_groups++] = (gid_t)strtoul(s, &end, 10);
	}
}

/* A worker is an nginx whose parent is one, too. */
static int
is_worker(struct doctor *d, const char *status)
{
	long parent = status_number(status, "\nPPid:");
	const char *s =
	    doctor_read(d->pool, of_process(d, (pid_t)parent, "comm"));

	return s != NULL && text_is(s, "nginx\n");
}

int
doctor_nginx(struct doctor *d, struct doctor_user *out, int max)
{
	static const char *const likely[] = { "www-data", "nginx", "http" };
	DIR *dir = opendir("/proc");
	struct dirent *e;
	int n = 0;

	out[0].name = NULL;
	while (dir != NULL && n < max && (e = readdir(dir)) != NULL) {
		pid_t pid = atoi(e->d_name);
		const char *s;
		long uid;
		int i;

		if (pid <= 0 ||
		    !text_is(doctor_read(d->pool, of_process(d, pid, "comm")),
			"nginx\n"))
			continue;
		s = doctor_read(d->pool, of_process(d, pid, "status"));
		if (s == NULL || !is_worker(d, s))
			continue;
		uid = status_number(s, "\nUid:");
		for (i = 0; i < n && out[i].uid != (uid_t)uid; i++)
			;
		if (i < n)
			continue;
		fill_who(d, &out[n], (uid_t)uid);
		add_groups(&out[n++], s);
	}
	if (dir != NULL)
		closedir(dir);
	for (size_t i = 0; n == 0 && out[0].name == NULL &&
			   i < sizeof(likely) / sizeof(likely[0]);
	     i++)
		fill_named(d, &out[0], likely[i]);
	return n;
}

/* ----------------------------------------------------------- our user(s) */

/* "User=waspool" of PROGRAM's unit. */
static int
unit_user(struct doctor *d, const char *program, struct doctor_user *u)
{
	const char *path =
	    doctor_unit(d, pool_printf(d->pool, "waspool-%s.service", program));
	char *s, *line, *save, *name = NULL;

	if (!doctor_is_installed() || path == NULL ||
	    (s = doctor_read(d->pool, path)) == NULL)
		return 0;
	for (line = strtok_r(s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (text_begins(line, "User="))
			name = line + strlen("User=");
	return name != NULL && fill_named(d, u, name);
}

/* The user, the sixth word, of cron's line that starts waspool-process. */
static int
cron_user(struct doctor *d, struct doctor_user *u)
{
	const char *path = doctor_cron(d);
	char *s, *line, *save;

	if (!doctor_is_installed() || path == NULL ||
	    (s = doctor_read(d->pool, path)) == NULL)
		return 0;
	for (line = strtok_r(s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		char *word, *more = NULL;
		int i;

		if (line[0] == '#' || strstr(line, "waspool-process") == NULL)
			continue;
		word = strtok_r(line, " \t", &more);
		for (i = 0; word != NULL && i < 5; i++)
			word = strtok_r(NULL, " \t", &more);
		return word != NULL && fill_named(d, u, word);
	}
	return 0;
}

int
doctor_running(struct doctor *d, const char *path, struct doctor_user *u)
{
	pid_t pid = 0;
	struct stat st;
	const char *s;
	int old;

	if (!doctor_next_process(d, path, &pid, &old) ||
	    stat(of_process(d, pid, "status"), &st) == -1 ||
	    (s = doctor_read(d->pool, of_process(d, pid, "status"))) == NULL)
		return 0;
	fill_who(d, u, st.st_uid);
	add_groups(u, s);
	return 1;
}

static int
running_user(struct doctor *d, const char *path, struct doctor_user *u)
{
	struct stat st;
	pid_t pid = 0;
	int old;

	if (!doctor_next_process(d, path, &pid, &old) ||
	    stat(of_process(d, pid, "status"), &st) == -1)
		return 0;
	fill_who(d, u, st.st_uid);
	return 1;
}

/* The user who owns most of the files; else the owner of the state folder. */
static void
owning_user(struct doctor *d, struct doctor_user *u)
{
	const char *const paths[] = { d->config.state_dir,
		config_state_path(&d->config, "inbox.db"),
		config_state_path(&d->config, "inbox.db.lock"),
		config_state_path(&d->config, "process.lock"),
		config_state_path(&d->config, "media"), d->config.key_dir,
		d->config.run_dir };
	enum { N = sizeof(paths) / sizeof(paths[0]) };
	uid_t uid[N] = { 0 }, best = geteuid();
	int n = 0, most = 0;

	for (int i = 0; i < N; i++) {
		struct stat st;

		if (stat(paths[i], &st) == 0)
			uid[n++] = st.st_uid;
	}
	for (int i = 0; i < n; i++) {
		int same = 0;

		for (int k = 0; k < n; k++)
			same += uid[k] == uid[i];
		if (same > most) {
			most = same;
			best = uid[i];
		}
	}
	fill_who(d, u, best);
}

void
doctor_programs(struct doctor *d, struct doctor_user *u)
{
	if (unit_user(d, "process", u) || cron_user(d, u) ||
	    running_user(d, BINDIR "/waspool-process", u) ||
	    (doctor_is_installed() && fill_named(d, u, "waspool")))
		return;
	owning_user(d, u);
}

/* The user with whom the spool's folder is shared has the name of its group.
 * Needed since without root no process of another user can be seen. */
static int
sharing_user(struct doctor *d, struct doctor_user *u)
{
	struct group *g;
	struct stat st;

	if (stat(d->config.spool_dir, &st) == -1 ||
	    (st.st_mode & (S_ISGID | S_IWGRP)) != (S_ISGID | S_IWGRP))
		return 0;
	g = getgrgid(st.st_gid);
	return g != NULL && fill_named(d, u, g->gr_name);
}

void
doctor_ingest(struct doctor *d, struct doctor_user *u)
{
	if (unit_user(d, "webhook-ingest", u) ||
	    running_user(d, PKGLIBEXECDIR "/webhook-ingest", u) ||
	    sharing_user(d, u))
		return;
	doctor_programs(d, u);
}

/* -------------------------------------------------------------- may it? */

int
doctor_is_member(const struct doctor_user *u, gid_t gid)
{
	for (int i = 0; i < u->n_groups; i++)
		if (u->groups[i] == gid)
			return 1;
	return u->gid == gid;
}

static int
bits(const struct doctor_user *u, const struct stat *st)
{
	if (u->uid == 0)
		return S_ISDIR(st->st_mode) || (st->st_mode & 0111) ? 7 : 6;
	if (u->uid == st->st_uid)
		return st->st_mode >> 6 & 7;
	if (doctor_is_member(u, st->st_gid))
		return st->st_mode >> 3 & 7;
	return st->st_mode & 7;
}

int
doctor_may(struct doctor *d, const struct doctor_user *u, const char *path,
    int want, const char **where)
{
	char *p = pool_copy(d->pool, path);
	struct stat st;

	for (char *slash = strchr(p + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		*where = pool_copy(d->pool, p);
		if (stat(p, &st) == -1)
			return -1;
		if ((bits(u, &st) & X_OK) == 0)
			return 0;
		*slash = '/';
	}
	*where = path;
	if (stat(path, &st) == -1)
		return -1;
	return (bits(u, &st) & want) == want;
}
