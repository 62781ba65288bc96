/*
 * waspool-process: applies deliveries of the spool to the inbox, sends messages
 * of the outbox, downloads files; one run on a node at a time.  Reads the
 * configuration, API keys and spool.db; makes requests to the provider.  Writes
 * inbox.db and media; deletes old deliveries from spool.db.  Never accepts a
 * connection, never answers a webhook.  Exit status as in sysexits.h; 0 also
 * when another run does the work.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/counters.h"
#include "base/disk.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"
#include "base/service/manager.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_move.h"

#include "inbox/conversation/set_aside.h"
#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/node/delivery_state.h"
#include "inbox/node/health.h"
#include "inbox/node/retime.h"
#include "inbox/outbox/automatic_answer.h"
#include "inbox/outbox/outbox.h"
#include "inbox/search/engine/search_define.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_put.h"
#include "inbox/workspace/workspace.h"

#include "process/block_list.h"
#include "process/block_sync.h"
#include "process/drain/prefetch.h"
#include "process/group_change.h"
#include "process/number_sync.h"
#include "process/run_loop.h"
#include "process/template_change.h"
#include "process/template_sync.h"

#define MINUTE_WAIT_MS	 75000 /* wait for the run before */
#define ONCE_PATIENCE_MS 3000  /* --once: wait for a run that is at work */
#define STATE_WAIT_MS	 1000  /* wait for one that is just ending */

struct process {
	int64_t began_ms;
	struct config config;
	struct db *db;
	struct spool *spool;
	struct lock *lock;	 /* in the run folder: runs wait for it */
	struct lock *only;	 /* in the state folder: none waits for it */
	struct notify *realtime; /* NULL: streams poll instead */
	struct prefetch prefetch;
	struct run_loop shift;
};

static const char usage[] =
    "waspool-process: applies deliveries, sends messages, fetches files\n"
    "\n"
    "Usage: waspool-process [--once | --forever]\n"
    "\n"
    "  (nothing)   for cron, every minute: works until the next run takes "
    "over\n"
    "  --once      what is there now, then ends\n"
    "  --forever   for a service manager\n"
    "  --help, --version\n"
    "\n"
    "One run a machine does the work; another waits, or ends with status 0.\n"
    "The configuration is $WASPOOL_CONFIG, or\n" SYSCONFDIR
    "/waspool/waspool.conf; see waspool.conf(5).\n"
    "\n"
    "Example:\n"
    "  * * * * * waspool-process\n";

static volatile sig_atomic_t stop, again, at_work;

static void
on_signal(int signal)
{
	(void)signal;
	if (!at_work) /* still waits for its turn: nothing to finish */
		_exit(EX_OK);
	stop = 1;
}

static void
on_hangup(int signal)
{
	(void)signal;
	again = 1;
}

static void
catch_signals(enum run_loop_kind kind)
{
	struct sigaction sa = { .sa_handler = on_signal };

	/* Without SA_RESTART, so that a signal ends a sleep. */
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	/* The signal by which multiwatch ends its children. */
	sigaction(SIGQUIT, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	/* Others end soon, and the next one reads the configuration anyway. */
	if (kind == RUN_LOOP_FOREVER)
		manager_hear(on_hangup);
}

static int64_t
age_ms(const struct process *p)
{
	return clock_ticks_ms() - p->began_ms;
}

/* PATH, of a database that has been made. */
static const char *
there(const char *path)
{
	if (!db_is_pgsql(path) && access(path, F_OK) != 0)
		die(EX_NOINPUT, "%s: %s; type 'waspool init'", path,
		    strerror(errno));
	return path;
}

static const char *
spool_there(struct process *p)
{
	const char *old = config_state_path(&p->config, "spool.db");
	const char *path = config_spool_path(&p->config, "spool.db");

	if (spool_move_is_due(old, path))
		die(EX_CONFIG, SPOOL_MOVE_TYPE, old, path);
	return there(path);
}

/* Wakes the event streams, which would else poll within a second. */
static void
tell_process(void *process)
{
	struct process *p = process;

	if (p->realtime != NULL)
		notify_send(p->realtime);
}

/* Without that workspace deliveries for unregistered numbers would wait. */
static void
check_workspace(struct process *p)
{
	struct pool *pool = pool_new();
	struct workspace w;

	if (p->config.default_workspace != 0 &&
	    workspace_get(p->db, pool, p->config.default_workspace, &w) == 0)
		log_warn("WHATSAPP_DEFAULT_WORKSPACE_ID is %lld, and there is "
			 "no such workspace: type 'waspool workspace list'",
		    (long long)p->config.default_workspace);
	pool_free(pool);
}

static const struct statements process_statements = {
	.also = STATEMENTS(&drain_statements, &send_statements,
	    &download_statements, &retain_statements, &erase_statements,
	    &health_put_statements, &retime_statements,
	    &id_highwater_statements, &job_statements, &workspace_statements,
	    &indexer_statements, &search_put_statements,
	    &search_merge_statements, &template_change_statements,
	    &template_sync_statements, &set_aside_statements,
	    &automatic_answer_statements, &report_counter_statements,
	    &block_sync_statements, &broadcast_run_statements,
	    &number_sync_statements, &group_change_statements,
	    &block_list_statements)
};

static void
open_all(struct process *p)
{
	const struct config *c = &p->config;
	int wait_ms = (int)c->wait_ms;
	const char *inbox = there(config_inbox(c));

	p->lock = lock_open(config_run_path(c, "process.lock"));
	p->only = lock_open(config_state_path(c, "process.lock"));
	if (p->lock == NULL || p->only == NULL)
		die(EX_CANTCREAT, "the lock cannot be opened");
	p->db = inbox_open(inbox, DB_WRITE, wait_ms);
	p->spool = spool_open_reader(spool_there(p), wait_ms);
	if (p->db == NULL || sqlite_unmap(p->db) == -1 ||
	    sqlite_keep(p->db, 16384) == -1 ||
	    sqlite_flush_apart(p->db) == -1 || search_define(p->db) == -1 ||
	    p->spool == NULL)
		die(EX_UNAVAILABLE, "inbox or spool cannot be opened");
	p->shift.indexer =
	    (struct indexer){ .db = p->db, .path = inbox, .wait_ms = wait_ms };
	/* The first use of an index that is damaged fails here. */
	if (db_prepare_all(p->db, &process_statements) == -1 &&
	    (!indexer_mend(&p->shift.indexer) ||
		db_prepare_all(p->db, &process_statements) == -1))
		die(EX_SOFTWARE, "the inbox is not as expected");
	if (indexer_renew(&p->shift.indexer) == -1)
		die(EX_UNAVAILABLE, "the search's indexes cannot be emptied");
	check_workspace(p);
	p->realtime = notify_open(config_run_path(c, "realtime.wake"));
	db_on_commit(p->db, tell_process, p);
	p->shift.lock = p->lock;
	p->shift.stop = &stop;
	p->shift.again = &again;
	disk_is_shared(c->spool_dir, &p->shift.wake_group);
	p->shift.wake_path = config_run_path(c, "process.wake");
	p->prefetch = (struct prefetch){ .path = inbox, .wait_ms = wait_ms };
	p->shift.drain = (struct drain){
		.apply = { p->db, c->default_workspace, c->phone_number_id },
		.spool = p->spool,
		.pool = pool_new(),
		.beside = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? pool_new() : NULL,
		.prefetch = db_engine(p->db) == DB_SQLITE ? &p->prefetch : NULL,
		.batch = (int)c->batch,
		.hold_ms = DRAIN_HOLD_MS,
		.plain_max = (size_t)c->body_max,
	};
	p->shift.erase = (struct erase){
		.db = p->db,
		.spool = p->spool,
		.pool = pool_new(),
		.dir = config_state_path(c, "media"),
		.plain_max = (size_t)c->body_max,
		.download = &p->shift.download,
	};
	p->shift.ids = (struct id_highwater){ .db = p->db,
		.path = config_state_path(c, "inbox.highwater") };
	p->shift.retain = (struct retain){
		.db = p->db,
		.spool = p->spool,
		.pool = pool_new(),
		.keep_deliveries = c->keep_deliveries,
		.keep_bytes = c->keep_bytes,
		.keep_changes = c->keep_changes,
		.keep_held = c->keep_held,
		.keep_messages = c->keep_messages,
		.keep_uploads = c->keep_uploads,
		.media_dir = config_state_path(c, "media"),
	};
}

/* Closes all files before the lock is given back. */
static void
close_all(struct process *p)
{
	spool_close(p->spool);
	prefetch_rest(&p->prefetch);
	db_close(p->db);
	pool_free(p->shift.drain.pool);
	pool_free(p->shift.drain.beside);
	pool_free(p->shift.retain.pool);
	pool_free(p->shift.erase.pool);
	notify_close(p->realtime);
	lock_close(p->only);
	lock_close(p->lock);
}

static const char *const runs[] = {
	[RUN_LOOP_MINUTE] = "waspool-process of cron",
	[RUN_LOOP_ONCE] = "waspool-process --once",
	[RUN_LOOP_FOREVER] = "waspool-process --forever",
};

/* Says to others, and to the service manager, that this run has the lock. */
static void
sign_process(const struct process *p)
{
	char text[LOCK_SIGN];

	snprintf(text, sizeof(text), "%s, process %ld", runs[p->shift.kind],
	    (long)getpid());
	lock_sign(p->lock, text);
	manager_tell("STATUS=has the lock, and works");
}

/*
 * Works, after this run got the lock.  The run before may have renamed the
 * spool.  The second lock, in the state folder, excludes a run with another run
 * folder.
 */
static int
work_process(struct process *p)
{
	if (lock_take(p->only, STATE_WAIT_MS) != 1)
		die(EX_TEMPFAIL,
		    "another waspool-process works on %s, with another "
		    "WASPOOL_RUN_DIR: give both the same, or stop one",
		    p->config.state_dir);
	if (spool_reread(p->spool) == -1 ||
	    id_highwater_check(&p->shift.ids, clock_now()) == -1)
		die(EX_UNAVAILABLE, "inbox or spool cannot be used");
	at_work = 1;
	sign_process(p);
	run_loop_connect(&p->shift, &p->config);
	return run_loop_work(&p->shift);
}

/* Waits until the run that is at work has moved the cursor to LAST and emptied
 * the outbox: 1 done, 0 not in time. */
static int
let_work(struct process *p, int64_t last, int64_t until_ms)
{
	struct notify *wake = notify_open(p->shift.wake_path);
	int64_t cursor = 0, due_at = 0;
	int done = 0;

	if (wake == NULL)
		return 0;
	while (!done && age_ms(p) < until_ms) {
		notify_send(wake);
		poll(NULL, 0, 20);
		if (spool_reread(p->spool) == -1 ||
		    delivery_state_cursor(
			p->db, spool_node(p->spool), &cursor, NULL) == -1 ||
		    delivery_state_next_due(
			p->db, spool_node(p->spool), &due_at) == -1)
			break;
		done = cursor >= last &&
		       (due_at == 0 || due_at > clock_now()) &&
		       outbox_is_busy(p->db, clock_now()) == 0;
		due_at = 0;
	}
	notify_close(wake);
	return done;
}

static int
run_once(struct process *p)
{
	int64_t last;

	if (spool_last(p->spool, &last) == -1)
		return EX_IOERR;
	if (lock_take(p->lock, 0) == 1)
		return work_process(p);
	log_info("another run is at work, and does this");
	if (let_work(p, last, ONCE_PATIENCE_MS))
		return EX_OK;
	/* The other run did not do it in time: tries to take over. */
	if (lock_take(p->lock, ONCE_PATIENCE_MS) == 1)
		return work_process(p);
	if (let_work(p, last, RUN_LOOP_ONCE_MS))
		return EX_OK;
	log_warn("another run holds the lock, and was not done after %d s",
	    RUN_LOOP_ONCE_MS / 1000);
	return EX_TEMPFAIL;
}

/* A process that only probes the turnstile stands there for a moment, so ask
 * twice. */
static int
somebody_waits(struct process *p)
{
	if (!lock_wanted(p->lock))
		return 0;
	poll(NULL, 0, 50);
	return lock_wanted(p->lock);
}

/* 1 when a service has the lock, which it gives to no run of cron. */
static int
is_forever(struct process *p)
{
	char holder[LOCK_SIGN + 1];

	lock_signed(p->lock, holder);
	if (!text_begins(holder, runs[RUN_LOOP_FOREVER]))
		return 0;
	log_warn("%s does the work, and one of the two is enough: as root type "
		 "'rm /etc/cron.d/waspool', or 'systemctl disable --now "
		 "waspool-process.service'",
	    holder);
	return 1;
}

static int
run_minute(struct process *p)
{
	int rc;

	if (somebody_waits(p))
		return EX_OK;
	rc = lock_take(p->lock, 0);
	if (rc == 0 && is_forever(p))
		return EX_OK;
	if (rc == 0)
		rc = lock_take(p->lock, MINUTE_WAIT_MS);
	return rc == 1 ? work_process(p) : rc == 0 ? EX_OK : EX_OSERR;
}

static int
run_forever(struct process *p)
{
	char holder[LOCK_SIGN + 1];
	int rc;

	manager_tell("READY=1\nSTATUS=waits for another run to end");
	rc = lock_take(p->lock, 0);
	for (; rc == 0; rc = lock_take(p->lock, MINUTE_WAIT_MS)) {
		lock_signed(p->lock, holder);
		log_info("waits for another run to end: %s",
		    holder[0] != '\0' ? holder : "it does not say which");
		manager_beat();
	}
	return rc == 1 ? work_process(p) : EX_OSERR;
}

static enum run_loop_kind
read_arguments(int argc, char **argv)
{
	if (argc == 1)
		return RUN_LOOP_MINUTE;
	if (argc == 2 && strcmp(argv[1], "--once") == 0)
		return RUN_LOOP_ONCE;
	if (argc == 2 && strcmp(argv[1], "--forever") == 0)
		return RUN_LOOP_FOREVER;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		exit(EX_OK);
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("waspool-process " VERSION_TEXT);
		exit(EX_OK);
	}
	fputs("waspool-process: unknown arguments; try --help\n", stderr);
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	static int (*const run[])(struct process *) = {
		[RUN_LOOP_MINUTE] = run_minute,
		[RUN_LOOP_ONCE] = run_once,
		[RUN_LOOP_FOREVER] = run_forever,
	};
	struct process p = { .shift.kind = read_arguments(argc, argv) };
	int rc;

	config_load(&p.config, "waspool-process", CONFIG_API | CONFIG_INBOX);
	counters_open(config_counters_path(&p.config, NULL, "waspool-process"));
	p.began_ms = clock_ticks_ms();
	catch_signals(p.shift.kind);
	open_all(&p);
	rc = run[p.shift.kind](&p);
	close_all(&p);
	manager_begin_anew();
	return rc;
}
