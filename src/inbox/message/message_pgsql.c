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

#include "inbox/message/message.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/workspace/number.h"

enum { LOOK, STORE, MEDIA, GROWN, N_SQL };

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
	/* In the order in which they came, which their ids keep. */
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
		  " t bigint, u bigint, v text, w bigint)"
		  " RETURNING id",
	[MEDIA] = "INSERT INTO media(workspace_id, message_id, number_id,"
		  " media_id, state, reason, mime_type, sha256, filename,"
		  " due_at, created_at)"
		  " SELECT m.*, m.j FROM json_to_recordset(CAST(CAST($1 AS "
		  "TEXT) AS json))"
		  " AS m(a bigint, b bigint, c bigint, d text, e text, f text,"
		  " g text, h text, i text, j bigint)",
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
	struct db_many looks;
	struct db_many rows;
	struct message_pgsql_file file[MESSAGE_PGSQL_MAX];
	int n_files;
};

struct message_pgsql *
message_pgsql_new(struct pool *pool)
{
	struct message_pgsql *s = pool_alloc(pool, sizeof(*s));

	s->pool = s->looks.text.pool = s->rows.text.pool = pool;
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

void
message_pgsql_ask(
    struct message_pgsql *s, const struct number_key *number, const char *wamid)
{
	struct message_pgsql_one **at = place_in_list(s, number->id, wamid);

	if (*at != NULL)
		return;
	*at = pool_alloc(s->pool, sizeof(**at));
	**at = (struct message_pgsql_one){ number->id, wamid, ASKED, NULL };
	db_many_add(
	    &s->looks, DB_ARGS(db_int(s->n_asked), db_int(number->workspace_id),
			   db_int(number->id), db_text(wamid)));
	add_asked(s, *at);
}

int
message_pgsql_look(struct db *db, struct message_pgsql *s)
{
	struct db_rows *r;
	int rc;

	if (s->n_asked == 0)
		return 0;
	for (int i = 0; i < s->n_asked; i++)
		s->asked[i]->state = NEW;
	r = db_query(
	    db, message_pgsql_sql[LOOK], DB_ARGS(db_many_rows(&s->looks)));
	while ((rc = db_next(r)) == 1)
		s->asked[db_col_int(r, 0)]->state = STORED;
	db_end(r);
	s->n_asked = 0;
	db_many_clear(&s->looks);
	return rc;
}

/* What its row needs no look at others for. */
int
message_pgsql_is_plain(const struct event *e)
{
	return e->inbound && e->customer.group_id == NULL &&
	       e->shared == NULL && !text_is(e->type, MESSAGE_PLACEHOLDER) &&
	       !(text_is(e->type, "reaction") && e->target_wamid != NULL);
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
	struct message_pgsql_one *one;

	if (!message_pgsql_is_plain(m->event) || s->rows.n == MESSAGE_PGSQL_MAX)
		return 0;
	one = *place_in_list(s, number->id, m->wamid);
	if (one == NULL || one->state != NEW)
		return 0;
	one->state = STORED;
	message_put_later(&s->rows, number, m, now);
	if (content_is_file(m->event->type))
		keep_file(s, number, &m->event->media, now);
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

int
message_pgsql_store(struct db *db, struct message_pgsql *s)
{
	int64_t ids[MESSAGE_PGSQL_MAX];
	int n = s->rows.n;

	if (n == 0)
		return 0;
	if (db_get_ints(db, message_pgsql_sql[STORE],
		DB_ARGS(db_many_rows(&s->rows)), ids, MESSAGE_PGSQL_MAX) != n)
		return -1;
	db_many_clear(&s->rows);
	return store_files(db, s, ids);
}

int
message_pgsql_grown(struct db *db)
{
	int64_t due;

	return db_get_int(db, message_pgsql_sql[GROWN], DB_NONE, &due);
}
