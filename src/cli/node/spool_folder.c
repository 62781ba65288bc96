/*
 * The folder of the spool: its owner and group; moving it.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"

#include "spool/spool_move.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/node/spool_folder.h"

#define TOKEN_MODE 0640

/* The id of SPOOL_GROUP; -1: there is no such group. */
static gid_t
group(void)
{
	const struct group *g = getgrnam(SPOOL_GROUP);

	return g != NULL ? g->gr_gid : (gid_t)-1;
}

/* Gives PATH, which is ours, to that group; the program ends when it cannot. */
static void
give(const char *path, gid_t gid, mode_t mode)
{
	if (chown(path, (uid_t)-1, gid) == -1 && errno == EPERM)
		cli_fail(EX_NOPERM,
		    "%s cannot be group " SPOOL_GROUP
		    "'s, in which this user is not: as root type 'usermod -aG "
		    "" SPOOL_GROUP
		    " waspool' (systemd-sysusers does it too), then this "
		    "again; with systemd-tmpfiles --create the folders are "
		    "right at once",
		    path);
	if (chmod(path, mode) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
}

/* The same, if PATH is ours. */
static void
give_ours(const char *path, mode_t type, mode_t mode)
{
	gid_t gid = group();
	struct stat st;

	if (gid != (gid_t)-1 && lstat(path, &st) == 0 &&
	    (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
	    st.st_uid != 0 &&
	    (st.st_gid != gid || (st.st_mode & 07777) != mode))
		give(path, gid, mode);
}

void
spool_folder_give(const char *path, mode_t group_mode)
{
	give_ours(path, S_IFDIR, group_mode);
}

void
spool_folder_tokens(struct cli *c)
{
	const char *folder = c->config.token_dir;
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			give_ours(
			    pool_printf(c->pool, "%s/%s", folder, e->d_name),
			    S_IFREG, TOKEN_MODE);
	if (dir != NULL)
		closedir(dir);
}

void
spool_folder_counters(struct cli *c)
{
	const char *path =
	    config_counters_path(&c->config, c->pool, "webhook-ingest");
	int fd = -1;

	if (group() == (gid_t)-1)
		return;
	fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	close(fd);
	give_ours(path, S_IFREG, DISK_SHARED);
}

void
spool_folder_check(struct cli *c)
{
	const char *old = config_state_path(&c->config, "spool.db");
	const char *path = config_spool_path(&c->config, "spool.db");

	if (spool_move_is_due(old, path))
		cli_fail(EX_CONFIG, SPOOL_MOVE_TYPE, old, path);
}

void
spool_folder_again(struct cli *c, uid_t uid, gid_t gid)
{
	const char *path = c->config.spool_dir;
	gid_t shared = group();

	spool_folder_check(c);
	if (mkdir(path, 0750) == -1) {
		if (errno != EEXIST)
			cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
		return;
	}
	if (geteuid() == 0 && uid != 0 &&
	    (chown(path, uid, shared != (gid_t)-1 ? shared : gid) == -1 ||
		chmod(path, shared != (gid_t)-1 ? 02770 : 0750) == -1))
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	spool_folder_give(path, 02770);
}

int
spool_folder_move(struct cli *c)
{
	const char *old = config_state_path(&c->config, "spool.db"), *why;
	const char *path = config_spool_path(&c->config, "spool.db");
	int64_t pid = 0;
	int rc =
	    spool_move(c->pool, old, path, c->config.spool_dir, &why, &pid);

	if (rc == -1 && pid > 0)
		cli_fail(EX_TEMPFAIL,
		    "process %lld has %s open: stop the programs first "
		    "(systemctl stop 'waspool-*.socket' 'waspool-*.service', "
		    "or your supervisor), then type this again; nothing was "
		    "moved",
		    (long long)pid, old);
	if (rc == -1)
		cli_fail(EX_CANTCREAT, "%s; the spool was not moved", why);
	return rc;
}
