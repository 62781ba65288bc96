/*
 * Moves a number to another workspace.  A conversation is taken out of its
 * table (parked), its rows are moved, and it is put back under the other
 * workspace: in one step when it is short, in several when it is long.  Each
 * step starts from the first function again, and so finds where the last step
 * ended.
 *
 * Rows that readers look up by the conversation or the message are moved before
 * the conversation is put back.  Rows that only deliveries need (statuses,
 * edits) are moved last, since the number's deliveries wait.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/contact/contact_link.h"
#include "inbox/job/job_kinds.h"
#include "inbox/job/number_move.h"
#include "inbox/node/delivery_state.h"
#include "inbox/report/report_move.h"

enum { BEGIN, BEGIN_JOB, IS_ON, LEFT, N_BEGIN_SQL };

static const char *const begin_sql[N_BEGIN_SQL] = {
	[BEGIN] = "UPDATE numbers SET moving_to = $3 WHERE id = $1"
		  " AND workspace_id = $2 AND moving_to IS NULL",
	[BEGIN_JOB] = "INSERT INTO jobs(workspace_id, kind, subject, target)"
		      " VALUES ($2, 'number_move', $1, $3)",
	[IS_ON] = "SELECT workspace_id FROM numbers WHERE id = $1"
		  " AND moving_to IS NOT NULL",
	[LEFT] = "SELECT COUNT(*) FROM conversations"
		 " WHERE workspace_id = $1 AND number_id = $2",
};

enum {
	OTHERS,
	ON_THEIR_WAY,
	PARKED,
	NEXT,
	PARK,
	CHOICES,
	TAKE_OUT,
	MESSAGES,
	REACTION,
	MEDIA,
	UPLOAD,
	OUTBOX,
	MESSAGE,
	IDENTITY,
	PARTICIPANT,
	CONTACT,
	BLOCKS,
	ASIDE,
	ACTIVITIES,
	PUT_BACK,
	UNPARK,
	STATUSES, /* each followed by its UPDATE */
	PATCHES = STATUSES + 2,
	REACTIONS = PATCHES + 2,
	IDENTITIES = REACTIONS + 2,
	SIGHTINGS = IDENTITIES + 2,
	CHANGES = SIGHTINGS + 2,
	TEMPLATES = CHANGES + 2,
	PHONE_BOOK = TEMPLATES + 2,
	LAST_EVENT = PHONE_BOOK + 2,
	TWICE,
	EVENT,
	GROUPS,
	NUMBER,
	PHONE_NUMBER_ID,
	N_SQL
};

#define COLUMNS                                                                \
	"id, number_id, phone, phone_at, user_id, user_id_at, group_id,"       \
	" profile_name, profile_name_at, contact_id, link, status, is_read,"   \
	" unread_count, last_customer_message_at, window_refused_at,"          \
	" last_message_at, last_message_id, last_message_preview,"             \
	" assigned_to, created_at, updated_at, username, username_at,"         \
	" blocked, marketing, marketing_at, marketing_source,"                 \
	" unanswered_since, phone_book_name, stored_message_id"

/* The contact of the new workspace that is known by the same ID. */
#define THERE(ID)                                                              \
	"(SELECT there.id FROM contacts AS here CROSS JOIN contacts AS there"  \
	" WHERE there.workspace_id = $2 AND there." ID " = here." ID           \
	" AND here.workspace_id = $1 AND here.id = m.contact_id)"

#define PIECE 100 /* rows of one statement; a step ends at JOB_FULL */
#define CHUNK 50  /* messages read at once */

/* At most $5 rows of TABLE, by the rest of its key after the number. */
#define SOME_OF(TABLE, WHERE, KEY)                                             \
	"UPDATE " TABLE " SET workspace_id = $2" WHERE " AND (" KEY ") IN ("   \
	"SELECT " KEY " FROM " TABLE WHERE " LIMIT $5)"
#define OF_PART(PART)                                                          \
	" WHERE workspace_id = $1 AND number_id = $3 AND " PART " = $4"
#define FIRST_OF(TABLE, PART)                                                  \
	"SELECT " PART " FROM " TABLE " WHERE workspace_id = $1"               \
	" AND number_id = $2 ORDER BY " PART " LIMIT 1"

#define REACTION_SQL SOME_OF("reactions", OF_PART("target_wamid"), "sender")

static const char *const number_move_sql[N_SQL] = {
	/* Other jobs of the old workspace come first: they may be about
	 * conversations that are to be moved. */
	[OTHERS] = "SELECT 1 FROM jobs WHERE workspace_id = $1"
		   " AND kind <> 'number_move' UNION ALL"
		   " SELECT 1 FROM erasures WHERE workspace_id = $1"
		   " AND done_at IS NULL LIMIT 1",
	[ON_THEIR_WAY] = "SELECT 1 FROM outbox WHERE state = 'sending'"
			 " AND number_id = $1 LIMIT 1",
	[PARKED] = "SELECT id, contact_id FROM moving_conversations"
		   " WHERE number_id = $1 LIMIT 1",
	[NEXT] = "SELECT id FROM conversations WHERE workspace_id = $1"
		 " AND number_id = $2 LIMIT 1",
	[PARK] = "INSERT INTO moving_conversations(" COLUMNS ")"
		 " SELECT " COLUMNS " FROM conversations WHERE id = $1",
	[CHOICES] = "UPDATE marketing_choices SET workspace_id = $2"
		    " WHERE workspace_id = $1 AND conversation_id = $3",
	[TAKE_OUT] = "DELETE FROM conversations WHERE id = $1",
	[MESSAGES] = "SELECT id, wamid FROM messages WHERE workspace_id = $1"
		     " AND conversation_id = $2 ORDER BY sent_at, id LIMIT $3",
	[REACTION] = REACTION_SQL,
	[MEDIA] = "UPDATE media SET workspace_id = $2 WHERE message_id = $3"
		  " AND workspace_id = $1",
	[UPLOAD] = "INSERT INTO uploads(workspace_id, user_id, mime_type,"
		   " filename, size, path, created_at)"
		   " SELECT $2, 0, u.mime_type, u.filename, u.size, u.path,"
		   " u.created_at FROM outbox AS o CROSS JOIN uploads AS u"
		   " WHERE u.id = o.upload_id AND o.workspace_id = $1"
		   " AND o.kind = 'message' AND o.message_id = $3"
		   " RETURNING id",
	[OUTBOX] = "UPDATE outbox SET workspace_id = $2, upload_id = $4"
		   " WHERE workspace_id = $1 AND message_id = $3"
		   " AND kind IN ('message', 'read')",
	[MESSAGE] = "UPDATE messages SET workspace_id = $2 WHERE id = $1",
	/* For a row value SQLite before 3.46 uses only two columns of the key:
	 * it would read all identities of the number for each conversation. */
	[IDENTITY] =
	    "UPDATE identities SET workspace_id = $2 FROM ("
	    "SELECT number_id AS n, kind AS k, value AS v, valid_from AS f"
	    " FROM identities WHERE workspace_id = $1 AND conversation_id = $3"
	    " LIMIT $4) AS s WHERE identities.workspace_id = $1"
	    " AND identities.number_id = s.n AND identities.kind = s.k"
	    " AND identities.value = s.v"
	    " AND identities.valid_from = s.f",
	[PARTICIPANT] = "UPDATE group_participants SET workspace_id = $2"
			" WHERE id IN (SELECT id FROM group_participants"
			"  WHERE workspace_id = $1 AND conversation_id = $3"
			"  LIMIT $4)",
	[CONTACT] = "INSERT INTO contacts(workspace_id, phone, user_id, name,"
		    " email, created_at, updated_at) SELECT $2, phone, user_id,"
		    " name, email, created_at, updated_at FROM contacts"
		    " WHERE workspace_id = $1 AND id = $3"
		    " ON CONFLICT DO NOTHING",
	/* Whom nobody of the new workspace blocked: nobody says who did. */
	[BLOCKS] = "UPDATE blocks SET workspace_id = $2, asked_by = (SELECT"
		   " user_id FROM workspace_members WHERE workspace_id = $2"
		   " AND user_id = blocks.asked_by)"
		   " WHERE workspace_id = $1 AND conversation_id = $3",
	[ASIDE] = "UPDATE set_aside SET workspace_id = $2"
		  " WHERE workspace_id = $1 AND conversation_id = $3",
	[ACTIVITIES] =
	    "UPDATE activities SET workspace_id = $2,"
	    " user_id = (SELECT m.user_id FROM workspace_members AS m"
	    "  WHERE m.workspace_id = $2"
	    "  AND m.user_id = activities.user_id),"
	    " subject = CASE kind WHEN 'state' THEN subject END"
	    " WHERE workspace_id = $1 AND conversation_id = $3",
	[PUT_BACK] =
	    "INSERT INTO conversations(workspace_id, " COLUMNS ")"
	    " SELECT $2, id, number_id, phone, phone_at, user_id, user_id_at,"
	    " group_id, profile_name, profile_name_at,"
	    " COALESCE(" THERE("user_id") ", " THERE(
		"phone") "),"
			 " link, status, is_read, unread_count, "
			 "last_customer_message_at,"
			 " window_refused_at, last_message_at, last_message_id,"
			 " last_message_preview, (SELECT user_id FROM "
			 "workspace_members"
			 "  WHERE workspace_id = $2 AND user_id = "
			 "m.assigned_to),"
			 " created_at, updated_at, username, username_at,"
			 " blocked, marketing, marketing_at, marketing_source,"
			 " unanswered_since, phone_book_name,"
			 " stored_message_id"
			 " FROM moving_conversations AS m"
			 " WHERE id = $3",
	[UNPARK] = "DELETE FROM moving_conversations WHERE id = $1",
	[STATUSES] = FIRST_OF("message_statuses", "wamid"),
	[STATUSES + 1] = SOME_OF(
	    "message_statuses", OF_PART("wamid"), "status, participant"),
	[PATCHES] = FIRST_OF("message_patches", "target_wamid"),
	[PATCHES + 1] =
	    SOME_OF("message_patches", OF_PART("target_wamid"), "wamid"),
	[REACTIONS] = FIRST_OF("reactions", "target_wamid"),
	[REACTIONS + 1] = REACTION_SQL,
	[IDENTITIES] = FIRST_OF("identities", "kind"),
	[IDENTITIES + 1] =
	    SOME_OF("identities", OF_PART("kind"), "value, valid_from"),
	[SIGHTINGS] = FIRST_OF("sightings", "account"),
	[SIGHTINGS + 1] = SOME_OF("sightings", OF_PART("account"), "id"),
	[CHANGES] = FIRST_OF("identity_changes", "account"),
	[CHANGES + 1] = SOME_OF("identity_changes", OF_PART("account"),
	    "user_id, new_account, new_user_id, portfolio, at"),
	[TEMPLATES] = FIRST_OF("templates", "name"),
	[TEMPLATES + 1] = SOME_OF("templates", OF_PART("name"), "language"),
	[PHONE_BOOK] = FIRST_OF("phone_book", "entry"),
	[PHONE_BOOK + 1] = SOME_OF("phone_book", OF_PART("entry"), "id"),
	[LAST_EVENT] = "SELECT COALESCE(MAX(id), 0) FROM workspace_events",
	/* Events that both workspaces have are kept once.  By id, so many in a
	 * step; by the workspace each step would read all of them. */
	[TWICE] = "DELETE FROM workspace_events WHERE workspace_id + 0 = $1"
		  " AND number_id = $3 AND id > $4 AND id <= $5"
		  " AND EXISTS (SELECT 1 FROM workspace_events AS e"
		  "  WHERE e.workspace_id = $2"
		  "  AND e.hash = workspace_events.hash)",
	[EVENT] = "UPDATE workspace_events SET workspace_id = $2"
		  " WHERE workspace_id + 0 = $1 AND number_id = $3"
		  " AND id > $4 AND id <= $5",
	/* 10,000 at the most, says the provider. */
	[GROUPS] = "UPDATE own_groups SET workspace_id = $2, asked_by ="
		   " (SELECT user_id FROM workspace_members"
		   "  WHERE workspace_id = $2"
		   "  AND user_id = own_groups.asked_by)"
		   " WHERE workspace_id = $1 AND number_id = $3",
	[NUMBER] = "UPDATE numbers SET workspace_id = moving_to,"
		   " moving_to = NULL, registered = 1 WHERE id = $1",
	[PHONE_NUMBER_ID] = "SELECT phone_number_id FROM numbers"
			    " WHERE id = $1 AND moving_to = $2",
};

static const struct statements begin_statements = {
	.sql = begin_sql,
	.n = N_BEGIN_SQL,
};

const struct statements number_move_statements = {
	.sql = number_move_sql,
	.n = N_SQL,
	.also = STATEMENTS(&begin_statements, &report_move_statements),
};

int
number_move_begin(struct db *db, int64_t number_id, int64_t from, int64_t to)
{
	const struct db_arg args[] = { db_int(number_id), db_int(from),
		db_int(to), { DB_END, 0, NULL, 0 } };

	if (db_run(db, begin_sql[BEGIN], args) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	return db_run(db, begin_sql[BEGIN_JOB], args) == -1 ? -1 : 1;
}

int
number_move_is_on(struct db *db, int64_t number_id, int64_t *conversations)
{
	int64_t from;
	int rc =
	    db_get_int(db, begin_sql[IS_ON], DB_ARGS(db_int(number_id)), &from);

	if (rc != 1)
		return rc;
	return db_get_int(db, begin_sql[LEFT],
	    DB_ARGS(db_int(from), db_int(number_id)), conversations);
}

/* One step of the job. */
struct moving {
	struct db *db;
	struct pool *pool;
	int64_t from, to, number_id;
	int64_t conversation_id, contact_id; /* the parked one */
	int64_t now;
};

struct number_move_row { /* of a message */
	int64_t id;
	const char *wamid;
};

static int
is_full(struct moving *m)
{
	return db_written(m->db) >= JOB_FULL;
}

/* The conversation that is parked: 1, 0 there is none, -1. */
static int
find_parked(struct moving *m)
{
	struct db_rows *r = db_query(
	    m->db, number_move_sql[PARKED], DB_ARGS(db_int(m->number_id)));
	int rc = db_next(r);

	if (rc == 1) {
		m->conversation_id = db_col_int(r, 0);
		m->contact_id = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

/* Parks the next conversation, which is then in neither workspace: 1, 0 none is
 * left, -1. */
static int
park(struct moving *m)
{
	int64_t id;
	int rc = db_get_int(m->db, number_move_sql[NEXT],
	    DB_ARGS(db_int(m->from), db_int(m->number_id)), &id);

	if (rc != 1)
		return rc;
	if (db_run(m->db, number_move_sql[PARK], DB_ARGS(db_int(id))) == -1 ||
	    db_run(m->db, number_move_sql[CHOICES],
		DB_ARGS(db_int(m->from), db_int(m->to), db_int(id))) == -1 ||
	    db_run(m->db, number_move_sql[TAKE_OUT], DB_ARGS(db_int(id))) == -1)
		return -1;
	return 1;
}

/* Moves the row of the outbox, and copies the upload that it sends. */
static int
move_outbox(struct moving *m, int64_t message_id)
{
	int64_t upload_id = 0;

	if (db_get_int(m->db, number_move_sql[UPLOAD],
		DB_ARGS(db_int(m->from), db_int(m->to), db_int(message_id)),
		&upload_id) == -1)
		return -1;
	return db_run(m->db, number_move_sql[OUTBOX],
	    DB_ARGS(db_int(m->from), db_int(m->to), db_int(message_id),
		db_id(upload_id)));
}

/* Moves a message and its rows: 1 done, 0 only some of its reactions, -1. */
static int
move_message(struct moving *m, const struct number_move_row *row)
{
	if (row->wamid != NULL) {
		if (db_run(m->db, number_move_sql[REACTION],
			DB_ARGS(db_int(m->from), db_int(m->to),
			    db_int(m->number_id), db_text(row->wamid),
			    db_int(PIECE))) == -1)
			return -1;
		if (db_changed(m->db) == PIECE)
			return 0;
	}
	if (db_run(m->db, number_move_sql[MEDIA],
		DB_ARGS(db_int(m->from), db_int(m->to), db_int(row->id))) ==
		-1 ||
	    move_outbox(m, row->id) == -1 ||
	    db_run(m->db, number_move_sql[MESSAGE],
		DB_ARGS(db_int(row->id), db_int(m->to))) == -1)
		return -1;
	return 1;
}

/* Moves messages, the oldest first: 1, 0 none is left, -1. */
static int
move_messages(struct moving *m)
{
	struct db_rows *r = db_query(m->db, number_move_sql[MESSAGES],
	    DB_ARGS(
		db_int(m->from), db_int(m->conversation_id), db_int(CHUNK)));
	struct number_move_row rows[CHUNK];
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < CHUNK)
		rows[n++] = (struct number_move_row){ db_col_int(r, 0),
			db_col_copy(r, m->pool, 1) };
	db_end(r);
	for (int i = 0; i < n && rc != -1 && !is_full(m); i++)
		if ((rc = move_message(m, &rows[i])) == 0)
			i--;
	return rc == -1 ? -1 : n > 0;
}

/* STATEMENT: IDENTITY or PARTICIPANT. */
static int
move_some(struct moving *m, int statement)
{
	if (db_run(m->db, number_move_sql[statement],
		DB_ARGS(db_int(m->from), db_int(m->to),
		    db_int(m->conversation_id), db_int(PIECE))) == -1)
		return -1;
	return db_changed(m->db) > 0;
}

/* Puts the conversation back, after all its rows: now members see it. */
static int
put_back(struct moving *m)
{
	const struct db_arg of[] = { db_int(m->from), db_int(m->to),
		db_int(m->contact_id), { DB_END, 0, NULL, 0 } };

	if (db_run(m->db, number_move_sql[CONTACT], of) == -1 ||
	    db_run(m->db, number_move_sql[BLOCKS],
		DB_ARGS(db_int(m->from), db_int(m->to),
		    db_int(m->conversation_id))) == -1 ||
	    db_run(m->db, number_move_sql[ASIDE],
		DB_ARGS(db_int(m->from), db_int(m->to),
		    db_int(m->conversation_id))) == -1 ||
	    db_run(m->db, number_move_sql[ACTIVITIES],
		DB_ARGS(db_int(m->from), db_int(m->to),
		    db_int(m->conversation_id))) == -1 ||
	    db_run(m->db, number_move_sql[PUT_BACK],
		DB_ARGS(db_int(m->from), db_int(m->to),
		    db_int(m->conversation_id))) == -1 ||
	    db_run(m->db, number_move_sql[UNPARK],
		DB_ARGS(db_int(m->conversation_id))) == -1)
		return -1;
	return contact_link_conversation(
	    m->db, m->pool, m->to, m->conversation_id, m->now);
}

/* Moves the parked conversation: 0 it is put back, 1 the step is full, -1. */
static int
move_parked(struct moving *m)
{
	int rc = 1;

	while (rc == 1 && !is_full(m)) {
		rc = move_some(m, IDENTITY);
		if (rc == 0)
			rc = move_some(m, PARTICIPANT);
	}
	while (rc == 0 && !is_full(m)) {
		rc = move_messages(m);
		if (rc == 0)
			return put_back(m);
		rc = rc == 1 ? 0 : rc;
	}
	return rc == -1 ? -1 : 1;
}

/* 0 all conversations were moved, 1 the step is full, -1. */
static int
move_conversations(struct moving *m)
{
	int rc;

	for (;;) {
		if (is_full(m))
			return 1;
		rc = find_parked(m);
		if (rc == 1 && (rc = move_parked(m)) != 0)
			return rc;
		if (rc == -1 || (rc = park(m)) != 1)
			return rc;
	}
}

/* Moves rows of the first wamid (or kind) of a table: 1, 0 none is left, -1. */
static int
move_first(struct moving *m, int statement)
{
	struct db_rows *r = db_query(m->db, number_move_sql[statement],
	    DB_ARGS(db_int(m->from), db_int(m->number_id)));
	const char *part = NULL;
	int rc = db_next(r);

	if (rc == 1)
		part = db_col_copy(r, m->pool, 0);
	db_end(r);
	if (rc == 1 &&
	    db_run(m->db, number_move_sql[statement + 1],
		DB_ARGS(db_int(m->from), db_int(m->to), db_int(m->number_id),
		    db_text(part), db_int(PIECE))) == -1)
		return -1;
	return rc;
}

/* Moves the rows that belong to no conversation: 0 none is left, 1 the step is
 * full, -1. */
static int
move_rest(struct moving *m)
{
	int statement = STATUSES, rc;

	while (statement <= PHONE_BOOK) {
		if (is_full(m))
			return 1;
		rc = move_first(m, statement);
		if (rc == -1)
			return -1;
		if (rc == 0)
			statement += 2;
	}
	return 0;
}

/* What was counted for reports: 0 none is left, 1 the step is full, -1. */
static int
move_reports(struct moving *m)
{
	int rc;

	do {
		if (is_full(m))
			return 1;
		rc = report_move(m->db, m->from, m->to, m->number_id);
	} while (rc == 1);
	return rc;
}

/* Moves events.  They are walked by id, since no index has the number. */
static int
move_events(struct moving *m, struct job *job)
{
	int64_t last = 0, end;

	if (db_get_int(m->db, number_move_sql[LAST_EVENT], DB_NONE, &last) ==
	    -1)
		return -1;
	while (job->place < last) {
		if (is_full(m))
			return 1;
		end = job->place + PIECE;
		for (int i = TWICE; i <= EVENT; i++)
			if (db_run(m->db, number_move_sql[i],
				DB_ARGS(db_int(m->from), db_int(m->to),
				    db_int(m->number_id), db_int(job->place),
				    db_int(end))) == -1)
				return -1;
		job->place = end;
	}
	return 0;
}

/* Ends the move of the number, and makes the deliveries due that waited. */
static int
arrive(struct moving *m)
{
	struct db_rows *r = db_query(m->db, number_move_sql[PHONE_NUMBER_ID],
	    DB_ARGS(db_int(m->number_id), db_int(m->to)));
	const char *id = NULL;
	int rc = db_next(r), due;

	if (rc == 1)
		id = db_col_copy(r, m->pool, 0);
	db_end(r);
	if (rc != 1)
		return rc;
	due = db_run(m->db, number_move_sql[GROUPS],
		  DB_ARGS(db_int(m->from), db_int(m->to),
		      db_int(m->number_id))) == -1 ||
		      db_run(m->db, number_move_sql[NUMBER],
			  DB_ARGS(db_int(m->number_id))) == -1
		  ? -1
		  : delivery_state_arrived(
			m->db, delivery_state_number(m->pool, id), m->now);
	if (due == -1)
		return -1;
	log_info("number %s is in workspace %lld now, %d deliveries waited", id,
	    (long long)m->to, due);
	return 0;
}

/* Must the job wait for others?  1, 0, -1. */
static int
must_wait(struct moving *m)
{
	int64_t one;
	int rc = db_get_int(
	    m->db, number_move_sql[OTHERS], DB_ARGS(db_int(m->from)), &one);

	return rc != 0 ? rc
		       : db_get_int(m->db, number_move_sql[ON_THEIR_WAY],
			     DB_ARGS(db_int(m->number_id)), &one);
}

int
job_number_move(struct db *db, struct pool *pool, struct job *job, int64_t now)
{
	struct moving m = { .db = db,
		.pool = pool,
		.from = job->workspace_id,
		.to = job->target,
		.number_id = job->subject,
		.now = now };
	int rc = must_wait(&m);

	if (rc == 1)
		return JOB_WAITS;
	if (rc == 0)
		rc = move_conversations(&m);
	if (rc == 0)
		rc = move_rest(&m);
	if (rc == 0)
		rc = move_reports(&m);
	if (rc == 0)
		rc = move_events(&m, job);
	return rc == 0 ? arrive(&m) : rc;
}
