/*
 * One conversation as a member sees it: reading, marking, archiving, linking,
 * assigning, counting.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_cache.h"
#include "session/session_db.h"

#include "whatsapp/preview/preview_words.h"

#include "inbox/contact/contact_tag.h"
#include "inbox/contact/name_cache.h"
#include "inbox/contact/name_cache_pgsql.h"
#include "inbox/conversation/block.h"
#include "inbox/conversation/conversation.h"

enum {
	HAS,
	GET,
	NUMBER,
	MEMBER,
	READ,
	UNREAD,
	OPEN_AGAIN,
	CLOSE,
	SET_ASIDE,
	ASIDE,
	NOT_ASIDE,
	SAY_STATE,
	LINK,
	SAY_LINK,
	ASSIGN,
	SAY_ASSIGN,
	COUNTERS,
	UNANSWERED,
	IN_STATE,
	OPEN,
	N_SQL
};

/* It is not so already; since when it is pending is not said anew. */
#define OTHERWISE(STATE, AT)                                                   \
	" AND (state <> " STATE " OR state = 'snoozed' AND aside_at <> " AT ")"

static const char *const conversation_sql[N_SQL] = {
	[HAS] = "SELECT id FROM my_conversations WHERE id = $1",
	[GET] =
	    "SELECT" CONVERSATION_COLUMNS
	    " FROM my_conversations c" CONVERSATION_CONTACT CONVERSATION_LAST(
		"c") " WHERE c.id = $1",
	[NUMBER] = "SELECT phone_number_id FROM my_numbers WHERE id = $1",
	[MEMBER] = "SELECT name FROM my_members WHERE id = $1 UNION ALL"
		   " SELECT name FROM my_former_members WHERE id = $1",
	[READ] = "UPDATE my_conversations SET unread_count = 0, is_read = 1,"
		 " updated_at = $2"
		 " WHERE id = $1 AND (unread_count <> 0 OR is_read = 0)",
	[UNREAD] =
	    "UPDATE my_conversations SET is_read = 0,"
	    " unread_count = CASE WHEN unread_count > 0 THEN unread_count"
	    "  ELSE 1 END, updated_at = $2"
	    " WHERE id = $1 AND (unread_count = 0 OR is_read = 1)",
	[OPEN_AGAIN] = "UPDATE my_conversations SET status = 'active',"
		       " updated_at = $2 WHERE id = $1 AND status <> 'active'",
	[CLOSE] = "UPDATE my_conversations SET status = 'archived',"
		  " unanswered_since = NULL, updated_at = $2"
		  " WHERE id = $1 AND state <> 'closed'",
	[SET_ASIDE] = "UPDATE my_conversations SET status = 'archived',"
		      " updated_at = $2 WHERE id = $1" OTHERWISE("$3", "$4"),
	[ASIDE] = "INSERT INTO my_set_aside(conversation_id, state, at)"
		  " SELECT id, CAST($2 AS TEXT), CAST($3 AS BIGINT)"
		  " FROM my_conversations WHERE id = $1" OTHERWISE("$2", "$3"),
	[NOT_ASIDE] = "DELETE FROM my_set_aside WHERE conversation_id = $1",
	[LINK] = "UPDATE my_conversations SET contact_id = $3,"
		 " link = 'person', updated_at = $2 WHERE id = $1"
		 " AND (link <> 'person'"
		 "  OR COALESCE(contact_id, 0)"
		 "   <> COALESCE(CAST($3 AS BIGINT), 0))",
	[ASSIGN] = "UPDATE my_conversations SET assigned_to = $3,"
		   " updated_at = $2 WHERE id = $1"
		   " AND COALESCE(assigned_to, 0)"
		   "  <> COALESCE(CAST($3 AS BIGINT), 0)",
	/* What was done, before it is done: then it is seen whether it does
	 * anything. */
	[SAY_STATE] =
	    "INSERT INTO my_activities(conversation_id, kind, text,"
	    " subject, at) SELECT id, 'state', CAST($3 AS TEXT),"
	    " CASE WHEN CAST($4 AS BIGINT) > 0"
	    "  THEN CAST($4 AS BIGINT) END, CAST($2 AS BIGINT)"
	    " FROM my_conversations WHERE id = $1" OTHERWISE("$3", "$4"),
	[SAY_LINK] =
	    "INSERT INTO my_activities(conversation_id, kind, subject, at)"
	    " SELECT id, 'contact', CAST($3 AS BIGINT), CAST($2 AS BIGINT)"
	    " FROM my_conversations WHERE id = $1"
	    " AND COALESCE(contact_id, 0) <> COALESCE(CAST($3 AS BIGINT), 0)",
	[SAY_ASSIGN] =
	    "INSERT INTO my_activities(conversation_id, kind, subject, at)"
	    " SELECT id, 'assigned', CAST($3 AS BIGINT), CAST($2 AS BIGINT)"
	    " FROM my_conversations WHERE id = $1"
	    " AND COALESCE(assigned_to, 0) <> COALESCE(CAST($3 AS BIGINT), 0)",
	[COUNTERS] = "SELECT total, unread, archived FROM my_counters",
	[UNANSWERED] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_unanswered"
		       " LIMIT $1) AS my_rows",
	[IN_STATE] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_set_aside"
		     " WHERE state = $2 LIMIT $1) AS my_rows",
	/* Open windows: by counters those that end in a later hour, by rows
	 * those that end in this one. */
	[OPEN] = "SELECT (SELECT CAST(COALESCE(SUM(conversations), 0)"
		 "   AS BIGINT) FROM my_window_hours"
		 "  WHERE hour > CAST($1 AS BIGINT) / 3600)"
		 " + (SELECT COUNT(*) FROM my_conversations"
		 "  WHERE window_ends > $1"
		 "  AND window_ends < CAST($1 AS BIGINT) / 3600 * 3600 + 3600)",
};

const struct statements conversation_statements = {
	.sql = conversation_sql,
	.n = N_SQL,
	.also = STATEMENTS(&block_statements, &mark_on_statements,
	    &name_cache_pgsql_statements),
};

/* At most PREVIEW_MAX code points of S: its row has a text whole when somebody
 * else stored the message (update_conversation_on_message). */
static char *
cut_preview(char *s)
{
	int letters = 0;

	if (s == NULL || strlen(s) <= PREVIEW_MAX)
		return s;
	for (char *at = s; *at != '\0'; at++)
		if (((unsigned char)*at & 0xc0) != 0x80 &&
		    letters++ == PREVIEW_MAX)
			*at = '\0';
	return s;
}

void
conversation_read_row(
    struct db_rows *r, struct pool *pool, struct conversation *c)
{
	*c = (struct conversation){
		.last_message_at = db_col_int(r, 0),
		.id = db_col_int(r, 1),
		.phone = db_col_copy(r, pool, 2),
		.user_id = db_col_copy(r, pool, 3),
		.number_id = db_col_int(r, 4),
		.profile_name = db_col_copy(r, pool, 5),
		.status = db_col_copy(r, pool, 6),
		.is_read = (int)db_col_int(r, 7),
		.unread_count = db_col_int(r, 8),
		.last_customer_message_at = db_col_int(r, 9),
		.preview = cut_preview(db_col_copy(r, pool, 10)),
		.contact_id = db_col_int(r, 11),
		.contact_name = db_col_copy(r, pool, 12),
		.contact_phone = db_col_copy(r, pool, 13),
		.assigned_to = db_col_int(r, 14),
		.created_at = db_col_int(r, 15),
		.updated_at = db_col_int(r, 16),
		.window_ends = db_col_int(r, 17),
		.tag_ids = db_col_copy(r, pool, 18),
		.last = { .id = db_col_int(r, 19),
		    .type = db_col_copy(r, pool, 20),
		    .direction = db_col_copy(r, pool, 21),
		    .status = db_col_copy(r, pool, 22),
		    .sender = db_col_copy(r, pool, 23),
		    .sent_by = db_col_int(r, 24),
		    .source = db_col_copy(r, pool, 25),
		    .context = db_col_copy(r, pool, 27),
		    .call = db_col_copy(r, pool, 38) },
		.group_id = db_col_copy(r, pool, 26),
		.username = db_col_copy(r, pool, 28),
		.blocked = db_col_int(r, 29),
		.marketing = db_col_copy(r, pool, 30),
		.marketing_at = db_col_int(r, 31),
		.marketing_source = db_col_copy(r, pool, 32),
		.state = db_col_copy(r, pool, 33),
		.aside_at = db_col_int(r, 34),
		.unanswered_since = db_col_int(r, 35),
		.phone_book_name = db_col_copy(r, pool, 36),
		.mark_ids = db_col_copy(r, pool, 37),
	};
}

static int
find_block(struct session *s, struct pool *pool, struct conversation *c,
    struct name_cache *members)
{
	struct block_state *b = pool_alloc(pool, sizeof(*b));
	int rc = block_get(s, pool, c->id, b);

	if (rc == 1)
		c->block = b;
	if (rc == 1 && b->asked_by != 0)
		rc = name_cache_find(members, s, pool, conversation_sql[MEMBER],
		    b->asked_by, &b->asked_by_name);
	return rc;
}

static void
add_id(struct buf *b, int64_t id)
{
	if (id != 0)
		buf_printf(b, "%" PRId64 " ", id);
}

/* " 3  7 ", or NULL. */
static void
add_ids(struct buf *b, const char *ids)
{
	char *end = NULL;
	int64_t id;

	for (; ids != NULL && *ids != '\0'; ids = end) {
		id = strtoll(ids, &end, 10);
		if (end == ids)
			return;
		add_id(b, id);
	}
}

/* All that N conversations want, at once: 0, -1. */
static int
find_names(struct session *s, struct pool *pool, const struct conversation *c,
    int n, struct name_cache *const *into)
{
	struct buf b[NAME_CACHE_KINDS] = { { .pool = NULL } };
	const char *ids[NAME_CACHE_KINDS];

	for (int i = 0; i < NAME_CACHE_KINDS; i++)
		b[i].pool = pool;
	for (; n > 0; n--, c++) {
		add_id(&b[NAME_CACHE_NUMBER], c->number_id);
		add_id(&b[NAME_CACHE_MEMBER], c->assigned_to);
		add_id(&b[NAME_CACHE_MEMBER], c->last.sent_by);
		add_ids(&b[NAME_CACHE_TAG], c->tag_ids);
		add_ids(&b[NAME_CACHE_MARK], c->mark_ids);
	}
	for (int i = 0; i < NAME_CACHE_KINDS; i++)
		ids[i] = buf_end(&b[i]);
	return name_cache_pgsql_fill(s, pool, ids, into);
}

int
conversation_name_all(
    struct session *s, struct pool *pool, struct conversation *c, int n)
{
	struct name_cache numbers, members, tags, marks;
	int rc = 0;

	numbers.n = members.n = tags.n = marks.n = 0;
	if (n > 0 && db_engine(session_db(s)) == DB_PGSQL)
		rc = find_names(s, pool, c, n,
		    (struct name_cache *const[]){
			[NAME_CACHE_NUMBER] = &numbers,
			[NAME_CACHE_MEMBER] = &members,
			[NAME_CACHE_TAG] = &tags,
			[NAME_CACHE_MARK] = &marks });
	for (; n > 0 && rc != -1; n--, c++) {
		if (c->is_cached)
			continue;
		rc =
		    name_cache_find(&numbers, s, pool, conversation_sql[NUMBER],
			c->number_id, &c->phone_number_id);
		if (rc != -1 && c->assigned_to != 0)
			rc = name_cache_find(&members, s, pool,
			    conversation_sql[MEMBER], c->assigned_to,
			    &c->assigned_name);
		if (rc != -1 && c->last.sent_by != 0)
			rc = name_cache_find(&members, s, pool,
			    conversation_sql[MEMBER], c->last.sent_by,
			    &c->last.sent_by_name);
		if (rc != -1 && c->blocked != 0)
			rc = find_block(s, pool, c, &members);
		if (rc != -1)
			rc = contact_tag_names(
			    s, pool, c->tag_ids, &tags, &c->tags);
		c->n_tags = rc > 0 ? (size_t)rc : 0;
		if (rc != -1)
			rc = mark_on_read(
			    s, pool, c->mark_ids, &marks, &c->marks);
	}
	return rc == -1 ? -1 : 0;
}

void
conversation_prefetch_has(struct session *s, int64_t id)
{
	db_prefetch(session_db(s), conversation_sql[HAS], DB_ARGS(db_int(id)));
}

int
conversation_has(struct session *s, int64_t id)
{
	int64_t same = 0;

	return db_get_int(
	    session_db(s), conversation_sql[HAS], DB_ARGS(db_int(id)), &same);
}

void
conversation_prefetch_row(struct session *s, int64_t id)
{
	db_prefetch(session_db(s), conversation_sql[GET], DB_ARGS(db_int(id)));
}

int
conversation_get_row(
    struct session *s, struct pool *pool, int64_t id, struct conversation *c)
{
	struct db_rows *r =
	    db_query(session_db(s), conversation_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		conversation_read_row(r, pool, c);
	db_end(r);
	return rc;
}

int
conversation_get(
    struct session *s, struct pool *pool, int64_t id, struct conversation *c)
{
	int rc = conversation_get_row(s, pool, id, c);

	return rc == 1 && conversation_name_all(s, pool, c, 1) == -1 ? -1 : rc;
}

int
conversation_mark_read(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), conversation_sql[READ],
	    DB_ARGS(db_int(id), db_int(now)));
}

int
conversation_mark_unread(struct session *s, int64_t id, int64_t now)
{
	return db_run(session_db(s), conversation_sql[UNREAD],
	    DB_ARGS(db_int(id), db_int(now)));
}

/* Archived, with the state beside it. */
static int
set_aside(
    struct session *s, int64_t id, const char *state, int64_t at, int64_t now)
{
	struct db *db = session_db(s);

	if (db_run(db, conversation_sql[SET_ASIDE],
		DB_ARGS(db_int(id), db_int(now), db_text(state), db_int(at))) ==
	    -1)
		return -1;
	return db_run(db, conversation_sql[ASIDE],
	    DB_ARGS(db_int(id), db_text(state), db_int(at)));
}

int
conversation_set_state(struct session *s, int64_t id, const char *state,
    int64_t until, int64_t now)
{
	struct db *db = session_db(s);
	const struct db_arg *args = DB_ARGS(db_int(id), db_int(now));
	int64_t at = text_is(state, "snoozed") ? until : now;

	if (db_run(db, conversation_sql[SAY_STATE],
		DB_ARGS(db_int(id), db_int(now), db_text(state),
		    db_int(text_is(state, "snoozed") ? until : 0))) == -1)
		return -1;
	if (text_is(state, "open"))
		return db_run(db, conversation_sql[OPEN_AGAIN], args);
	if (!text_is(state, "closed"))
		return set_aside(s, id, state, at, now);
	return db_run(db, conversation_sql[CLOSE], args) == -1
		   ? -1
		   : db_run(
			 db, conversation_sql[NOT_ASIDE], DB_ARGS(db_int(id)));
}

int
conversation_link(
    struct session *s, int64_t id, int64_t contact_id, int64_t now)
{
	const struct db_arg *args =
	    DB_ARGS(db_int(id), db_int(now), db_id(contact_id));

	return db_run(session_db(s), conversation_sql[SAY_LINK], args) == -1
		   ? -1
		   : db_run(session_db(s), conversation_sql[LINK], args);
}

int
conversation_assign(struct session *s, int64_t id, int64_t user_id, int64_t now)
{
	const struct db_arg *args =
	    DB_ARGS(db_int(id), db_int(now), db_id(user_id));

	return db_run(session_db(s), conversation_sql[SAY_ASSIGN], args) == -1
		   ? -1
		   : db_run(session_db(s), conversation_sql[ASSIGN], args);
}

/* What conversation_stats asks behind the first. */
static void
prefetch_counts(struct db *db, int64_t now)
{
	const struct db_arg max = db_int(CONVERSATION_COUNT_MAX);

	db_prefetch(db, conversation_sql[OPEN], DB_ARGS(db_int(now)));
	db_prefetch(db, conversation_sql[UNANSWERED], DB_ARGS(max));
	db_prefetch(
	    db, conversation_sql[IN_STATE], DB_ARGS(max, db_text("pending")));
	db_prefetch(
	    db, conversation_sql[IN_STATE], DB_ARGS(max, db_text("snoozed")));
}

static int
count_work(struct db *db, struct conversation_stats *out)
{
	const struct db_arg max = db_int(CONVERSATION_COUNT_MAX);

	if (db_get_int(db, conversation_sql[UNANSWERED], DB_ARGS(max),
		&out->unanswered) == -1 ||
	    db_get_int(db, conversation_sql[IN_STATE],
		DB_ARGS(max, db_text("pending")), &out->pending) == -1 ||
	    db_get_int(db, conversation_sql[IN_STATE],
		DB_ARGS(max, db_text("snoozed")), &out->snoozed) == -1)
		return -1;
	return 0;
}

/* Some thousand rows may be counted, so the counts are kept as a text. */
static int
count_or_keep(struct session *s, struct conversation_stats *out)
{
	const char *kept = session_cache_get(s, SESSION_CACHE_COUNTS);
	char text[64];

	if (kept != NULL &&
	    sscanf(kept, "%" SCNd64 " %" SCNd64 " %" SCNd64, &out->unanswered,
		&out->pending, &out->snoozed) == 3)
		return 0;
	if (count_work(session_db(s), out) == -1)
		return -1;
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 " %" PRId64,
	    out->unanswered, out->pending, out->snoozed);
	session_cache_put(
	    s, SESSION_CACHE_COUNTS, text, strlen(text), INT64_MAX);
	return 0;
}

int
conversation_stats(
    struct session *s, int64_t now, struct conversation_stats *out)
{
	struct db_rows *r;
	int64_t open = 0;
	int rc;

	prefetch_counts(session_db(s), now);
	r = db_query(session_db(s), conversation_sql[COUNTERS], DB_NONE);
	rc = db_next(r);
	*out = (struct conversation_stats){ 0 };
	if (rc == 1) {
		out->total = db_col_int(r, 0);
		out->unread = db_col_int(r, 1);
		out->archived = db_col_int(r, 2);
	}
	db_end(r);
	if (rc == -1 || db_get_int(session_db(s), conversation_sql[OPEN],
			    DB_ARGS(db_int(now)), &open) == -1)
		return -1;
	out->window_closed = out->total - open;
	return count_or_keep(s, out);
}
