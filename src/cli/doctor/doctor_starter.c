/*
 * Finds what starts a program of this machine again and again, of which one is
 * enough: a service of systemd, timers, lines of cron.  What names another
 * configuration starts another node's.
 */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define WANTS "/etc/systemd/system/timers.target.wants"

struct doctor_starter_list {
	struct doctor *d;
	const char *program;
	struct doctor_starter *out;
	int n, max;
};

static void
add_starter(struct doctor_starter_list *l, const char *what, const char *stop)
{
	if (l->n < l->max)
		l->out[l->n++] = (struct doctor_starter){ what, stop };
}

/* 1 when a line of S that is no comment names the program. */
static int
names_program(const char *s, const char *program)
{
	for (const char *at = s; (at = strstr(at, program)) != NULL; at++) {
		const char *line = at;

		while (line > s && line[-1] != '\n')
			line--;
		if (line[strspn(line, " \t")] != '#')
			return 1;
	}
	return 0;
}

/* The same of file PATH, which is of the machine's configuration. */
static int
file_starts(struct doctor_starter_list *l, const char *path)
{
	const char *s = doctor_read(l->d->pool, path);

	return s != NULL && names_program(s, l->program) &&
	       strstr(s, "WASPOOL_CONFIG=") == NULL;
}

/* What follows KEY in a unit's file, its last line of it; NULL none. */
static const char *
unit_value(struct doctor *d, const char *path, const char *key)
{
	char *s = doctor_read(d->pool, path), *save = NULL;
	const char *value = NULL;

	for (char *line = s == NULL ? NULL : strtok_r(s, "\n", &save);
	     line != NULL; line = strtok_r(NULL, "\n", &save))
		if (text_begins(line, key))
			value = line + strlen(key);
	return value;
}

/* The timer NAME.timer starts NAME.service, unless it says another one. */
static void
find_timer(struct doctor_starter_list *l, const char *name)
{
	const char *end = strrchr(name, '.'), *unit, *path;
	struct doctor *d = l->d;

	if (end == NULL || !text_is(end, ".timer"))
		return;
	unit = unit_value(d, pool_printf(d->pool, WANTS "/%s", name), "Unit=");
	if (unit == NULL)
		unit = pool_printf(
		    d->pool, "%.*s.service", (int)(end - name), name);
	path = doctor_unit_path(d, unit);
	if (path != NULL && file_starts(l, path))
		add_starter(l, pool_copy(d->pool, name),
		    doctor_root(
			d, "systemctl disable --now %s", doctor_word(d, name)));
}

static void
find_cron(struct doctor_starter_list *l, const char *path)
{
	struct doctor *d = l->d;

	if (file_starts(l, path))
		add_starter(l, path,
		    doctor_root(d, "sed -i '/^[ \\t]*[^# \\t].*%s/s/^/#/' %s",
			l->program, doctor_word(d, path)));
}

static void
each_file(struct doctor_starter_list *l, const char *folder,
    void (*look)(struct doctor_starter_list *, const char *))
{
	DIR *dir = opendir(folder);
	int is_cron = look == find_cron;
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		/* cron reads no file whose name has a dot. */
		if (e->d_name[0] == '.' ||
		    (is_cron && strchr(e->d_name, '.') != NULL))
			continue;
		look(l, is_cron ? pool_printf(
				      l->d->pool, "%s/%s", folder, e->d_name)
				: e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
}

int
doctor_starters(
    struct doctor *d, const char *program, struct doctor_starter *out, int max)
{
	struct doctor_starter_list l = {
		.d = d, .program = program, .out = out, .max = max
	};
	const char *service = pool_printf(d->pool, "%s.service", program);

	if (doctor_is_enabled(d, service))
		add_starter(&l, service,
		    doctor_root(d, "systemctl disable --now %s", service));
	each_file(&l, WANTS, find_timer);
	each_file(&l, "/etc/cron.d", find_cron);
	each_file(&l, "/var/spool/cron/crontabs", find_cron);
	find_cron(&l, "/etc/crontab");
	return l.n;
}
