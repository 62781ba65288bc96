/*
 * The checks of init and upgrade, before they change anything.
 */
#include <sys/stat.h>

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/inbox.h"

#include "cli/cli.h"
#include "cli/node/init_check.h"

static const char *
user_name(struct cli *c, uid_t uid)
{
	struct passwd *pw = getpwuid(uid);

	return pw != NULL ? pool_copy(c->pool, pw->pw_name)
			  : pool_printf(c->pool, "#%ld", (long)uid);
}

static const char *
group_name(struct cli *c, gid_t gid)
{
	struct group *gr = getgrgid(gid);

	return gr != NULL ? pool_copy(c->pool, gr->gr_name)
			  : pool_printf(c->pool, "%ld", (long)gid);
}

/* PATH, or the nearest folder above it that exists. */
static const char *
standing(struct cli *c, const char *path, struct stat *st)
{
	char *p = pool_copy(c->pool, path), *slash;

	while (stat(p, st) == -1) {
		slash = strrchr(p, '/');
		if (slash == NULL || strcmp(p, "/") == 0)
			cli_fail(EX_CONFIG, "%s: not a whole path", path);
		if (slash == p)
			slash++;
		*slash = '\0';
	}
	return p;
}

/* Refuses to run as root in folders of another user, who could not use files of
 * root. */
static void
check_owner(struct cli *c, const char *path, const struct stat *st)
{
	if (geteuid() == 0 && st->st_uid != 0)
		cli_fail(EX_NOPERM,
		    "%s belongs to another user, %s, and nothing was made: "
		    "run waspool as that user, not as root:\n"
		    "  runuser -u %s -- waspool init",
		    path, user_name(c, st->st_uid), user_name(c, st->st_uid));
}

/* Adds to B the command that root must type so that PATH can be made. */
static void
check_folder(struct cli *c, struct buf *b, const char *path, int mode)
{
	struct stat st;
	const char *there = standing(c, path, &st);
	int is_there = strcmp(there, path) == 0;

	if (!S_ISDIR(st.st_mode))
		cli_fail(
		    EX_CANTCREAT, "%s is no folder; nothing was made", there);
	if (is_there)
		check_owner(c, path, &st);
	if (access(there, is_there ? X_OK : W_OK | X_OK) == 0)
		return;
	if (is_there)
		buf_printf(b, "\n  chown %s:%s %s && chmod %04o %s",
		    user_name(c, geteuid()), group_name(c, getegid()), path,
		    mode, path);
	else
		buf_printf(b, "\n  install -d -o %s -g %s -m %04o %s",
		    user_name(c, geteuid()), group_name(c, getegid()), mode,
		    path);
}

void
init_check(struct cli *c)
{
	const struct {
		const char *path;
		int mode;
	} folders[] = {
		{ c->config.state_dir, 0751 },
		{ c->config.spool_dir, 0750 },
		{ c->config.run_dir, 0755 },
		{ c->config.key_dir, 0700 },
		{ c->config.token_dir, 0750 },
		{ config_state_path(&c->config, "media"), 0750 },
	};
	struct buf b = { .pool = c->pool };
	struct stat st;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		check_folder(c, &b, folders[i].path, folders[i].mode);
	if (b.len == 0 && stat(c->config.state_dir, &st) == 0 &&
	    access(c->config.state_dir, W_OK | X_OK) == -1)
		buf_printf(&b, "\n  chown %s:%s %s", user_name(c, geteuid()),
		    group_name(c, getegid()), c->config.state_dir);
	if (b.len > 0)
		cli_fail(EX_CANTCREAT,
		    "%s may not make what is missing, and nothing was made.  "
		    "waspool runs as the programs' user (runuser -u waspool -- "
		    "waspool init); if that is %s, type as root:%s",
		    user_name(c, geteuid()), user_name(c, geteuid()),
		    buf_end(&b));
}

/* 1 when the database PATH has an older schema version than this program. */
static int
is_older(const char *path)
{
	struct db *db = db_open(path, DB_READ, 1000);
	int version = INBOX_VERSION;

	if (db != NULL && db_version(db, &version) == -1)
		version = INBOX_VERSION; /* the upgrade says what is wrong */
	db_close(db);
	return version < INBOX_VERSION;
}

void
upgrade_check(struct cli *c, const char *inbox)
{
	int64_t pid = 0;

	(void)c;
	if (is_older(inbox) && db_is_used(inbox, &pid) == 1)
		cli_fail(EX_TEMPFAIL,
		    "process %lld has %s open, and nothing was changed: stop "
		    "the programs first (systemctl stop 'waspool-*.socket' "
		    "'waspool-*.service'; or your supervisor, and with cron "
		    "mv /etc/cron.d/waspool /root, and a minute), then type "
		    "this again",
		    (long long)pid, inbox);
}
