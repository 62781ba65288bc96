/*
 * waspool spool import: appends the deliveries of another spool's file to ours,
 * such as a spool that was found after a restore.  Applying one twice does no
 * harm.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"

#include "spool/spool.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/print.h"

static void
check_file_import(struct cli *c, const char *path)
{
	struct stat file, ours;

	if (stat(path, &file) == -1)
		cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	if (stat(cli_db_path(c, "spool.db"), &ours) == 0 &&
	    ours.st_dev == file.st_dev && ours.st_ino == file.st_ino)
		cli_fail(EX_DATAERR, "%s is this node's own spool", path);
}

void
cmd_spool_import(struct cli *c)
{
	const char *path = c->args[0];
	struct spool *from, *to;
	int64_t n = 0;
	int rc;

	check_file_import(c, path);
	from = spool_open_salvage(path, (int)c->config.wait_ms);
	if (from == NULL)
		cli_fail(EX_DATAERR, "%s cannot be read as a spool", path);
	to = spool_open_writer(cli_db_path(c, "spool.db"),
	    config_run_path(&c->config, "process.wake"), c->config.min_free,
	    (int)c->config.wait_ms);
	if (to == NULL)
		cli_fail(EX_UNAVAILABLE, "the spool cannot be opened");
	rc = spool_import(to, from, 0, &n);
	spool_close(to);
	spool_close(from);
	if (rc == -2)
		cli_fail(EX_IOERR,
		    "the spool cannot be written; %lld deliveries of %s are "
		    "in it: make room, then type this again (nothing counts "
		    "twice)",
		    (long long)n, path);
	print_done(
	    c, "imported", n, "%lld deliveries are applied now", (long long)n);
	if (rc == -1)
		cli_fail(EX_DATAERR,
		    "%s is damaged: what follows these cannot be read", path);
}
