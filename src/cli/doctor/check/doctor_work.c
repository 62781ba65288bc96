/*
 * Checks of the work: the processor, and what waits for it or for a person.
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/node/delivery_state.h"
#include "inbox/node/health.h"
#include "inbox/node/stats.h"
#include "inbox/outbox/outbox_list.h"
#include "inbox/webhook/dispatch_queue.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/workspace.h"

#include "cli/cmd.h"
#include "cli/doctor/doctor.h"

#define HANDOVER_MS 3000 /* from one run of cron's to the next */
#define OUTBOX_OLD  900	 /* seconds that a message may wait */

/* The health that the processor stored last: 1, 0 none. */
static int
look_work(struct doctor *d, struct health *h)
{
	struct db *db = doctor_inbox(d);
	struct spool *spool = doctor_spool(d);
	int rc;

	if (db_prepare_all(db, &health_put_statements) == -1 ||
	    (rc = health_look(db, spool_node(spool), h)) == -1)
		_exit(1);
	return rc;
}

/* Does a process hold the lock file PATH?  Read from /proc/locks, so that no
 * program waits for us: 1, 0, -1 not known. */
static int
is_locked(struct doctor *d, const char *path)
{
	const char *locks = doctor_read(d->pool, "/proc/locks"), *name;
	struct stat st;

	if (locks == NULL || stat(path, &st) == -1)
		return -1;
	/* On some file systems stat() has another device number. */
	name = pool_printf(d->pool, ":%lu ", (unsigned long)st.st_ino);
	return strstr(locks, name) != NULL;
}

/* Between two runs of cron's nobody holds the lock for a moment: looks
 * again. */
static int
somebody_works(struct doctor *d, const char *lock)
{
	const char *path = config_state_path(&d->config, lock);
	int64_t until = clock_ticks_ms() + HANDOVER_MS;
	int rc;

	while ((rc = is_locked(d, path)) == 0 && clock_ticks_ms() < until)
		poll(NULL, 0, 100);
	return rc;
}

void
doctor_processor(struct doctor *d)
{
	const char *type, *seen;
	struct health h;
	int alive;

	doctor_config(d, 0);
	type = doctor_restart(d, "waspool-process");
	alive = somebody_works(d, "process.lock");
	if (alive == 0)
		doctor_say(d, DOCTOR_FAIL, type,
		    "no processor runs: deliveries wait, nothing is sent");
	if (!look_work(d, &h)) {
		if (alive != 1)
			doctor_say(d, DOCTOR_FAIL, type,
			    "no processor has ever run here");
		doctor_say(
		    d, DOCTOR_OK, NULL, "the processor has just started");
		return;
	}
	seen = clock_text(d->pool, h.seen_at);
	if (h.seen_at > d->now + HEALTH_CLOCK)
		doctor_say(d, DOCTOR_FAIL, type,
		    "the processor was seen in the future, %s: the clock was "
		    "ahead then, or is behind now",
		    seen);
	else if (d->now - h.seen_at > HEALTH_ILL)
		doctor_say(d, DOCTOR_FAIL, type,
		    "the processor was last seen %s", seen);
	doctor_say(d, DOCTOR_OK, NULL, "the processor was last seen %s", seen);
}

void
doctor_dispatcher(struct doctor *d)
{
	int64_t id = 0, workspace_id = 0;
	const char *reason = NULL;
	struct db *db;
	int wanted;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &dispatch_queue_statements) == -1 ||
	    (wanted = dispatch_queue_is_wanted(db)) == -1)
		_exit(1);
	if (wanted && somebody_works(d, "dispatch.lock") == 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_restart(d, "waspool-dispatch"),
		    "no dispatcher runs: webhooks are not posted to endpoints");
	switch (
	    dispatch_queue_stopped(db, d->pool, &id, &workspace_id, &reason)) {
	case -1:
		_exit(1);
	case 1:
		doctor_say(d, DOCTOR_WARN,
		    doctor_waspool(d,
			pool_printf(d->pool,
			    "endpoint resume %" PRId64 " --workspace %" PRId64,
			    id, workspace_id)),
		    "endpoint %" PRId64 " of webhooks is paused, %s: what "
		    "happens is not posted there",
		    id, reason);
	}
	doctor_say(d, DOCTOR_OK, NULL,
	    wanted ? "webhooks are posted to every endpoint"
		   : "no endpoint of webhooks is active");
}

void
doctor_dead(struct doctor *d)
{
	struct delivery_held *first;
	struct spool *spool;
	struct db *db;
	struct stats n;
	int found;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	spool = doctor_spool(d);
	if (db_prepare_all(db, &stats_statements) == -1 ||
	    db_prepare_all(db, &delivery_state_statements) == -1 ||
	    stats_read(db, spool_node(spool), &n) == -1 ||
	    delivery_state_list(db, d->pool, spool_node(spool), "dead", 0, 1,
		&first, &found) == -1)
		_exit(1);
	if (found > 0)
		doctor_say(d, DOCTOR_WARN,
		    doctor_waspool(d, "spool list --state dead"),
		    "%" PRId64
		    " deliveries are dead: not applied; the first, %" PRId64
		    ", is kept until %s (WASPOOL_KEEP_HELD): use 'spool retry' "
		    "or 'spool discard'",
		    n.dead, first->delivery_id,
		    clock_text(
			d->pool, first->updated_at + d->config.keep_held));
	doctor_say(d, DOCTOR_OK, NULL, "no delivery is dead, %" PRId64 " wait",
	    n.deferred);
}

/* The command that registers what deliveries wait for ("number 777000777"): for
 * the only workspace, if there is just one. */
static const char *
add_number(struct doctor *d, struct db *db, const char *waits_for)
{
	static const char number[] = "number ";
	int64_t only;

	if (!text_begins(waits_for, number) ||
	    db_prepare_all(db, &number_statements) == -1 ||
	    number_only_workspace(db, &only) != 1)
		return doctor_waspool(d, "number waiting");
	return doctor_waspool(
	    d, pool_printf(d->pool, "number add %s --workspace %" PRId64,
		   doctor_word(d, waits_for + strlen(number)), only));
}

void
doctor_numbers(struct doctor *d)
{
	struct delivery_state_awaited *l;
	struct db *db;
	int n;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &delivery_state_statements) == -1 ||
	    delivery_state_waiting(db, d->pool, "", CMD_PAGE, &l, &n) == -1)
		_exit(1);
	if (n > 0)
		doctor_say(d, DOCTOR_WARN, add_number(d, db, l[0].waits_for),
		    "deliveries wait for %s%d numbers and accounts that no "
		    "workspace has: the first is %s",
		    n == CMD_PAGE ? "at least " : "", n, l[0].waits_for);
	doctor_say(d, DOCTOR_OK, NULL, "no delivery waits for a number");
}

void
doctor_outbox(struct doctor *d)
{
	static const char *const states[] = { "queued", "sending" };
	struct outbox_item *l;
	struct health h;
	struct db *db;
	int n;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &outbox_list_statements) == -1)
		_exit(1);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (outbox_list(
			db, d->pool, 0, states[i], 0, 1, d->now, &l, &n) == -1)
			_exit(1);
		if (n == 0 || d->now - l[0].created_at <= OUTBOX_OLD)
			continue;
		doctor_say(d, DOCTOR_WARN, doctor_waspool(d, "outbox list"),
		    "message %" PRId64 " has waited to be sent since %s%s%s",
		    l[0].message_id, clock_text(d->pool, l[0].created_at),
		    l[0].paused != NULL	  ? ": its number is paused, "
		    : l[0].reason != NULL ? ": "
					  : "",
		    l[0].paused != NULL	  ? l[0].paused
		    : l[0].reason != NULL ? l[0].reason
					  : "");
	}
	if (look_work(d, &h) == 1) {
		if (h.paused > 0)
			doctor_say(d, DOCTOR_WARN,
			    doctor_waspool(d, "outbox list"),
			    "%" PRId64 " numbers cannot send at the moment",
			    h.paused);
		if (h.media_stopped > 0)
			doctor_say(d, DOCTOR_WARN,
			    doctor_waspool(d, "media list --state pending"),
			    "%" PRId64
			    " numbers download no files, after too many errors",
			    h.media_stopped);
	}
	doctor_say(d, DOCTOR_OK, NULL, "no message has waited long");
}

void
doctor_quotas(struct doctor *d)
{
	int64_t after = 0, quota;
	struct workspace *w;
	struct db *db;
	int n = 0;

	doctor_config(d, 0);
	quota = d->config.files_quota;
	db = doctor_inbox(d);
	if (db_prepare_all(db, &workspace_statements) == -1)
		_exit(1);
	do {
		if (workspace_list(db, d->pool, after, CMD_PAGE, &w, &n) == -1)
			_exit(1);
		for (int i = 0; i < n; i++) {
			after = w[i].id;
			if (quota == 0 || w[i].file_bytes < quota)
				continue;
			doctor_say(d, DOCTOR_WARN,
			    doctor_waspool(d, "workspace list"),
			    "the files of workspace %" PRId64 ", %" PRId64
			    " MiB, have reached WASPOOL_FILES_QUOTA: uploads "
			    "are refused, inbound files wait",
			    w[i].id, w[i].file_bytes >> 20);
		}
	} while (quota > 0 && n == CMD_PAGE);
	doctor_say(d, DOCTOR_OK, NULL, "every workspace may have more files");
}

/* With several workspaces: was the newest delivery let in by a token that is
 * valid for all of them? */
void
doctor_let_in(struct doctor *d)
{
	struct spool_delivery s;
	struct spool *spool;
	int64_t last, only;
	struct db *db;
	int rc;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	spool = doctor_spool(d);
	if (db_prepare_all(db, &number_statements) == -1 ||
	    spool_last(spool, &last) == -1 ||
	    (rc = number_only_workspace(db, &only)) == -1)
		_exit(1);
	if (last > 0 && rc == 0 && spool_get(spool, d->pool, last, &s) == 1 &&
	    !text_begins(s.credential, "token-of-"))
		doctor_say(d, DOCTOR_WARN, doctor_waspool(d, "number list"),
		    "there are several workspaces, and the newest delivery "
		    "came with %s, which is valid for the numbers of all: "
		    "'waspool webhook token ID' makes a token for one number",
		    s.credential);
	doctor_say(d, DOCTOR_OK, NULL,
	    "no token is valid for the numbers of several workspaces");
}
