/*
 * Decides which spool stays.  The present one has what came in since the
 * backup: if it can be read it stays, and the restored inbox applies that
 * again; deliveries that were not done at the backup, and are not in it any
 * more, are appended from the backup.  A damaged one is replaced by the
 * backup's, and what can still be read of later deliveries is appended.
 */
#include <stddef.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_highwater.h"

#include "inbox/inbox.h"
#include "inbox/node/delivery_state.h"

#include "cli/backup/restore.h"
#include "cli/cli.h"

#define PAGE 200

struct undone {
	struct restore *r;
	struct db *inbox; /* the copies */
	struct spool *copy;
	struct spool *present;
	struct spool *to; /* the present one, to write */
};

static struct spool *
open_writer(struct restore *r, const char *path)
{
	struct spool *spool = spool_open_writer(path,
	    config_run_path(&r->c->config, "process.wake"),
	    r->c->config.min_free, 5000);

	if (spool == NULL)
		restore_fail(r, EX_IOERR, "%s cannot be written", path);
	return spool;
}

/* 1 when the present spool has the same delivery under the same id. */
static int
is_there(struct undone *u, int64_t id)
{
	char a[SPOOL_FINGERPRINT], b[SPOOL_FINGERPRINT];
	struct spool_delivery one, other;

	if (spool_get(u->copy, u->r->c->pool, id, &one) != 1 ||
	    spool_get(u->present, u->r->c->pool, id, &other) != 1)
		return 0;
	spool_fingerprint(&one, a);
	spool_fingerprint(&other, b);
	return text_is(a, b);
}

static void
bring(struct undone *u, int64_t id)
{
	int rc;

	if (is_there(u, id))
		return;
	rc = spool_import_one(u->to, u->copy, id);
	if (rc == -1)
		restore_fail(u->r, EX_IOERR, "the spool cannot be written");
	u->r->n_imported += rc;
}

/* Appends deliveries that the backup's inbox had not applied: held ones, and
 * those after its cursor. */
static void
bring_undone(struct undone *u)
{
	const char *node = spool_node(u->copy);
	struct pool *pool = u->r->c->pool;
	int64_t after = 0, cursor = 0;
	struct spool_delivery *list;
	struct delivery_held *held;
	int n, rc;

	do {
		rc = delivery_state_list(
		    u->inbox, pool, node, NULL, after, PAGE, &held, &n);
		for (int i = 0; i < n; i++)
			bring(u, after = held[i].delivery_id);
	} while (rc == 0 && n == PAGE);
	if (rc == -1 ||
	    delivery_state_cursor(u->inbox, node, &cursor, NULL) == -1)
		restore_fail(u->r, EX_IOERR, "the copy cannot be read");
	do {
		rc =
		    spool_next(u->copy, pool, cursor, PAGE, 1 << 20, &list, &n);
		for (int i = 0; i < n; i++)
			bring(u, cursor = list[i].id);
	} while (rc == 0 && n > 0);
	if (rc == -1)
		restore_fail(u->r, EX_IOERR, "the copy cannot be read");
}

static void
keep_present(struct restore *r, struct spool *copy, struct spool *present)
{
	struct undone u = { .r = r, .copy = copy, .present = present };

	u.inbox = inbox_open(
	    pool_printf(r->c->pool, "%s/inbox.db", r->dir), DB_WRITE, 1000);
	if (u.inbox == NULL ||
	    db_prepare_all(u.inbox, &delivery_state_statements) == -1)
		restore_fail(r, EX_IOERR, "the copy cannot be read");
	u.to = open_writer(r, config_spool_path(&r->c->config, "spool.db"));
	bring_undone(&u);
	spool_close(u.to);
	db_close(u.inbox);
}

/* Appends what can be read of PRESENT, which may be damaged, and is later than
 * the backup. */
static void
salvage(struct restore *r, int64_t last, struct spool *present)
{
	struct spool *to =
	    open_writer(r, pool_printf(r->c->pool, "%s/spool.db", r->dir));
	int rc = 0;

	if (present != NULL)
		rc = spool_import(to, present, last, &r->n_imported);
	spool_close(to);
	if (rc == -2)
		restore_fail(r, EX_IOERR, "the spool cannot be written");
}

/* Raises the high-water mark, so that ids of lost deliveries are not given
 * again. */
static void
raise_ids(struct restore *r, int64_t last)
{
	const char *path = config_spool_path(&r->c->config, "spool.db");
	struct spool_highwater *h = spool_highwater_open(path);
	int64_t s = r->c->now > r->made_at ? r->c->now - r->made_at : 0;

	if (spool_highwater(h) == 0)
		spool_highwater_raise(h, last + SPOOL_STRIDE + 1000 * s);
	spool_highwater_close(h);
}

/* Opens the present spool; NULL: lost, or unreadable; *SOUND: 1 when it can
 * stay. */
static struct spool *
open_present(struct restore *r, int *sound)
{
	const char *path = config_spool_path(&r->c->config, "spool.db");
	struct db *db = db_open(path, DB_WRITE, 1000);

	*sound = db != NULL && db_expect_version(db, SPOOL_VERSION) == 0 &&
		 sqlite_is_sound(db);
	db_close(db);
	return db == NULL ? NULL : spool_open_salvage(path, 1000);
}

void
restore_spool(struct restore *r)
{
	struct spool *copy = spool_open_reader(
	    pool_printf(r->c->pool, "%s/spool.db", r->dir), 1000);
	int sound = 0;
	struct spool *present = open_present(r, &sound);
	int64_t last = 0;

	if (copy == NULL || spool_last(copy, &last) == -1)
		restore_fail(
		    r, EX_DATAERR, "the spool in %s cannot be read", r->from);
	if (r->keep_spool && (present == NULL || !sound))
		restore_fail(r, EX_DATAERR,
		    "the present spool is lost or damaged: without --spool "
		    "present the backup's spool replaces it, with what can be "
		    "read of the present one");
	if (r->spool_why == NULL) {
		r->keep_spool = present != NULL && sound;
		r->spool_why =
		    sound ? "it has what came in since the backup"
		    : access(config_spool_path(&r->c->config, "spool.db"),
			  F_OK) == 0
			? "the present one is damaged"
			: "the present one is lost";
	}
	if (r->keep_spool)
		keep_present(r, copy, present);
	else {
		salvage(r, last, sound ? NULL : present);
		raise_ids(r, last);
	}
	spool_close(present);
	spool_close(copy);
}
