/*
 * waspool init, waspool upgrade: the only commands that create or change a
 * schema.  init_check.c has their checks, which come before any change.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"

#include "spool/spool.h"

#include "inbox/inbox.h"
#include "inbox/workspace/workspace.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/node/init_check.h"
#include "cli/node/spool_folder.h"
#include "cli/output.h"
#include "cli/print.h"

#define DATABASE_MODE 0640 /* -wal and -shm get the same */

/* Makes a folder: 1 made, 0 it exists. */
static int
make_dir(struct cli *c, const char *path, mode_t mode)
{
	char *p = pool_copy(c->pool, path);
	char *slash;

	if (access(path, F_OK) == 0)
		return 0;
	for (slash = strchr(p + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(p, 0755) != 0 && errno != EEXIST)
			cli_fail(EX_CANTCREAT, "%s: %s", p, strerror(errno));
		*slash = '/';
	}
	if ((mkdir(path, mode) != 0 && errno != EEXIST) ||
	    chmod(path, mode) != 0)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	return 1;
}

/* Refuses to create a database as root in a folder of the programs' user, which
 * could not open it. */
static void
check_owner(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		cli_fail(EX_CANTCREAT, "%s: %s", dir, strerror(errno));
	if (geteuid() == 0 && st.st_uid != 0)
		cli_fail(EX_NOPERM,
		    "%s belongs to another user: run waspool "
		    "as that user, not as root",
		    dir);
}

static void
say_dir(struct cli *c, struct output *s, const char *key, const char *path,
    mode_t mode)
{
	int made = make_dir(c, path, mode);

	output_text(s, key,
	    pool_printf(c->pool, "%s %s", made ? "made" : "is there:", path));
}

static void
say_database(struct cli *c, struct output *s, const char *name,
    const char *folder, int (*create)(const char *path))
{
	const char *path = cli_db_place(c, name);
	const char *shown = db_shown(c->pool, path);
	int made = create(path);

	if (made < 0)
		cli_fail(EX_CANTCREAT, "%s cannot be created", shown);
	if (made && !db_is_pgsql(path) &&
	    disk_share(path, folder, DATABASE_MODE) != 0)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	output_text(s, folder == c->config.state_dir ? "inbox" : "spool",
	    pool_printf(c->pool, "%s %s", made ? "made" : "is there:", shown));
}

static void
say_shared(struct cli *c, struct output *s, const char *key, const char *path,
    mode_t mode, mode_t group_mode)
{
	int made = make_dir(c, path, mode);

	spool_folder_give(path, group_mode);
	output_text(s, key,
	    pool_printf(c->pool, "%s %s", made ? "made" : "is there:", path));
}

static void
say_next(struct cli *c)
{
	struct workspace *w;
	int n;

	cli_db_ok(
	    c, workspace_list(cli_db_inbox(c, DB_READ), c->pool, 0, 1, &w, &n));
	if (n == 0)
		print_hint(c,
		    "\nNext, a workspace, somebody in it, a token, and "
		    "your number:\n"
		    "  waspool workspace add 'Example Ltd'\n"
		    "  waspool user add ann@example.com Ann\n"
		    "  waspool member add 1 ann@example.com "
		    "--role owner\n"
		    "  waspool token create 1 ann@example.com\n"
		    "  waspool number add PHONE_NUMBER_ID "
		    "--workspace 1");
}

static void
init(struct cli *c)
{
	struct output *s;

	init_check(c);
	spool_folder_check(c);
	s = output_object(c);
	umask(027);
	/* 0751, since nginx and webhook-ingest pass through it as other
	 * users. */
	say_dir(c, s, "state_dir", c->config.state_dir, 0751);
	say_dir(c, s, "run_dir", c->config.run_dir, 0755);
	say_dir(c, s, "key_dir", c->config.key_dir, 0700);
	check_owner(c->config.state_dir);
	say_shared(c, s, "token_dir", c->config.token_dir, 0700, 02750);
	say_shared(c, s, "spool_dir", c->config.spool_dir, 0750, 02770);
	spool_folder_counters(c);
	say_dir(
	    c, s, "media_dir", config_state_path(&c->config, "media"), 0750);
	say_database(c, s, "spool.db", c->config.spool_dir, spool_create);
	say_database(c, s, "inbox.db", c->config.state_dir, inbox_create);
	output_end(s);
	say_next(c);
}

/* Moves the spool, and gives spool and tokens the owners of this version. */
static void
move_spool(struct cli *c)
{
	make_dir(c, c->config.spool_dir, 0750);
	spool_folder_give(c->config.spool_dir, 02770);
	spool_folder_counters(c);
	if (access(c->config.token_dir, F_OK) == 0) {
		spool_folder_give(c->config.token_dir, 02750);
		spool_folder_tokens(c);
	}
	if (spool_folder_move(c))
		print_hint(c, "The spool is in %s now.", c->config.spool_dir);
}

static void
upgrade(struct cli *c)
{
	const char *path = cli_db_path(c, "inbox.db");
	const char *shown = db_shown(c->pool, path);
	int steps;

	umask(027);
	check_owner(c->config.state_dir);
	upgrade_check(c, path);
	move_spool(c);
	if ((steps = inbox_upgrade(path)) < 0)
		cli_fail(EX_UNAVAILABLE, "%s was not changed", shown);
	if (steps == 0)
		print_done(c, "steps", 0, "%s is up to date: version %d", shown,
		    INBOX_VERSION);
	else
		print_done(c, "steps", steps, "%s: %d steps, now version %d",
		    shown, steps, INBOX_VERSION);
}

const struct cli_verb cmd_init[] = {
	{ "", "", 0, 0, "Creates missing directories and databases",
	    "Run it as the programs' user.  What exists stays as it is, so "
	    "it\nmay be repeated.",
	    "waspool init", NULL, init },
	{ 0 },
};

const struct cli_verb cmd_upgrade[] = {
	{ "", "", 0, 0, "Upgrades the databases to the version of this program",
	    "Stop the programs first.  When a step fails nothing has changed.",
	    "waspool upgrade", NULL, upgrade },
	{ 0 },
};
