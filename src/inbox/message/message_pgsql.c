/*
 * New messages of many deliveries, by one statement: message_pgsql.h.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/many.h"
#include "lib/sql/statements.h"

#include "whatsapp/content.h"
#include "whatsapp/event.h"

#include "inbox/conversation/profile.h"
#include "inbox/message/message.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/workspace/number.h"

enum { LOOK, REACTED, STORE, MEDIA, REACTIONS, UNMATCHED, GROWN, N_SQL };

static const char *const message_pgsql_sql[N_SQL] = {
	/* Those that are no new ones. */
	[LOOK] =
	    "SELECT m.a FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json))"
	    " AS m(a bigint, b bigint, c bigint, d text)"
	    " WHERE EXISTS (SELECT 1 FROM messages AS o"
	    "  WHERE o.workspace_id = m.b AND o.number_id = m.c"
	    "  AND o.wamid = m.d)"
	    " OR EXISTS (SELECT 1 FROM message_patches AS p"
	    "  WHERE p.workspace_id = m.b AND p.number_id = m.c"
	    "  AND p.target_wamid = m.d)",
	/* Reactions: is there one of his to this message, and do they count as
	 * unread? */
	[REACTED] = "SELECT m.a, CASE WHEN EXISTS (SELECT 1 FROM reactions AS o"
		    "  WHERE o.workspace_id = m.b AND o.number_id = m.c"
		    "  AND o.target_wamid = m.d AND o.sender = 'customer')"
		    " THEN 1 ELSE 0 END, w.reactions_unread"
		    " FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json))"
		    " AS m(a bigint, b bigint, c bigint, d text)"
		    " JOIN workspaces AS w ON w.id = m.b",
	/* In the order in which they came, which their ids keep.  $2: when
	 * their customers were seen, for messages_stored
	 * (schema/pgsql/messages.sql). */
	[STORE] = "INSERT INTO messages(workspace_id, number_id, wamid,"
		  " conversation_id, direction, source, type, content, context,"
		  " referral, preview, text, status, error, sender,"
		  " counts_unread, opens_window, placeholder, sent_at,"
		  " created_at, sighting_id, shown_name, error_code)"
		  " SELECT m.* FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS "
		  "json)) AS m("
		  " a bigint, b bigint, c text, d bigint, e text, f text,"
		  " g text, h text, i text, j text, k text, l text, m text,"
		  " n text, o text, p bigint, q bigint, r bigint, s bigint,"
		  " t bigint, u bigint, v text, w bigint),"
		  " set_config('waspool.seen', CAST($2 AS TEXT), true)"
		  " RETURNING id",
	[MEDIA] = "INSERT INTO media(workspace_id, message_id, number_id,"
		  " media_id, state, reason, mime_type, sha256, filename,"
		  " due_at, created_at)"
		  " SELECT m.*, m.j FROM json_to_recordset(CAST(CAST($1 AS "
		  "TEXT) AS json))"
		  " AS m(a bigint, b bigint, c bigint, d text, e text, f text,"
		  " g text, h text, i text, j bigint)",
	[REACTIONS] = "INSERT INTO reactions(workspace_id, number_id,"
		      " target_wamid, sender, emoji, at, wamid)"
		      " SELECT m.a, m.b, m.c, 'customer', m.d, m.e, m.f"
		      " FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json))"
		      " AS m(a bigint, b bigint, c text, d text, e bigint,"
		      " f text)",
	/* As unmatched.c has it, of the messages of REACTIONS. */
	[UNMATCHED] = "INSERT INTO unmatched(number_id, wamid, seen_at, bare)"
		      " SELECT m.b, m.c, CAST($2 AS BIGINT), 0"
		      " FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS json))"
		      " AS m(a bigint, b bigint, c text)"
		      " WHERE NOT EXISTS (SELECT 1 FROM messages AS o"
		      "  WHERE o.workspace_id = m.a AND o.number_id = m.b"
		      "  AND o.wamid = m.c)"
		      " ON CONFLICT(number_id, wamid) DO UPDATE SET"
		      " seen_at = excluded.seen_at, bare = 0",
	[GROWN] = "SELECT analyze_grown()",
};

const struct statements message_pgsql_statements = {
	.sql = message_pgsql_sql,
	.n = N_SQL,
	.engine = DB_PGSQL,
};

#define LISTS 256

enum message_pgsql_state { ASKED, NEW, STORED };

struct message_pgsql_one {
	int64_t number_id;
	const char *wamid;
	enum message_pgsql_state state;
	int asks; /* it counts as unread, being a reaction */
	struct message_pgsql_one *next; /* of those that hash alike */
};

/* A file of a message that is kept. */
struct message_pgsql_file {
	int64_t workspace_id, number_id, now;
	struct event_media media;
	int row; /* of which message */
};

struct message_pgsql {
	struct pool *pool;
	struct message_pgsql_one *list[LISTS];
	struct message_pgsql_one **asked; /* those of LOOK, in order */
	int n_asked, room;
	struct db_many looks, reacted; /* of those who are asked for */
	struct db_many rows, reactions;
	int64_t in[MESSAGE_PGSQL_MAX]; /* which conversation, of each row */
	struct db_many seen;	       /* some of those: since when */
	int64_t now;		       /* of the last that is kept */
	struct message_pgsql_file file[MESSAGE_PGSQL_MAX];
	int n_files;
};

struct message_pgsql *
message_pgsql_new(struct pool *pool)
{
	struct message_pgsql *s = pool_alloc(pool, sizeof(*s));

	s->pool = pool;
	s->looks.text.pool = s->reacted.text.pool = pool;
	s->rows.text.pool = s->reactions.text.pool = s->seen.text.pool = pool;
	return s;
}

static struct message_pgsql_one **
place_in_list(struct message_pgsql *s, int64_t number_id, const char *wamid)
{
	unsigned hash = (unsigned)number_id;
	struct message_pgsql_one **at;

	for (const char *c = wamid; *c != '\0'; c++)
		hash = hash * 31 + (unsigned char)*c;
	at = &s->list[hash % LISTS];
	while (*at != NULL && ((*at)->number_id != number_id ||
				  strcmp((*at)->wamid, wamid) != 0))
		at = &(*at)->next;
	return at;
}

static void
add_asked(struct message_pgsql *s, struct message_pgsql_one *one)
{
	if (s->n_asked == s->room) {
		struct message_pgsql_one **more;

		s->room = s->room > 0 ? 2 * s->room : 64;
		more = pool_alloc(s->pool, sizeof(*more) * (size_t)s->room);
		if (s->n_asked > 0)
			memcpy(
			    more, s->asked, sizeof(*more) * (size_t)s->n_asked);
		s->asked = more;
	}
	s->asked[s->n_asked++] = one;
}

static int
is_reaction(const struct event *e)
{
	return text_is(e->type, "reaction") && e->target_wamid != NULL;
}

/* Adds it: the new one, or NULL when it is there. */
static struct message_pgsql_one *
add_one(struct message_pgsql *s, int64_t number_id, const char *wamid)
{
	struct message_pgsql_one **at = place_in_list(s, number_id, wamid);

	if (*at != NULL)
		return NULL;
	*at = pool_alloc(s->pool, sizeof(**at));
	(*at)->number_id = number_id;
	(*at)->wamid = wamid;
	return *at;
}

/* Reacts to TARGET; of two by one set the second one is not new: it may count
 * more or less than the first. */
static void
ask_reaction(struct message_pgsql *s, const struct number_key *number,
    const char *target, struct message_pgsql_one *one)
{
	const char *key = pool_printf(s->pool, "to %s", target);

	if (add_one(s, number->id, key) == NULL)
		one->state = STORED;
	else
		db_many_add(&s->reacted,
		    DB_ARGS(db_int(s->n_asked), db_int(number->workspace_id),
			db_int(number->id), db_text(target)));
}

void
message_pgsql_ask(struct message_pgsql *s, const struct number_key *number,
    const struct event *ev)
{
	struct message_pgsql_one *one = add_one(s, number->id, ev->wamid);

	if (one == NULL)
		return;
	one->state = NEW;
	if (is_reaction(ev))
		ask_reaction(s, number, ev->target_wamid, one);
	db_many_add(
	    &s->looks, DB_ARGS(db_int(s->n_asked), db_int(number->workspace_id),
			   db_int(number->id), db_text(ev->wamid)));
	add_asked(s, one);
}

static int
look_at_reactions(struct db *db, struct message_pgsql *s)
{
	struct db_rows *r;
	int rc;

	if (s->reacted.n == 0)
		return 0;
	r = db_query(
	    db, message_pgsql_sql[REACTED], DB_ARGS(db_many_rows(&s->reacted)));
	while ((rc = db_next(r)) == 1) {
		struct message_pgsql_one *one = s->asked[db_col_int(r, 0)];

		if (db_col_int(r, 1) != 0)
			one->state = STORED;
		one->asks = db_col_int(r, 2) != 0;
	}
	db_end(r);
	db_many_clear(&s->reacted);
	return rc;
}

int
message_pgsql_look(struct db *db, struct message_pgsql *s)
{
	struct db_rows *r;
	int rc;

	if (s->n_asked == 0)
		return 0;
	r = db_query(
	    db, message_pgsql_sql[LOOK], DB_ARGS(db_many_rows(&s->looks)));
	while ((rc = db_next(r)) == 1)
		s->asked[db_col_int(r, 0)]->state = STORED;
	db_end(r);
	db_many_clear(&s->looks);
	if (rc != -1)
		rc = look_at_reactions(db, s);
	s->n_asked = 0;
	return rc;
}

/* What its row needs no look at others for; and a reaction, of one that is not
 * taken back. */
int
message_pgsql_is_plain(const struct event *e)
{
	if (!e->inbound || e->customer.group_id != NULL || e->shared != NULL ||
	    text_is(e->type, MESSAGE_PLACEHOLDER))
		return 0;
	return !is_reaction(e) || (e->source == EVENT_LIVE &&
				      e->emoji != NULL && *e->emoji != '\0');
}

/* The row of a reaction is one of reactions as well. */
static void
keep_reaction(struct message_pgsql *s, const struct number_key *number,
    const struct message *m)
{
	const struct event *e = m->event;

	db_many_add(&s->reactions,
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(e->target_wamid), db_text(e->emoji), db_int(e->at),
		db_text(m->wamid)));
}

static void
keep_file(struct message_pgsql *s, const struct number_key *number,
    const struct event_media *media, int64_t now)
{
	s->file[s->n_files++] = (struct message_pgsql_file){
		.workspace_id = number->workspace_id,
		.number_id = number->id,
		.now = now,
		.media = *media,
		.row = s->rows.n - 1,
	};
}

int
message_pgsql_keep(struct message_pgsql *s, const struct number_key *number,
    const struct message *m, int64_t now)
{
	struct message later = *m;
	struct event asking;
	struct message_pgsql_one *one;

	if (!message_pgsql_is_plain(m->event) || s->rows.n == MESSAGE_PGSQL_MAX)
		return 0;
	one = *place_in_list(s, number->id, m->wamid);
	if (one == NULL || one->state != NEW)
		return 0;
	one->state = STORED;
	s->now = now;
	if (is_reaction(m->event)) {
		keep_reaction(s, number, m);
		asking = *m->event;
		if (one->asks)
			asking.counts_unread = 1;
		later.event = &asking;
	}
	message_put_later(&s->rows, number, &later, now);
	s->in[s->rows.n - 1] = m->conversation_id;
	if (content_is_file(m->event->type))
		keep_file(s, number, &m->event->media, now);
	return 1;
}

int
message_pgsql_seen(struct message_pgsql *s, int64_t workspace_id,
    int64_t conversation_id, const struct profile *p)
{
	int i = 0;

	while (i < s->rows.n && s->in[i] != conversation_id)
		i++;
	if (i == s->rows.n)
		return 0;
	db_many_add(&s->seen, DB_ARGS(db_int(workspace_id),
				  db_int(conversation_id), db_int(p->phone_at),
				  db_int(p->user_id_at), db_int(p->name_at)));
	return 1;
}

static int
store_files(struct db *db, struct message_pgsql *s, const int64_t *ids)
{
	struct db_many rows = { .text.pool = s->pool };

	for (int i = 0; i < s->n_files; i++) {
		const struct message_pgsql_file *f = &s->file[i];
		const struct event_media *e = &f->media;

		db_many_add(
		    &rows, DB_ARGS(db_int(f->workspace_id), db_int(ids[f->row]),
			       db_int(f->number_id), db_text(e->id),
			       db_text(e->id != NULL ? "pending" : "missing"),
			       db_text(e->id != NULL
					   ? NULL
					   : "the provider sent no media id"),
			       db_text(e->mime_type), db_text(e->sha256),
			       db_text(e->filename), db_int(f->now)));
	}
	if (s->n_files == 0)
		return 0;
	s->n_files = 0;
	return db_run(
	    db, message_pgsql_sql[MEDIA], DB_ARGS(db_many_rows(&rows)));
}

/* Behind the messages: what they react to may be one of them. */
static int
store_reactions(struct db *db, struct message_pgsql *s)
{
	struct db_arg rows;

	if (s->reactions.n == 0)
		return 0;
	rows = db_many_rows(&s->reactions);
	if (db_run(db, message_pgsql_sql[REACTIONS], DB_ARGS(rows)) == -1 ||
	    db_run(db, message_pgsql_sql[UNMATCHED],
		DB_ARGS(rows, db_int(s->now))) == -1)
		return -1;
	db_many_clear(&s->reactions);
	return 0;
}

int
message_pgsql_store(struct db *db, struct message_pgsql *s)
{
	int64_t ids[MESSAGE_PGSQL_MAX];
	int n = s->rows.n;

	if (n == 0)
		return 0;
	if (db_get_ints(db, message_pgsql_sql[STORE],
		DB_ARGS(db_many_rows(&s->rows), db_many_rows(&s->seen)), ids,
		MESSAGE_PGSQL_MAX) != n)
		return -1;
	db_many_clear(&s->rows);
	db_many_clear(&s->seen);
	return store_files(db, s, ids) == -1 ? -1 : store_reactions(db, s);
}

int
message_pgsql_grown(struct db *db)
{
	int64_t due;

	return db_get_int(db, message_pgsql_sql[GROWN], DB_NONE, &due);
}
