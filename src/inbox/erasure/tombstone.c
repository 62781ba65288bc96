/*
 * Tombstones: hashes of what was erased.
 */
#include <string.h>

#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/erasure/tombstone.h"

enum { KEY, MAKE_KEY, ANY, PUT, HAS, PURGE, N_SQL };

#define KEY_LEN 32

static const char *const tombstone_sql[N_SQL] = {
	[KEY] = "SELECT key FROM tombstone_key",
	[MAKE_KEY] = "INSERT INTO tombstone_key(key) VALUES ($1)",
	[ANY] = "SELECT 1 FROM tombstones LIMIT 1",
	[PUT] = "INSERT INTO tombstones(hash, at) VALUES ($1, $2)"
		" ON CONFLICT(hash) DO UPDATE SET at = excluded.at",
	[HAS] = "SELECT 1 FROM tombstones WHERE hash = $1",
	[PURGE] = "DELETE FROM tombstones WHERE hash IN (SELECT hash"
		  " FROM tombstones WHERE at < $1 ORDER BY at LIMIT $2)",
};

const struct statements tombstone_statements = {
	.sql = tombstone_sql,
	.n = N_SQL,
};

/* Reads the secret key: 1, 0 (there is none yet), -1. */
static int
read_key(struct db *db, unsigned char key[KEY_LEN])
{
	struct db_rows *r = db_query(db, tombstone_sql[KEY], DB_NONE);
	int rc = db_next(r);
	size_t len = 0;
	const void *s = rc == 1 ? db_col_blob(r, 0, &len) : NULL;

	if (s != NULL && len == KEY_LEN)
		memcpy(key, s, KEY_LEN);
	db_end(r);
	return rc;
}

static int
make_key(struct db *db, unsigned char key[KEY_LEN])
{
	digest_random(key, KEY_LEN);
	return db_run(
	    db, tombstone_sql[MAKE_KEY], DB_ARGS(db_blob(key, KEY_LEN)));
}

/* What is hashed: the wamid of a message, or field and raw of an event; and the
 * time of what says the same again later (0 none). */
struct tombstone_words {
	int64_t workspace_id;
	const char *word, *a, *b;
	int64_t at;
};

/* Hashes all members; each text with its NUL, so that no two mix. */
static void
hash_of(const unsigned char key[KEY_LEN], const struct tombstone_words *w,
    unsigned char out[DIGEST_LEN])
{
	struct digest *d = digest_begin();

	digest_add(d, key, KEY_LEN);
	digest_add(d, &w->workspace_id, sizeof(w->workspace_id));
	digest_add(d, w->word, strlen(w->word) + 1);
	digest_add(d, w->a, strlen(w->a) + 1);
	digest_add(d, w->b, strlen(w->b) + 1);
	if (w->at != 0)
		digest_add(d, &w->at, sizeof(w->at));
	digest_end(d, out);
}

static int
put_tombstone(struct db *db, const struct tombstone_words *w, int64_t now)
{
	unsigned char key[KEY_LEN], hash[DIGEST_LEN];
	int rc = read_key(db, key);

	if (rc == -1 || (rc == 0 && make_key(db, key) == -1))
		return -1;
	hash_of(key, w, hash);
	return db_run(db, tombstone_sql[PUT],
	    DB_ARGS(db_blob(hash, sizeof(hash)), db_int(now)));
}

static int
has(struct db *db, const struct tombstone_words *w)
{
	unsigned char key[KEY_LEN], hash[DIGEST_LEN];
	int64_t one;
	int rc = read_key(db, key);

	if (rc != 1)
		return rc;
	hash_of(key, w, hash);
	return db_get_int(
	    db, tombstone_sql[HAS], DB_ARGS(db_blob(hash, sizeof(hash))), &one);
}

int
tombstone_any(struct db *db)
{
	int64_t one;

	return db_get_int(db, tombstone_sql[ANY], DB_NONE, &one);
}

static struct tombstone_words
of_message(int64_t workspace_id, const char *wamid)
{
	return (
	    struct tombstone_words){ workspace_id, "message", wamid, "", 0 };
}

static const char *
said_tombstone(const char *s)
{
	return s != NULL ? s : "";
}

/* By the message that EV is or changes, else by its content. */
static struct tombstone_words
of_event(int64_t workspace_id, const struct event *ev)
{
	const char *wamid = NULL;

	if (ev->kind == EVENT_MESSAGE || ev->kind == EVENT_CALL)
		wamid = ev->wamid;
	else if (ev->kind == EVENT_EDIT || ev->kind == EVENT_REVOKE ||
		 ev->kind == EVENT_STATUS)
		wamid = ev->target_wamid;
	if (wamid != NULL)
		return of_message(workspace_id, wamid);
	return (struct tombstone_words){ workspace_id, "event",
		said_tombstone(ev->field),
		ev->raw != NULL ? ev->raw : said_tombstone(ev->content),
		ev->kind == EVENT_GROUP ? ev->at : 0 };
}

int
tombstone_put_wamid(
    struct db *db, int64_t workspace_id, const char *wamid, int64_t now)
{
	const struct tombstone_words w = of_message(workspace_id, wamid);

	return put_tombstone(db, &w, now);
}

int
tombstone_has_wamid(struct db *db, int64_t workspace_id, const char *wamid)
{
	const struct tombstone_words w = of_message(workspace_id, wamid);

	return has(db, &w);
}

int
tombstone_put_event(
    struct db *db, int64_t workspace_id, const struct event *ev, int64_t now)
{
	const struct tombstone_words w = of_event(workspace_id, ev);

	return put_tombstone(db, &w, now);
}

int
tombstone_has_event(struct db *db, int64_t workspace_id, const struct event *ev)
{
	const struct tombstone_words w = of_event(workspace_id, ev);

	return has(db, &w);
}

int
tombstone_put_notice(struct db *db, int64_t workspace_id, const char *field,
    const char *raw, int64_t now)
{
	const struct tombstone_words w = { workspace_id, "event", field, raw,
		0 };

	return put_tombstone(db, &w, now);
}

int
tombstone_purge(struct db *db, int64_t now, int max)
{
	if (db_run(db, tombstone_sql[PURGE],
		DB_ARGS(db_int(now - TOMBSTONE_KEPT), db_int(max))) == -1)
		return -1;
	return (int)db_changed(db);
}
