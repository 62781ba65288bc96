/*
 * waspool move: the inbox goes from SQLite to PostgreSQL, or back.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "inbox/inbox.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/fail.h"
#include "cli/move/move_inbox.h"
#include "cli/output.h"
#include "cli/print.h"

#define DATABASE_MODE 0640 /* -wal and -shm get the same */
#define PATIENCE_MS   5000 /* wait for the processor's present run */

/* The processor does not run until this command ends: deliveries wait in the
 * spool. */
static void
hold_processor(struct cli *c)
{
	struct lock *run = NULL, *state;

	if (access(c->config.run_dir, W_OK) == 0)
		run = lock_open(config_run_path(&c->config, "process.lock"));
	state = lock_open(config_state_path(&c->config, "process.lock"));
	if (state == NULL ||
	    (run != NULL && lock_take(run, PATIENCE_MS) != 1) ||
	    lock_take(state, 1000) != 1)
		cli_fail(EX_TEMPFAIL,
		    "waspool-process is running, or another waspool move, and "
		    "does not end: stop it (systemctl stop waspool-process, or "
		    "take its line out of cron and end it), then type this "
		    "again");
}

/* Of the file: nobody has it open, who would go on writing there. */
static void
check_closed(const char *path)
{
	int64_t pid = 0;
	int used = db_is_used(path, &pid);

	if (used == 1)
		cli_fail(EX_TEMPFAIL,
		    "%s is open%s: stop all programs but waspool-webhook-"
		    "ingest and waspool-webhook-verify, which go on taking "
		    "deliveries in",
		    path, pid > 0 ? " in another program" : "");
	if (used == -1)
		cli_fail(EX_IOERR, "%s cannot be looked at", path);
}

/* As waspool init does, if it is not there. */
static void
make_file(struct cli *c, const char *path)
{
	int made = inbox_create(path);

	if (made == -1)
		cli_fail(EX_CANTCREAT, "%s cannot be created", path);
	if (made && disk_share(path, c->config.state_dir, DATABASE_MODE) != 0)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
}

static struct db *
open_inbox(struct cli *c, const char *target, enum db_mode mode)
{
	struct db *db = inbox_open(target, mode, (int)c->config.wait_ms);

	if (db == NULL)
		cli_fail(EX_UNAVAILABLE, "%s cannot be opened",
		    db_shown(c->pool, target));
	return db;
}

static void
fail_move(const struct move_inbox *m, const char *to)
{
	const struct move_flaws *f = &m->flaws;

	if (m->full != NULL)
		cli_fail(EX_DATAERR,
		    "%s is not empty: %s has rows, and nothing was changed", to,
		    m->full);
	if (f->why != NULL)
		cli_fail(EX_DATAERR,
		    "%s, id %lld: %s %s, which PostgreSQL does not keep.  With "
		    "--replace each such byte becomes U+FFFD; nothing was "
		    "changed",
		    f->table, (long long)f->id, f->column, f->why);
	cli_fail(EX_UNAVAILABLE,
	    "not moved, and nothing was changed: the reason is above");
}

static void
say_moved(struct cli *c, const struct move_inbox *m)
{
	struct output *list = output_list(c);

	for (int i = 0; i < m->n; i++) {
		const struct move_sum *s = &m->done[i].sum;

		if (s->rows == 0)
			continue;
		output_row(list);
		output_text(list, "table", m->done[i].table);
		output_int(list, "rows", s->rows);
		output_text(list, "hash",
		    pool_printf(c->pool, "%016llx",
			(unsigned long long)(s->parts[0] ^ s->parts[1] ^
					     s->parts[2] ^ s->parts[3])));
	}
	output_end(list);
}

static void
say_what_is_next(struct cli *c, const struct move_inbox *m, int to_pgsql)
{
	if (m->flaws.replaced > 0)
		print_hint(c, "%lld texts had bytes that became U+FFFD.",
		    (long long)m->flaws.replaced);
	if (to_pgsql)
		print_hint(c,
		    "All of it is there, and the same.  Next: WASPOOL_INBOX in "
		    "waspool.conf names the processor's role; start the "
		    "programs.  The words of the search are made meanwhile "
		    "(waspool stats).  inbox.db is as it was: keep it until "
		    "you have a backup.");
	else
		print_hint(c,
		    "All of it is there, and the same.  Next: take "
		    "WASPOOL_INBOX and WASPOOL_INBOX_MEMBER out of "
		    "waspool.conf; start the programs.  The words of the "
		    "search are made meanwhile (waspool stats).  The database "
		    "is as it was.");
}

/* 1 to PostgreSQL, 0 back. */
static int
direction(struct cli *c)
{
	int to_pgsql = text_is(c->args[1], "postgresql");

	if (!text_is(c->args[to_pgsql ? 0 : 1], "sqlite") ||
	    !text_is(c->args[to_pgsql ? 1 : 0], "postgresql"))
		cli_usage(c, "from sqlite to postgresql, or back");
	return to_pgsql;
}

static void
move(struct cli *c)
{
	const char *file = config_state_path(&c->config, "inbox.db");
	const char *address = config_inbox(&c->config);
	int to_pgsql = direction(c);
	struct move_inbox m = { .pool = c->pool };

	m.flaws.replace = cli_option(c, "replace") != NULL;
	if (!db_is_pgsql(address))
		cli_fail(EX_CONFIG,
		    "WASPOOL_INBOX does not say where the database is, as "
		    "its owner: postgresql://…");
	if (to_pgsql && access(file, F_OK) != 0)
		cli_fail(EX_NOINPUT, "there is no %s", file);
	hold_processor(c);
	if (access(file, F_OK) == 0)
		check_closed(file);
	if (!to_pgsql)
		make_file(c, file);
	m.from = open_inbox(c, to_pgsql ? file : address, DB_WRITE);
	m.to = open_inbox(c, to_pgsql ? address : file, DB_WRITE);
	if (move_inbox(&m) == -1)
		fail_move(&m, to_pgsql ? db_shown(c->pool, address) : file);
	if (to_pgsql)
		(void)db_script(m.to, "ANALYZE");
	db_close(m.from);
	db_close(m.to);
	say_moved(c, &m);
	say_what_is_next(c, &m, to_pgsql);
}

static const struct cli_option move_options[] = {
	{ "replace", NULL,
	    "bytes of texts that PostgreSQL does not keep become U+FFFD" },
	{ 0 },
};

const struct cli_verb cmd_move[] = {
	{ "", "FROM TO", 2, 2, "Moves the inbox to PostgreSQL, or back",
	    "FROM and TO are sqlite (inbox.db) and postgresql (WASPOOL_INBOX, "
	    "as the owner of the\ndatabase, who typed 'waspool init').  All "
	    "programs are stopped but those that take\nwebhooks in: what comes "
	    "waits in the spool.  The target has to be empty; it is\nfilled in "
	    "one transaction, and compared.  Ids, and the order of changes, "
	    "stay.",
	    "waspool move --replace sqlite postgresql", move_options, move },
	{ 0 },
};
