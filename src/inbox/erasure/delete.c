/*
 * Deletes messages and conversations with all rows that belong to them.  The
 * message itself is deleted last, so that a step that ends in the middle leaves
 * a message, which the next step finds again.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/group_participant.h"
#include "inbox/customer/sighting.h"
#include "inbox/erasure/delete.h"
#include "inbox/media/blob.h"
#include "inbox/media/media_admin.h"
#include "inbox/message_columns.h"
#include "inbox/workspace/number.h"

enum {
	FIND,
	STATUSES,
	PATCHES,
	REACTIONS,
	PATH,
	MEDIA,
	UPLOAD,
	UPLOAD_IDS,
	UPLOAD_GONE,
	OUTBOX,
	MESSAGE,
	MESSAGES,
	IDENTITY,
	IDENTITY_GONE,
	IDENTITY_LEFT,
	IDENTITY_NOBODYS,
	CONVERSATION,
	UNREAD_COUNT,
	RECOUNT,
	N_SQL
};

#define OF_WAMID " WHERE workspace_id = $1 AND number_id = $2 AND"
/* How many messages that count as unread are left, $3 at most. */
#define UNREAD                                                                 \
	"(SELECT COUNT(*) FROM (SELECT 1 FROM messages AS m"                   \
	" WHERE m.workspace_id = $1 AND m.conversation_id = $2"                \
	" AND m.counts_unread = 1 ORDER BY m.sent_at DESC, m.id DESC"          \
	" LIMIT $3) AS unread)"

static const char *const delete_sql[N_SQL] = {
	[FIND] = "SELECT number_id, wamid FROM messages"
		 " WHERE workspace_id = $1 AND id = $2",
	/* wamid = $3 stands beside the IN: for a row value in a list SQLite
	 * uses only two columns of the key, and would read all rows of the
	 * number. */
	[STATUSES] = "DELETE FROM message_statuses" OF_WAMID " wamid = $3"
		     " AND (status, participant) IN (SELECT status,"
		     "  participant FROM message_statuses" OF_WAMID
		     "  wamid = $3 LIMIT $4)",
	[PATCHES] =
	    "DELETE FROM message_patches" OF_WAMID
	    " target_wamid = $3 AND wamid IN (SELECT wamid"
	    "  FROM message_patches" OF_WAMID "  target_wamid = $3 LIMIT $4)",
	[REACTIONS] =
	    "DELETE FROM reactions" OF_WAMID
	    " target_wamid = $3 AND sender IN (SELECT sender"
	    "  FROM reactions" OF_WAMID "  target_wamid = $3 LIMIT $4)",
	[PATH] = "SELECT path FROM media"
		 " WHERE workspace_id = $1 AND message_id = $2"
		 " AND path IS NOT NULL",
	[MEDIA] = "DELETE FROM media"
		  " WHERE workspace_id = $1 AND message_id = $2",
	/* + 0 makes SQLite search by the path, not by the workspace.  A new
	 * upload stays: a member may be about to send it. */
	[UPLOAD] = "SELECT id FROM uploads WHERE workspace_id + 0 = $1"
		   " AND path = $2 AND created_at < $3"
		   " AND NOT EXISTS (SELECT 1 FROM media AS m"
		   "  WHERE m.path = $2 AND m.workspace_id = $1"
		   "  AND m.message_id <> $4) LIMIT 1",
	[UPLOAD_IDS] = "DELETE FROM upload_media"
		       " WHERE workspace_id = $1 AND upload_id = $2",
	[UPLOAD_GONE] = "DELETE FROM uploads"
			" WHERE workspace_id = $1 AND id = $2",
	[OUTBOX] = "DELETE FROM outbox WHERE workspace_id = $1"
		   " AND kind IN ('message', 'read') AND message_id = $2",
	[MESSAGE] = "DELETE FROM messages WHERE workspace_id = $1 AND id = $2",
	[MESSAGES] = "SELECT id FROM messages WHERE workspace_id = $1"
		     " AND conversation_id = $2 ORDER BY sent_at, id LIMIT $3",
	[IDENTITY] = "SELECT number_id, kind, value, valid_from FROM identities"
		     " WHERE workspace_id = $1 AND conversation_id = $2"
		     " LIMIT 1",
	[IDENTITY_GONE] = "DELETE FROM identities WHERE workspace_id = $1"
			  " AND number_id = $2 AND kind = $3 AND value = $4"
			  " AND valid_from = $5",
	[IDENTITY_LEFT] = "SELECT 1 FROM identities WHERE workspace_id = $1"
			  " AND number_id = $2 AND kind = $3 AND value = $4"
			  " AND conversation_id <> 0 LIMIT 1",
	[IDENTITY_NOBODYS] = "DELETE FROM identities WHERE workspace_id = $1"
			     " AND number_id = $2 AND kind = $3 AND value = $4",
	[CONVERSATION] = "DELETE FROM conversations"
			 " WHERE workspace_id = $1 AND id = $2",
	[UNREAD_COUNT] = "SELECT unread_count FROM conversations"
			 " WHERE workspace_id = $1 AND id = $2",
	[RECOUNT] =
	    "UPDATE conversations SET"
	    " last_message_id = (SELECT id" MESSAGE_NEWEST ","
	    " last_message_at = COALESCE((SELECT sent_at" MESSAGE_NEWEST ", 0),"
	    " last_message_preview = (SELECT " MESSAGE_PREVIEW("")
		MESSAGE_NEWEST
	","
	" unanswered_since = -1,"
	" unread_count = " UNREAD ","
	" is_read = CASE WHEN unread_count > 0 AND " UNREAD " = 0"
	"  THEN 1 ELSE is_read END"
	" WHERE workspace_id = $1 AND id = $2",
};

#define AT_ONCE 64    /* messages read at once */
#define DAY	86400 /* seconds */
/* Rows kept free for the rest of the last message, and for what the search
 * index writes at the commit. */
#define RESERVE 100

struct deletion_file {
	struct deletion_file *next;
	const char *path;
};

const struct statements delete_statements = {
	.sql = delete_sql,
	.n = N_SQL,
	.also = STATEMENTS(&group_participant_statements,
	    &media_admin_statements, &sighting_statements),
};

void
delete_begin(struct deletion *d)
{
	d->began = db_changes(d->db);
	d->files = NULL;
}

int
delete_left(const struct deletion *d)
{
	int64_t n = DELETE_ROWS - RESERVE - (db_changes(d->db) - d->began);

	return n < 0 ? 0 : (int)n;
}

/* Deletes statuses, edits and reactions of WAMID: 1 all, 0 some are left,
 * -1. */
static int
delete_of_wamid(struct deletion *d, int64_t workspace_id, int64_t number_id,
    const char *wamid)
{
	static const int tables[] = { STATUSES, PATCHES, REACTIONS };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		int left = delete_left(d);

		if (left == 0)
			return 0;
		if (db_run(d->db, delete_sql[tables[i]],
			DB_ARGS(db_int(workspace_id), db_int(number_id),
			    db_text(wamid), db_int(left))) == -1)
			return -1;
		if (db_changed(d->db) == left)
			return 0;
	}
	return 1;
}

/* Finds an upload of PATH that no other message needs: 1, 0, -1. */
static int
find_upload(struct deletion *d, int64_t workspace_id, int64_t message_id,
    const char *path, int64_t *id)
{
	return db_get_int(d->db, delete_sql[UPLOAD],
	    DB_ARGS(db_int(workspace_id), db_text(path), db_int(d->now - DAY),
		db_int(message_id)),
	    id);
}

/* Deletes all such uploads: 1, 0 some are left, -1. */
static int
delete_uploads(struct deletion *d, int64_t workspace_id, int64_t message_id,
    const char *path)
{
	int64_t id;
	int rc;

	while (
	    (rc = find_upload(d, workspace_id, message_id, path, &id)) == 1) {
		const struct db_arg *upload =
		    DB_ARGS(db_int(workspace_id), db_int(id));

		if (delete_left(d) == 0)
			return 0;
		if (db_run(d->db, delete_sql[UPLOAD_IDS], upload) == -1 ||
		    db_run(d->db, delete_sql[UPLOAD_GONE], upload) == -1)
			return -1;
	}
	return rc == -1 ? -1 : 1;
}

/* Remembers the file, for delete_files. */
static void
add_file(struct deletion *d, const char *path)
{
	struct deletion_file *file = pool_alloc(d->pool, sizeof(*file));

	*file = (struct deletion_file){ d->files, path };
	d->files = file;
}

/* Deletes the uploads of the file, then its row in media: 1, 0, -1. */
static int
delete_media(struct deletion *d, int64_t workspace_id, int64_t id)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id), db_int(id));
	struct db_rows *r = db_query(d->db, delete_sql[PATH], args);
	int rc = db_next(r);
	const char *path = rc == 1 ? db_col_copy(r, d->pool, 0) : NULL;

	db_end(r);
	if (rc == 1)
		rc = delete_uploads(d, workspace_id, id, path);
	if (rc == -1 || (path != NULL && rc == 0))
		return rc;
	if (path != NULL)
		add_file(d, path);
	return db_run(d->db, delete_sql[MEDIA], args) == -1 ? -1 : 1;
}

int
delete_message(struct deletion *d, int64_t workspace_id, int64_t id)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id), db_int(id));
	struct db_rows *r;
	const char *wamid = NULL;
	int64_t number_id = 0;
	int rc;

	if (delete_left(d) == 0)
		return 0;
	r = db_query(d->db, delete_sql[FIND], args);
	if ((rc = db_next(r)) == 1) {
		number_id = db_col_int(r, 0);
		wamid = db_col_copy(r, d->pool, 1);
	}
	db_end(r);
	if (rc != 1)
		return rc == -1 ? -1 : 1;
	if (wamid != NULL &&
	    (rc = delete_of_wamid(d, workspace_id, number_id, wamid)) != 1)
		return rc;
	if ((rc = delete_media(d, workspace_id, id)) != 1)
		return rc;
	if (db_run(d->db, delete_sql[OUTBOX], args) == -1 ||
	    db_run(d->db, delete_sql[MESSAGE], args) == -1)
		return -1;
	return 1;
}

/* Up to AT_ONCE messages of a conversation, the oldest first: how many, -1. */
static int
list_messages(
    struct deletion *d, int64_t workspace_id, int64_t id, int64_t ids[AT_ONCE])
{
	return db_get_ints(d->db, delete_sql[MESSAGES],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(AT_ONCE)), ids,
	    AT_ONCE);
}

/* Deletes all messages of a conversation: 1, 0 some are left, -1. */
static int
delete_messages(struct deletion *d, int64_t workspace_id, int64_t id)
{
	int64_t ids[AT_ONCE];
	int n, rc;

	while ((n = list_messages(d, workspace_id, id, ids)) > 0)
		for (int i = 0; i < n; i++)
			if ((rc = delete_message(d, workspace_id, ids[i])) != 1)
				return rc;
	return n == -1 ? -1 : 1;
}

/* Deletes the facts of VALUE when no identity leads to a conversation any more.
 * Other rows of VALUE are of nobody who ever wrote, and are deleted, too. */
static int
delete_sightings(struct deletion *d, const struct number_key *number,
    const char *kind, const char *value)
{
	const struct db_arg *args = DB_ARGS(db_int(number->workspace_id),
	    db_int(number->id), db_text(kind), db_text(value));
	int64_t left;
	int rc = db_get_int(d->db, delete_sql[IDENTITY_LEFT], args, &left);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (db_run(d->db, delete_sql[IDENTITY_NOBODYS], args) == -1)
		return -1;
	return sighting_forget(d->db, number, kind, value);
}

int
delete_identities(struct deletion *d, int64_t workspace_id, int64_t id)
{
	int rc = 0;

	while (delete_left(d) > 0) {
		struct db_rows *r = db_query(d->db, delete_sql[IDENTITY],
		    DB_ARGS(db_int(workspace_id), db_int(id)));
		struct number_key number = { .workspace_id = workspace_id };
		int64_t from = 0;
		const char *kind = NULL, *value = NULL;

		if ((rc = db_next(r)) == 1) {
			number.id = db_col_int(r, 0);
			kind = db_col_copy(r, d->pool, 1);
			value = db_col_copy(r, d->pool, 2);
			from = db_col_int(r, 3);
		}
		db_end(r);
		if (rc != 1)
			return rc == -1 ? -1 : 1;
		if (db_run(d->db, delete_sql[IDENTITY_GONE],
			DB_ARGS(db_int(workspace_id), db_int(number.id),
			    db_text(kind), db_text(value), db_int(from))) ==
			-1 ||
		    delete_sightings(d, &number, kind, value) == -1)
			return -1;
	}
	return 0;
}

static int
delete_participants(struct deletion *d, int64_t workspace_id, int64_t id)
{
	int left = delete_left(d), n;

	if (left <= 0)
		return 0;
	n = group_participant_delete(d->db, workspace_id, id, left);
	return n == -1 ? -1 : n < left;
}

int
delete_conversation(struct deletion *d, int64_t workspace_id, int64_t id)
{
	int rc = delete_messages(d, workspace_id, id);

	if (rc == 0 && delete_recount(d->db, workspace_id, id) == -1)
		return -1;
	if (rc == 1)
		rc = delete_identities(d, workspace_id, id);
	if (rc == 1)
		rc = delete_participants(d, workspace_id, id);
	if (rc != 1 || delete_left(d) == 0)
		return rc == -1 ? -1 : 0;
	return db_run(d->db, delete_sql[CONVERSATION],
		   DB_ARGS(db_int(workspace_id), db_int(id))) == -1
		   ? -1
		   : 1;
}

int
delete_upload(
    struct deletion *d, int64_t workspace_id, int64_t id, const char *path)
{
	const struct db_arg upload[] = { db_int(workspace_id), db_int(id),
		{ DB_END, 0, NULL, 0 } };

	if (db_run(d->db, delete_sql[UPLOAD_IDS], upload) == -1 ||
	    db_run(d->db, delete_sql[UPLOAD_GONE], upload) == -1)
		return -1;
	add_file(d, path);
	return 0;
}

int
delete_recount(struct db *db, int64_t workspace_id, int64_t id)
{
	int64_t unread = 0;

	if (db_get_int(db, delete_sql[UNREAD_COUNT],
		DB_ARGS(db_int(workspace_id), db_int(id)), &unread) == -1)
		return -1;
	return db_run(db, delete_sql[RECOUNT],
	    DB_ARGS(db_int(workspace_id), db_int(id), db_int(unread)));
}

int
delete_files(struct deletion *d, const char *dir)
{
	for (; d->files != NULL; d->files = d->files->next) {
		int rc = media_uses(d->db, d->files->path);

		if (rc == -1)
			return -1;
		if (rc == 0 && blob_delete(dir, d->files->path) == -1)
			return -1;
	}
	return 0;
}
