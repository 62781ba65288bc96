/*
 * Deletes uploads that no message refers to: a round every few minutes, from
 * the first one that may still change.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/media/upload_purge.h"

#include "process/retain/retain.h"

#define EVERY 300 /* seconds */
#define STEP  100 /* uploads; each may cost four rows */

static const char round_rule[] = "uploads", done_rule[] = "uploads_done";

/* One transaction: 1 there is more, 0, -1. */
static int
step(struct retain *r, struct upload_purge *p)
{
	int rc;

	if (db_begin_step(r->db) == -1)
		return -1;
	rc = upload_purge_step(r->db, r->pool, p, STEP);
	if (rc == -1 || db_commit(r->db) == -1) {
		db_rollback(r->db);
		return -1;
	}
	return rc;
}

int
retain_uploads(struct retain *r, int64_t now)
{
	struct upload_purge p = {
		.dir = r->media_dir,
		.before = now - r->keep_uploads,
		.now = now,
		.after = r->upload_id,
	};
	int64_t at, done;
	int rc;

	if (r->media_dir == NULL)
		return 0;
	if (retain_rule(r->db, round_rule, &at) == -1 ||
	    retain_rule(r->db, done_rule, &done) == -1)
		return -1;
	if (r->upload_id == 0) { /* a new round */
		if (at <= now && now - at < EVERY)
			return 0;
		p.after = done;
	}
	p.done = done;
	if ((rc = step(r, &p)) == -1)
		return -1;
	if (p.done != done && retain_rule_set(r->db, done_rule, p.done) == -1)
		return -1;
	r->upload_id = rc == 1 ? p.after : 0;
	return rc == 1 ? 1 : retain_rule_set(r->db, round_rule, now);
}
