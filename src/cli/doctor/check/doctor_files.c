/*
 * Checks of owners, groups and modes: a table of all files and folders, with
 * their owner, and what each program must be able to do.  A stricter mode than
 * the table's is fine, as long as each program can do so.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "cli/doctor/doctor.h"

#define MEDIA_LOOKED_AT 2000 /* files */

enum who { PROGRAMS, INGEST, NGINX, EITHER };
enum folder { STATE, RUN, KEYS, TOKENS, SPOOL };

static const struct doctor_files_place {
	enum folder folder;
	const char *name; /* in the folder; NULL: the folder itself */
	int must;	  /* 1: must exist */
	enum who owner, group;
	mode_t mode;		     /* at most */
	int programs, ingest, nginx; /* R_OK, W_OK, X_OK: what each needs */
} places[] = {
	{ STATE, NULL, 1, PROGRAMS, PROGRAMS, 0751, 7, 1, X_OK },
	{ STATE, "inbox.db", 1, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "inbox.db-wal", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "inbox.db-shm", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "inbox.db.lock", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "inbox.db.lock-next", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "inbox.highwater", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "process.lock", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "process.lock-next", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ STATE, "webhook-ingest.counters", 0, PROGRAMS, INGEST, 0660, 4, 6,
	    0 },
	{ SPOOL, NULL, 1, PROGRAMS, INGEST, 02770, 7, 7, 0 },
	{ SPOOL, "spool.db", 1, EITHER, INGEST, 0660, 6, 6, 0 },
	{ SPOOL, "spool.db-wal", 0, EITHER, INGEST, 0660, 6, 6, 0 },
	{ SPOOL, "spool.db-shm", 0, EITHER, INGEST, 0660, 6, 6, 0 },
	{ SPOOL, "spool.db.lock", 0, EITHER, INGEST, 0660, 6, 6, 0 },
	{ SPOOL, "spool.db.lock-next", 0, EITHER, INGEST, 0660, 6, 6, 0 },
	{ SPOOL, "spool.highwater", 0, EITHER, INGEST, 0660, 0, 6, 0 },
	{ SPOOL, "spool.applied", 0, EITHER, INGEST, 0660, 6, 4, 0 },
	{ RUN, NULL, 1, PROGRAMS, PROGRAMS, 0755, 7, X_OK, X_OK },
	{ RUN, "process.lock", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ RUN, "process.lock-next", 0, PROGRAMS, PROGRAMS, 0640, 6, 0, 0 },
	{ KEYS, NULL, 1, PROGRAMS, PROGRAMS, 0700, 5, 0, 0 },
	{ TOKENS, NULL, 0, PROGRAMS, INGEST, 02750, 5, 5, 0 },
};

static const struct doctor_files_place media[] = {
	{ STATE, "media", 1, PROGRAMS, NGINX, 02750, 7, 0, 5 },
	{ STATE, "media/tmp", 0, PROGRAMS, NGINX, 02750, 7, 0, 0 },
};

struct users {
	struct doctor_user programs, ingest, nginx;
	int has_nginx; /* 1: nginx' user is known */
	/* 1: still at the old place, which another check reports */
	int old_spool;
};

static void
find_users(struct doctor *d, struct users *u)
{
	struct doctor_user all[8];
	int n = doctor_nginx(d, all, 8);
	const char *where;

	doctor_programs(d, &u->programs);
	doctor_ingest(d, &u->ingest);
	u->old_spool = doctor_spool_is_old(d);
	/* For a node with WASPOOL_CONFIG nginx' user is not known. */
	u->has_nginx = n > 0 || (doctor_is_installed() && all[0].name != NULL);
	u->nginx = all[0];
	/* When several nginx run, the one that may access the files is ours. */
	for (int i = 1; i < n; i++)
		if (doctor_may(
			d, &u->nginx, d->config.state_dir, X_OK, &where) == 0)
			u->nginx = all[i];
}

/* Files of an inbox that is none. */
static int
is_elsewhere(struct doctor *d, const struct doctor_files_place *p)
{
	return p->folder == STATE && text_begins(p->name, "inbox.db") &&
	       db_is_pgsql(config_inbox(&d->config));
}

static const char *
path_of(struct doctor *d, const struct doctor_files_place *p)
{
	const struct config *c = &d->config;
	const char *folders[] = { [STATE] = c->state_dir,
		[RUN] = c->run_dir,
		[KEYS] = c->key_dir,
		[TOKENS] = c->token_dir,
		[SPOOL] = doctor_dir_of(d->pool, doctor_spool_path(d)) };

	if (p->name == NULL)
		return folders[p->folder];
	return pool_printf(d->pool, "%s/%s", folders[p->folder], p->name);
}

static const struct doctor_user *
user_of(const struct users *u, enum who who)
{
	return who == INGEST		      ? &u->ingest
	       : who == NGINX && u->has_nginx ? &u->nginx
					      : &u->programs;
}

/* A group with one user only gives nobody else access. */
static mode_t
mode_of(const struct users *u, const struct doctor_files_place *p)
{
	if (p->group == INGEST && u->ingest.uid == u->programs.uid)
		return p->mode & ~(mode_t)(S_ISGID | S_IWGRP);
	return p->mode;
}

static void
mend(struct doctor *d, const struct users *u,
    const struct doctor_files_place *p, const char *path, const char *says)
{
	const char *word = doctor_word(d, path);

	doctor_say(d, DOCTOR_FAIL,
	    doctor_root(d, "chown %s:%s %s && %s", user_of(u, p->owner)->name,
		user_of(u, p->group)->group, word,
		doctor_root(d, "chmod %04o %s", (unsigned)mode_of(u, p), word)),
	    "%s", says);
}

static void
check_use(struct doctor *d, const struct users *all,
    const struct doctor_files_place *p, const char *path,
    const struct doctor_user *u, int want, const char *who)
{
	static const char *const words[] = { "use", "enter", "write", "use",
		"read", "read", "use", "use" };
	const char *where;

	if (want == 0 || doctor_may(d, u, path, want, &where) != 0)
		return;
	if (text_is(where, path))
		mend(d, all, p, path,
		    pool_printf(d->pool, "%s, which runs as %s, may not %s %s",
			who, u->name, words[want], path));
	else if (!text_begins(where, d->config.state_dir))
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chmod a+x %s", doctor_word(d, where)),
		    "%s, which runs as %s, may not pass %s on the way to %s",
		    who, u->name, where, path);
}

static void
check_place(
    struct doctor *d, const struct users *u, const struct doctor_files_place *p)
{
	const char *path = path_of(d, p);
	const struct doctor_user *owner = user_of(u, p->owner);
	const char *too_much = NULL;
	mode_t mode = mode_of(u, p);
	struct stat st;

	if (lstat(path, &st) == -1) {
		if (errno != ENOENT)
			doctor_say(d, DOCTOR_UNKNOWN,
			    geteuid() == 0 ? NULL
					   : doctor_waspool_root(d, "doctor"),
			    "%s: %s", path, strerror(errno));
		else if (p->must && !(p->folder == SPOOL && u->old_spool))
			doctor_say(d, DOCTOR_FAIL, doctor_waspool(d, "init"),
			    "there is no %s", path);
		return;
	}
	if (S_ISLNK(st.st_mode) && stat(path, &st) == -1)
		doctor_say(d, DOCTOR_FAIL, NULL, "%s leads nowhere", path);
	if (p->name != NULL && p->mode < 02000 && !S_ISREG(st.st_mode)) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "mv %s %s.wrong && %s", doctor_word(d, path),
			doctor_word(d, path), doctor_waspool(d, "init")),
		    "%s is no file", path);
		return;
	}
	if (st.st_uid != owner->uid &&
	    (p->owner != EITHER || st.st_uid != u->ingest.uid)) {
		mend(d, u, p, path,
		    pool_printf(d->pool, "%s is not %s's", path, owner->name));
		return;
	}
	if ((st.st_mode & 02) > (mode & 02))
		too_much = "everybody may write";
	else if ((st.st_mode & 04) > (mode & 04))
		too_much = "everybody may read";
	else if ((st.st_mode & 020) > (mode & 020))
		too_much = "a group may write";
	else if ((st.st_mode & 040) > (mode & 040))
		too_much = "a group may read";
	if (too_much != NULL) {
		mend(d, u, p, path,
		    pool_printf(d->pool, "%s %s (mode %04o)", too_much, path,
			(unsigned)st.st_mode & 07777));
		return;
	}
	check_use(d, u, p, path, &u->programs, p->programs, "waspool-process");
	check_use(d, u, p, path, &u->ingest, p->ingest, "webhook-ingest");
	if (u->has_nginx)
		check_use(d, u, p, path, &u->nginx, p->nginx, "nginx");
}

/* Files that webhook-ingest makes belong to its group: the programs' user
 * must be a member, and must have been one when the processor was started. */
static void
check_membership(struct doctor *d, const struct users *u)
{
	const char *user = u->programs.name, *group = u->ingest.group;
	struct doctor_user now;

	if (u->programs.uid == 0 || u->programs.uid == u->ingest.uid)
		return;
	if (!doctor_is_member(&u->programs, u->ingest.gid))
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "usermod -a -G %s %s && %s", group, user,
			doctor_restart(d, "waspool-process")),
		    "%s is not in the group %s: it cannot read what "
		    "webhook-ingest writes",
		    user, group);
	else if (doctor_running(d, BINDIR "/waspool-process", &now) &&
		 !doctor_is_member(&now, u->ingest.gid))
		doctor_say(d, DOCTOR_FAIL, doctor_restart(d, "waspool-process"),
		    "%s is in the group %s, but waspool-process was started "
		    "before that",
		    user, group);
}

void
doctor_files(struct doctor *d)
{
	struct users u;

	doctor_config(d, 0);
	find_users(d, &u);
	check_membership(d, &u);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!is_elsewhere(d, &places[i]))
			check_place(d, &u, &places[i]);
	doctor_say(d, DOCTOR_OK, NULL,
	    "folders, databases and locks belong to %s, and nobody else may "
	    "write them",
	    u.programs.name);
}

/* ----------------------------------------------------------------- media */

/* 1 when nginx may not read a file, as after copying back without the group. */
static int
is_closed(struct doctor *d, const struct users *u, const char *path)
{
	const char *where;

	return u->has_nginx &&
	       doctor_may(d, &u->nginx, path, R_OK, &where) == 0;
}

static void
look_into(struct doctor *d, const struct users *u, const char *dir, int depth,
    int *left, int *closed)
{
	DIR *h = opendir(dir);
	struct dirent *e;

	while (h != NULL && *left > 0 && (e = readdir(h)) != NULL) {
		const char *path;

		if (e->d_name[0] == '.' || text_is(e->d_name, "tmp"))
			continue;
		--*left;
		path = pool_printf(d->pool, "%s/%s", dir, e->d_name);
		*closed += is_closed(d, u, path);
		if (e->d_type == DT_DIR && depth > 0)
			look_into(d, u, path, depth - 1, left, closed);
	}
	if (h != NULL)
		closedir(h);
}

void
doctor_media(struct doctor *d)
{
	int left = MEDIA_LOOKED_AT, closed = 0;
	const char *dir, *word;
	struct users u;
	struct stat st;

	doctor_config(d, 0);
	find_users(d, &u);
	dir = config_state_path(&d->config, "media");
	word = doctor_word(d, dir);
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		check_place(d, &u, &media[i]);
	if (stat(dir, &st) == 0 && u.has_nginx && u.nginx.uid != 0 &&
	    u.nginx.uid != st.st_uid && (st.st_mode & S_ISGID) == 0)
		doctor_say(d, DOCTOR_FAIL, doctor_root(d, "chmod g+s %s", word),
		    "%s is not setgid: new files get a group by which nginx "
		    "cannot read them",
		    dir);
	look_into(d, &u, dir, 3, &left, &closed);
	if (closed > 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chgrp -R %s %s && %s", u.nginx.group, word,
			doctor_root(d, "chmod -R g+rX %s", word)),
		    "nginx, which runs as %s, may not read %d of the files of "
		    "messages in %s",
		    u.nginx.name, closed, dir);
	doctor_say(d, DOCTOR_OK, NULL, "nginx may read the files of messages");
}
