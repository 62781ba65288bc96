/*
 * Corrects times that lie further in the future than they can.
 */
#include <string.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/account/invitation.h"
#include "inbox/account/totp.h"
#include "inbox/conversation/merge.h"
#include "inbox/node/retime.h"
#include "inbox/outbox/outbox.h"

enum {
	HELD,
	OUTBOX,
	ANSWERS,
	MEDIA,
	PAUSES,
	BLOCKS,
	TEMPLATES,
	HEALTH,
	BLOCK_LISTS,
	ASKED,
	GROUPS,
	TICKETS,
	SESSIONS,
	INVITATIONS,
	CODES,
	CONVERSATIONS,
	MESSAGES,
	AFTER,
	MESSAGE,
	REACTION,
	PEOPLE,
	CHOICES,
	N_SQL
};

#define HOUR 3600
#define DAY  86400

static const char *const retime_sql[N_SQL] = {
	/* $1 now, $2 the latest possible time, $3 how many rows */
	[HELD] = "UPDATE held SET due_at = $1"
		 " WHERE node IN (SELECT node FROM spool_cursors)"
		 " AND state = 'deferred' AND due_at > $2"
		 " AND delivery_id IN (SELECT h.delivery_id"
		 "  FROM spool_cursors AS c CROSS JOIN held AS h"
		 "  WHERE h.node = c.node AND h.state = 'deferred'"
		 "  AND h.due_at > $2 LIMIT $3)",
	[OUTBOX] = "UPDATE outbox SET due_at = $1 WHERE id IN (SELECT o.id"
		   " FROM numbers AS n CROSS JOIN outbox AS o"
		   " WHERE o.number_id = n.id AND o.state = 'queued'"
		   " AND o.behind = 0 AND o.due_at > $2 LIMIT $3)",
	[ANSWERS] = "UPDATE outbox SET answer_by = $1 WHERE id IN (SELECT id"
		    " FROM outbox WHERE state = 'sending' AND answer_by > $2"
		    " LIMIT $3)",
	[MEDIA] = "UPDATE media SET due_at = $1 WHERE id IN (SELECT id"
		  " FROM media WHERE state = 'pending' AND due_at > $2"
		  " LIMIT $3)",
	[PAUSES] = "UPDATE number_pauses SET until = $1 WHERE number_id IN"
		   " (SELECT number_id FROM number_pauses WHERE until > $2"
		   "  LIMIT $3)",
	[BLOCKS] = "UPDATE blocks SET due_at = $1, asked_at = CASE"
		   " WHEN asked_at > $1 THEN $1 ELSE asked_at END"
		   " WHERE id IN (SELECT b.id"
		   " FROM numbers AS n CROSS JOIN blocks AS b"
		   " WHERE b.number_id = n.id"
		   " AND b.state IN ('blocking', 'unblocking')"
		   " AND b.due_at > $2 LIMIT $3)",
	[TEMPLATES] = "UPDATE numbers SET templates_due_at = $1 WHERE id IN"
		      " (SELECT id FROM numbers WHERE templates_due_at > $2"
		      "  LIMIT $3)",
	[HEALTH] = "UPDATE numbers SET health_due_at = $1 WHERE id IN"
		   " (SELECT id FROM numbers WHERE health_due_at > $2"
		   "  LIMIT $3)",
	[BLOCK_LISTS] = "UPDATE numbers SET blocks_due_at = $1 WHERE id IN"
			" (SELECT id FROM numbers WHERE blocks_due_at > $2"
			"  LIMIT $3)",
	[ASKED] = "UPDATE templates SET asked_due_at = $1 WHERE id IN"
		  " (SELECT id FROM templates WHERE asked IS NOT NULL"
		  "  AND asked_due_at > $2 LIMIT $3)",
	[GROUPS] = "UPDATE own_groups SET due_at = $1, asked_at = CASE"
		   " WHEN asked_at > $1 THEN $1 ELSE asked_at END"
		   " WHERE id IN (SELECT g.id"
		   " FROM numbers AS n CROSS JOIN own_groups AS g"
		   " WHERE g.number_id = n.id AND g.asked IS NOT NULL"
		   " AND g.due_at > $2 LIMIT $3)",
	[TICKETS] = "DELETE FROM tickets WHERE CAST($1 AS BIGINT) < $2"
		    " AND hash IN (SELECT hash FROM tickets"
		    "  WHERE expires_at > $2 LIMIT $3)",
	/* It is used now: its time runs from here. */
	[SESSIONS] = "UPDATE api_tokens SET expires_at = $2, last_used_at = $1"
		     " WHERE id IN (SELECT id FROM api_tokens"
		     "  WHERE kind = 'session' AND expires_at > $2 LIMIT $3)",
	[INVITATIONS] = "DELETE FROM invitations WHERE CAST($1 AS BIGINT) < $2"
			" AND id IN (SELECT id FROM invitations"
			"  WHERE expires_at > $2 LIMIT $3)",
	/* $1 and $2 in steps of codes */
	[CODES] = "UPDATE second_factors SET used_step = $1 WHERE user_id IN"
		  " (SELECT user_id FROM second_factors WHERE used_step > $2"
		  "  LIMIT $3)",
	/* $1 the latest possible time, $2 how many rows */
	[CONVERSATIONS] =
	    "SELECT c.workspace_id, c.id FROM workspaces AS w"
	    " CROSS JOIN conversations AS c WHERE c.workspace_id = w.id"
	    "  AND c.status IN ('active', 'archived')"
	    "  AND c.last_message_at > $1 LIMIT $2",
	[MESSAGES] = "SELECT id, sent_at, type, number_id,"
		     " content FROM messages"
		     " WHERE workspace_id = $1 AND conversation_id = $2"
		     " AND sent_at > $3 ORDER BY sent_at, id LIMIT $4",
	/* The customer's next message, within the last month. */
	[AFTER] = "SELECT sent_at FROM messages"
		  " WHERE workspace_id = $1 AND conversation_id = $2"
		  " AND id > $3 AND sent_at > $4 AND sent_at <= $5"
		  " AND source = 'live' AND direction = 'inbound'"
		  " ORDER BY sent_at LIMIT 1",
	[MESSAGE] = "UPDATE messages SET sent_at = $3"
		    " WHERE workspace_id = $1 AND id = $2",
	[REACTION] = "UPDATE reactions SET at = $5"
		     " WHERE workspace_id = $1 AND number_id = $2"
		     " AND target_wamid = $3 AND sender = 'business'"
		     " AND at = $4",
	[PEOPLE] =
	    "UPDATE conversations SET"
	    " phone_at = CASE WHEN phone_at > $3 THEN $3 ELSE phone_at END,"
	    " user_id_at = CASE WHEN user_id_at > $3 THEN $3"
	    "  ELSE user_id_at END,"
	    " username_at = CASE WHEN username_at > $3 THEN $3"
	    "  ELSE username_at END,"
	    " profile_name_at = CASE WHEN profile_name_at > $3 THEN $3"
	    "  ELSE profile_name_at END,"
	    " updated_at = CASE WHEN updated_at > $3 THEN $3"
	    "  ELSE updated_at END,"
	    " window_refused_at = CASE WHEN window_refused_at <= $3"
	    "  THEN window_refused_at ELSE COALESCE((SELECT MAX(sent_at)"
	    "   FROM messages WHERE workspace_id = $1 AND conversation_id = $2"
	    "   AND status = 'failed' AND error_code = 131047), 0)"
	    "  END"
	    " WHERE workspace_id = $1 AND id = $2",
	[CHOICES] = "UPDATE marketing_choices SET at = $3"
		    " WHERE workspace_id = $1 AND conversation_id = $2"
		    " AND at > $3 AND message_id <> 0",
};

#define DUE_MAX	     100 /* of each kind */
#define AT_ONCE	     8	 /* conversations */
#define MESSAGES_MAX 16	 /* of each */
#define MONTH	     (30 * DAY)

const struct statements retime_statements = {
	.sql = retime_sql,
	.n = N_SQL,
	.also = STATEMENTS(&merge_statements),
};

/* A statement, the time that it writes, and the latest that may be. */
struct latest {
	int statement;
	int64_t now;
	int64_t latest;
};

/* How many rows, of N statements; -1. */
static int
mend_rows(struct db *db, const struct latest *l, size_t n)
{
	int rows = 0;

	for (size_t i = 0; i < n; i++) {
		if (db_run(db, retime_sql[l[i].statement],
			DB_ARGS(db_int(l[i].now), db_int(l[i].latest),
			    db_int(DUE_MAX))) == -1)
			return -1;
		rows += (int)db_changed(db);
	}
	return rows;
}

int
retime_due(struct db *db, int64_t now)
{
	int64_t latest = now + RETIME_SLACK;
	/* The longest back-off of each, with its random part. */
	const struct latest due[] = {
		{ HELD, now, latest + DAY },
		{ OUTBOX, now, latest + DAY },
		{ ANSWERS, now, latest + OUTBOX_ANSWER_S },
		{ MEDIA, now, latest + 3 * DAY },
		{ PAUSES, now, latest + HOUR },
		{ BLOCKS, now, latest + DAY },
		{ TEMPLATES, now, latest + DAY },
		{ HEALTH, now, latest + DAY },
		{ BLOCK_LISTS, now, latest + DAY },
		{ ASKED, now, latest + DAY },
		{ GROUPS, now, latest + DAY },
		{ TICKETS, now, latest + HOUR },
	};
	int n = mend_rows(db, due, sizeof(due) / sizeof(due[0]));

	if (n > 0)
		log_warn("%d rows were due too far in the future, and are due"
			 " now: the clock was ahead",
		    n);
	return n;
}

int
retime_access(struct db *db, int64_t now)
{
	int64_t latest = now + RETIME_SLACK;
	const struct latest access[] = {
		{ SESSIONS, now, latest + SESSION_IDLE },
		{ INVITATIONS, now, latest + INVITATION_LIFE },
		{ CODES, now / TOTP_STEP, latest / TOTP_STEP },
	};
	int n = mend_rows(db, access, sizeof(access) / sizeof(access[0]));

	if (n > 0)
		log_warn("%d sessions, invitations or second factors had times"
			 " too far in the future, which were corrected: the"
			 " clock was ahead",
		    n);
	return n;
}

/* A conversation with messages from the future, or one of these messages. */
struct strayed {
	int64_t workspace_id;
	int64_t conversation_id;
	int64_t id;
	int64_t sent_at;
	int64_t number_id;
	const char *target; /* of a reaction of ours */
};

static int
list_conversations(struct db *db, int64_t now, struct strayed out[AT_ONCE])
{
	struct db_rows *r = db_query(db, retime_sql[CONVERSATIONS],
	    DB_ARGS(db_int(now + RETIME_SLACK), db_int(AT_ONCE)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < AT_ONCE)
		out[n++] = (struct strayed){
			.workspace_id = db_col_int(r, 0),
			.conversation_id = db_col_int(r, 1),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

static const char *
target_of(const char *content, struct pool *pool)
{
	return json_text(
	    json_parse(pool, content, strlen(content), NULL), "message_id");
}

static int
list_messages(struct db *db, struct pool *pool, const struct strayed *c,
    int64_t now, struct strayed out[MESSAGES_MAX])
{
	struct db_rows *r = db_query(db, retime_sql[MESSAGES],
	    DB_ARGS(db_int(c->workspace_id), db_int(c->conversation_id),
		db_int(now + RETIME_SLACK), db_int(MESSAGES_MAX)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < MESSAGES_MAX) {
		struct strayed *m = &out[n++];

		*m = *c;
		m->id = db_col_int(r, 0);
		m->sent_at = db_col_int(r, 1);
		m->number_id = db_col_int(r, 3);
		if (text_is(db_col_text(r, 2), "reaction"))
			m->target = target_of(db_col_copy(r, pool, 4), pool);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Gives a message from the future its new time: 0, -1. */
static int
bring_back(struct db *db, const struct strayed *m, int64_t now)
{
	int64_t at = now;

	if (db_get_int(db, retime_sql[AFTER],
		DB_ARGS(db_int(m->workspace_id), db_int(m->conversation_id),
		    db_int(m->id), db_int(now - MONTH), db_int(now)),
		&at) == -1 ||
	    db_run(db, retime_sql[MESSAGE],
		DB_ARGS(db_int(m->workspace_id), db_int(m->id), db_int(at))) ==
		-1)
		return -1;
	if (m->target == NULL)
		return 0;
	return db_run(db, retime_sql[REACTION],
	    DB_ARGS(db_int(m->workspace_id), db_int(m->number_id),
		db_text(m->target), db_int(m->sent_at), db_int(at)));
}

/* The same for messages of C: how many, or -1. */
static int
bring_back_all(
    struct db *db, struct pool *pool, const struct strayed *c, int64_t now)
{
	struct strayed m[MESSAGES_MAX];
	int n = list_messages(db, pool, c, now, m);

	for (int i = 0; i < n; i++)
		if (bring_back(db, &m[i], now) == -1)
			return -1;
	if (n == -1 ||
	    db_run(db, retime_sql[PEOPLE],
		DB_ARGS(db_int(c->workspace_id), db_int(c->conversation_id),
		    db_int(now))) == -1 ||
	    db_run(db, retime_sql[CHOICES],
		DB_ARGS(db_int(c->workspace_id), db_int(c->conversation_id),
		    db_int(now))) == -1 ||
	    merge_recount(db, c->workspace_id, c->conversation_id) == -1)
		return -1;
	return n;
}

int
retime_messages(struct db *db, struct pool *pool, int64_t now)
{
	struct strayed c[AT_ONCE];
	int n = list_conversations(db, now, c), done = 0;

	for (int i = 0; i < n; i++) {
		int rc = bring_back_all(db, pool, &c[i], now);

		if (rc == -1)
			return -1;
		done += rc;
	}
	if (done > 0)
		log_warn("%d messages had times in the future, which were"
			 " corrected: the clock was ahead",
		    done);
	return n == -1 ? -1 : done;
}
