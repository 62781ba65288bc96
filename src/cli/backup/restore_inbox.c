/*
 * Prepares the copy of the inbox: upgrades its schema, raises its ids above all
 * that were given, and removes what must not come back.
 */
#include <sysexits.h>

#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/inbox.h"
#include "inbox/node/restored.h"

#include "cli/backup/restore.h"
#include "cli/cli.h"

/* Opens the present inbox, read only; NULL: it is lost, or of another
 * version. */
static struct db *
open_present(struct restore *r)
{
	struct db *db = inbox_open(
	    config_state_path(&r->c->config, "inbox.db"), DB_WRITE, 1000);

	if (db != NULL && (db_prepare_all(db, &id_marks_statements) == -1 ||
			      db_prepare_all(db, &restored_statements) == -1)) {
		db_close(db);
		db = NULL;
	}
	return db;
}

/*
 * The highest ids that may have been given: from the present inbox, if it can
 * be read and is not older than the processor's marks; else from the marks and
 * the time since; else from the backup and the time since.
 */
static void
find_marks(struct restore *r, struct db *copy, struct db *present)
{
	const char *path = config_state_path(&r->c->config, "inbox.highwater");
	struct id_marks of_copy, of_present = { 0 }, noted;

	if (id_marks_read(copy, r->made_at, &of_copy) == -1)
		restore_fail(r, EX_IOERR, "the copy cannot be read");
	if (present != NULL &&
	    id_marks_read(present, r->c->now, &of_present) == -1)
		of_present = (struct id_marks){ 0 };
	if (id_marks_load(path, &noted) != 1)
		noted = (struct id_marks){ 0 };
	if (of_present.at != 0 && !id_marks_beyond(&noted, &of_present))
		r->marks = of_present;
	else {
		r->marks = noted.at != 0 ? noted : of_copy;
		id_marks_join(&r->marks, &of_present);
		id_marks_stride(&r->marks, r->c->now);
	}
	id_marks_join(&r->marks, &of_copy);
}

static void
settle(struct restore *r, struct db *copy, struct db *present)
{
	struct db *before =
	    present != NULL && restored_is_of(copy, present) == 1 ? present
								  : NULL;
	int failed = before != NULL &&
		     restored_erased(before, r->made_at, &r->n_erased) == -1;

	if (db_begin(copy) == -1)
		restore_fail(r, EX_IOERR, "the copy cannot be written");
	r->knows_since = before != NULL;
	r->n_unsent = restored_outbox(copy, before);
	r->n_unasked = restored_requests(copy);
	r->n_paused = restored_endpoints(copy);
	r->n_secrets = restored_secrets(copy, before);
	r->n_passwords = restored_passwords(copy, before);
	r->n_revoked = restored_tokens(copy, before, r->revoke_all, r->c->now);
	failed = failed || r->n_unsent == -1 || r->n_unasked == -1 ||
		 r->n_paused == -1 || r->n_secrets == -1 ||
		 restored_answers(copy, r->c->now) == -1 ||
		 r->n_passwords == -1 || r->n_revoked == -1 ||
		 restored_valid(copy, r->c->now, &r->n_valid) == -1 ||
		 id_marks_raise(copy, &r->marks) == -1;
	if (failed || db_commit(copy) == -1) {
		db_rollback(copy);
		restore_fail(r, EX_IOERR, "the copy cannot be written");
	}
}

void
restore_inbox(struct restore *r)
{
	const char *path = pool_printf(r->c->pool, "%s/inbox.db", r->dir);
	struct db *copy, *present;

	if (inbox_upgrade(path) == -1)
		restore_fail(r, EX_DATAERR,
		    "the inbox in %s cannot be brought to this version",
		    r->from);
	copy = inbox_open(path, DB_WRITE, 1000);
	if (copy == NULL || db_prepare_all(copy, &id_marks_statements) == -1 ||
	    db_prepare_all(copy, &restored_statements) == -1)
		restore_fail(r, EX_DATAERR,
		    "the inbox in %s is not as expected", r->from);
	present = open_present(r);
	if (r->made_at == 0 && restored_seen_at(copy, &r->made_at) == -1)
		r->made_at = 0;
	find_marks(r, copy, present);
	settle(r, copy, present);
	db_close(present);
	db_close(copy);
}
