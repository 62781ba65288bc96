/*
 * waspool-dispatch: posts the changes of workspaces to the endpoints that their
 * admins chose; one run on a machine at a time.  Reads the configuration and
 * inbox.db.  Writes the rows of endpoints in inbox.db.  Makes requests to
 * public addresses, and to those of WASPOOL_WEBHOOK_ALLOW.  Never touches the
 * spool, never reads a provider's key, never accepts a connection.  Exit status
 * as in sysexits.h; 0 also when another run does the work.
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
#include "base/lock.h"
#include "base/log.h"
#include "base/service/manager.h"

#include "lib/http/client.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"

#include "session/session.h"

#include "dispatch/dispatch.h"

#define TURN_MS	  75000 /* wait for the run before */
#define MINUTE_MS 90000 /* the longest run of cron's without a next one */
#define IDLE_MS	  250
#define BUSY_MS	  1000	/* the inbox was busy, or the disk is full */
#define FINISH_MS 16000 /* what is under way, at the end */
#define ONCE_MS	  60000 /* --once works so long at most */

enum run_kind { MINUTE, ONCE, FOREVER };

static const char usage[] =
    "waspool-dispatch: posts what happens to the endpoints of webhooks\n"
    "\n"
    "Usage: waspool-dispatch [--once | --forever]\n"
    "\n"
    "  (nothing)   for cron, every minute: works until the next run takes "
    "over\n"
    "  --once      what is due now, then ends\n"
    "  --forever   for a service manager\n"
    "  --help, --version\n"
    "\n"
    "One run a machine does the work; another waits, or ends with status 0.\n"
    "The configuration is $WASPOOL_CONFIG, or\n" SYSCONFDIR
    "/waspool/waspool.conf; see waspool.conf(5), and docs/webhooks.md for "
    "what\n"
    "is posted.\n"
    "\n"
    "Example:\n"
    "  * * * * * waspool-dispatch\n";

static volatile sig_atomic_t stop_dispatch, again;

static void
on_stop(int signal)
{
	(void)signal;
	stop_dispatch = 1;
}

static void
on_hangup(int signal)
{
	(void)signal;
	again = 1;
}

static void
catch_stop(enum run_kind kind)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGUSR1 };
	struct sigaction sa = { .sa_handler = on_stop };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
	/* Others end soon, and the next one reads the configuration anyway. */
	if (kind == FOREVER)
		manager_hear(on_hangup);
}

static void
open_dispatch(struct dispatch *d, const struct config *c)
{
	const char *path = config_inbox(c);
	int wait_ms = (int)c->wait_ms;

	if (!db_is_pgsql(path) && access(path, F_OK) != 0)
		die(EX_NOINPUT, "%s: %s; type 'waspool init'", path,
		    strerror(errno));
	d->db = inbox_open(path, DB_WRITE, wait_ms);
	d->session = session_open(path, wait_ms);
	if (d->db == NULL || d->session == NULL)
		die(EX_UNAVAILABLE, "the inbox cannot be opened");
	if (db_prepare_all(d->db, &dispatch_statements) == -1 ||
	    session_seal_reader(d->session, &dispatch_reader_statements) == -1)
		die(EX_SOFTWARE, "the inbox is not as expected");
	d->allow = &c->webhook_allow;
	d->fetch = client_open("waspool/" VERSION_TEXT);
}

static void
close_dispatch(struct dispatch *d)
{
	client_close(d->fetch);
	dispatch_close(d);
	session_close(d->session);
	db_close(d->db);
}

/* Until something was answered, or MS. */
static void
wait_dispatch(struct dispatch *d, int ms)
{
	if (d->under_way > 0)
		client_run(d->fetch, -1, ms);
	else
		poll(NULL, 0, ms);
}

/* One step, and the wait behind it: 1, 0 there was nothing to do, -1 the inbox
 * is busy.  A database that is lost ends the program. */
static int
turn(struct dispatch *d, int starting)
{
	enum db_error why = DB_OK;
	int rc;

	counters_set(COUNTER_DISPATCH_AT, clock_now());
	manager_beat();
	if (again) {
		again = 0;
		stop_dispatch |= manager_reload();
	}
	rc = dispatch_step(d, clock_now(), starting, &why);
	if (rc == -1 && why != DB_BUSY && why != DB_FULL)
		die(EX_IOERR, "database lost; the next run tries again");
	if (rc == -1)
		log_warn("inbox %s, again in a second",
		    why == DB_BUSY ? "busy" : "full");
	wait_dispatch(d, rc == -1 ? BUSY_MS : rc == 1 ? 0 : IDLE_MS);
	return rc;
}

/* Another run waits: asked twice, since one that only looks stands there for a
 * moment. */
static int
is_relieved(struct lock *lock)
{
	if (!lock_wanted(lock))
		return 0;
	poll(NULL, 0, 50);
	return lock_wanted(lock);
}

static void
work_dispatch(struct dispatch *d, enum run_kind kind, struct lock *lock)
{
	int64_t began = clock_ticks_ms(), age = 0;
	int rc = 1;

	while (!stop_dispatch &&
	       (kind != MINUTE || (age < MINUTE_MS && !is_relieved(lock))) &&
	       (kind != ONCE ||
		   (age < ONCE_MS && (rc != 0 || d->under_way > 0)))) {
		rc = turn(d, 1);
		age = clock_ticks_ms() - began;
	}
	manager_stopping();
	began = clock_ticks_ms();
	while ((d->under_way > 0 || d->answered > 0) &&
	       clock_ticks_ms() - began < FINISH_MS)
		turn(d, 0);
}

static enum run_kind
read_kind(int argc, char **argv)
{
	if (argc == 1)
		return MINUTE;
	if (argc == 2 && strcmp(argv[1], "--once") == 0)
		return ONCE;
	if (argc == 2 && strcmp(argv[1], "--forever") == 0)
		return FOREVER;
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		exit(EX_OK);
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("waspool-dispatch " VERSION_TEXT);
		exit(EX_OK);
	}
	fputs("waspool-dispatch: unknown arguments; try --help\n", stderr);
	exit(EX_USAGE);
}

/* 1 when it is this run's turn; 0 another one works, or we are to end. */
static int
take_turn(struct lock *lock, enum run_kind kind)
{
	int rc;

	if (kind == MINUTE && is_relieved(lock))
		return 0;
	if (kind == FOREVER)
		manager_tell("READY=1");
	do {
		rc = lock_take(lock, kind == ONCE ? 0 : TURN_MS);
		manager_beat();
	} while (rc == 0 && kind == FOREVER && !stop_dispatch);
	if (rc == -1 && !stop_dispatch)
		die(EX_OSERR, "the lock cannot be taken");
	return rc == 1;
}

int
main(int argc, char **argv)
{
	enum run_kind kind = read_kind(argc, argv);
	struct dispatch d = { 0 };
	struct config config;
	struct lock *lock;

	config_load(&config, "waspool-dispatch", CONFIG_INBOX);
	counters_open(config_counters_path(&config, NULL, "waspool-dispatch"));
	catch_stop(kind);
	open_dispatch(&d, &config);
	lock = lock_open(config_state_path(&config, "dispatch.lock"));
	if (lock == NULL)
		die(EX_CANTCREAT, "the lock cannot be opened");
	if (take_turn(lock, kind)) {
		/* The one of each minute would fill the log. */
		if (kind == FOREVER)
			log_info("posting to the endpoints of webhooks");
		work_dispatch(&d, kind, lock);
		if (kind == FOREVER)
			log_info("stopped by a signal");
	}
	close_dispatch(&d);
	lock_close(lock);
	manager_begin_anew();
	return EX_OK;
}
