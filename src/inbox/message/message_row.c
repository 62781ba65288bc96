/*
 * A message's row, the reactions to it, what it quotes, and who of those that
 * are no members any more sent it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_row.h"
#include "inbox/message/page/message_row_pgsql.h"

#define REACTION       64    /* bytes of one, beside its texts */
#define NEAR_MAX       256   /* rows of one look */
#define NEAR_BYTES_MAX 32768 /* of what it took */
#define PER_STRANGER   8     /* messages of a page for each that is no use */

enum { REACTIONS, NEAR, QUOTED, FORMER, N_SQL };

static const char *const message_row_sql[N_SQL] = {
	[REACTIONS] =
	    "SELECT emoji, sender, at FROM my_reactions"
	    " WHERE number_id = $1 AND target_wamid = $2 AND emoji <> ''"
	    " ORDER BY sender LIMIT $3",
	/* Also those that were taken back: they count as strangers. */
	[NEAR] = "SELECT emoji, sender, at, target_wamid FROM my_reactions"
		 " WHERE number_id = $1 AND target_wamid >= $2"
		 " AND target_wamid <= $3"
		 " ORDER BY target_wamid, sender LIMIT $4",
	[QUOTED] = "SELECT m.id, " MESSAGE_ROW_MERGED_TO " FROM my_messages m"
		   " WHERE m.number_id = $1 AND m.wamid = $2",
	[FORMER] = "SELECT name FROM my_former_members WHERE id = $1",
};

const struct statements message_row_statements = {
	.sql = message_row_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_row_pgsql_statements),
};

/* The state of its file, and behind it how large it is, where that is known:
 * one look for both. */
static void
read_media(struct message_list_row *m, char *s)
{
	char *width = s == NULL ? NULL : strchr(s, ' '), *height;

	m->media_state = s;
	if (width == NULL)
		return;
	*width++ = '\0';
	m->media_width = (int)strtol(width, &height, 10);
	m->media_height = (int)strtol(height, NULL, 10);
}

/* The bytes of its long texts. */
static size_t
count_bytes(const struct message_list_row *m)
{
	const char *const longs[] = { m->wamid, m->content, m->context,
		m->referral, m->error, m->sender, m->original };
	size_t all = 0;

	for (size_t i = 0; i < sizeof(longs) / sizeof(longs[0]); i++)
		if (longs[i] != NULL)
			all += strlen(longs[i]);
	return all;
}

/* Room doubles and doubles again. */
static void
add_reaction(struct pool *pool, struct message_list_row *m,
    const struct message_list_reaction *one)
{
	struct message_list_reaction *grown;
	size_t room = 2;

	while (room < m->n_reactions)
		room *= 4;
	if (m->n_reactions == 0 || m->n_reactions == room) {
		room = m->n_reactions == 0 ? 2 : 4 * room;
		grown = pool_alloc(pool, sizeof(*one) * room);
		for (size_t i = 0; i < m->n_reactions; i++)
			grown[i] = m->reactions[i];
		m->reactions = grown;
	}
	m->reactions[m->n_reactions++] = *one;
}

/* What M quotes; most messages quote nothing, and cost nothing here. */
static const char *
quoted_wamid(struct pool *pool, const struct message_list_row *m)
{
	if (m->context == NULL || strstr(m->context, "\"wamid\"") == NULL)
		return NULL;
	return json_text(
	    json_parse(pool, m->context, strlen(m->context), NULL), "wamid");
}

static void
read_reactions_of(
    struct pool *pool, const char *text, struct message_list_row *m)
{
	const struct json *e = NULL;

	if (text != NULL)
		e = json_first(json_parse(pool, text, strlen(text), NULL));
	for (; e != NULL; e = json_next(e)) {
		const struct json *emoji = json_first(e);
		const struct json *from = json_next(emoji);
		struct message_list_reaction one = {
			.emoji = json_string(emoji),
			.from = json_string(from),
		};

		if (one.from == NULL)
			one.from = "";
		json_integer(json_next(from), &one.at);
		if (one.emoji != NULL)
			add_reaction(pool, m, &one);
	}
}

/* What stands in the row on PostgreSQL. */
static void
read_more(struct db_rows *r, struct pool *pool, struct message_list_row *m)
{
	const char *wamid = quoted_wamid(pool, m);
	char *quoted = db_col_copy(r, pool, MESSAGE_ROW_PGSQL_QUOTED);

	read_reactions_of(
	    pool, db_col_copy(r, pool, MESSAGE_ROW_PGSQL_REACTIONS), m);
	m->is_whole =
	    wamid == NULL ||
	    text_is(db_col_copy(r, pool, MESSAGE_ROW_PGSQL_WAMID), wamid);
	if (quoted == NULL || !m->is_whole)
		return;
	m->quoted_id = strtoll(quoted, &quoted, 10);
	m->quoted_conversation_id = strtoll(quoted, NULL, 10);
}

void
message_row_read(struct session *s, struct db_rows *r, struct pool *pool,
    struct message_list_row *m)
{
	*m = (struct message_list_row){
		.id = db_col_int(r, 0),
		.conversation_id = db_col_int(r, 1),
		.number_id = db_col_int(r, 2),
		.wamid = db_col_copy(r, pool, 3),
		.direction = db_col_copy(r, pool, 4),
		.type = db_col_copy(r, pool, 5),
		.content = db_col_copy(r, pool, 6),
		.status = db_col_copy(r, pool, 7),
		.context = db_col_copy(r, pool, 8),
		.referral = db_col_copy(r, pool, 9),
		.error = db_col_copy(r, pool, 10),
		.sender = db_col_copy(r, pool, 11),
		.sent_by = db_col_int(r, 13),
		.sent_by_name = db_col_copy(r, pool, 14),
		.sent_at = db_col_int(r, 15),
		.edited_at = db_col_int(r, 16),
		.revoked_at = db_col_int(r, 17),
		.created_at = db_col_int(r, 18),
		.source = db_col_copy(r, pool, 19),
		.original = db_col_copy(r, pool, 20),
		.original_type = db_col_copy(r, pool, 21),
	};
	read_media(m, db_col_copy(r, pool, 12));
	m->bytes = count_bytes(m);
	if (db_engine(session_db(s)) == DB_PGSQL)
		read_more(r, pool, m);
}

static size_t
bytes_of(const struct message_list_reaction *one)
{
	return strlen(one->emoji) + strlen(one->from) + REACTION;
}

static size_t
count_reaction_bytes(const struct message_list_row *m)
{
	size_t all = 0;

	for (size_t i = 0; i < m->n_reactions; i++)
		all += bytes_of(&m->reactions[i]);
	return all;
}

/* How many bytes it takes. */
static size_t
take_reaction(struct db_rows *r, struct pool *pool, struct message_list_row *m)
{
	struct message_list_reaction one = {
		.emoji = db_col_copy(r, pool, 0),
		.from = db_col_copy(r, pool, 1),
		.at = db_col_int(r, 2),
	};

	add_reaction(pool, m, &one);
	return bytes_of(&one);
}

static int
read_reactions(struct session *s, struct pool *pool, struct message_list_row *m)
{
	struct db_rows *r;
	int rc;

	if (m->has_reactions || m->wamid == NULL)
		return 0;
	r = db_query(session_db(s), message_row_sql[REACTIONS],
	    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
		db_int(MESSAGE_ROW_PGSQL_REACTIONS_MAX)));
	while ((rc = db_next(r)) == 1)
		take_reaction(r, pool, m);
	db_end(r);
	m->has_reactions = rc == 0;
	return rc;
}

/* The first and the last wamid of N messages, byte by byte: 1; 0 none has one,
 * or they are of several numbers. */
static int
find_range(const struct message_list_row *all, int n, const char **first,
    const char **last)
{
	*first = *last = NULL;
	for (int i = 0; i < n; i++) {
		const char *wamid = all[i].wamid;

		if (all[i].number_id != all[0].number_id)
			return 0;
		if (wamid == NULL)
			continue;
		if (*first == NULL || strcmp(wamid, *first) < 0)
			*first = wamid;
		if (*last == NULL || strcmp(wamid, *last) > 0)
			*last = wamid;
	}
	return *first != NULL;
}

/* NULL: it is on another page, or another customer's. */
static struct message_list_row *
find_target(struct message_list_row *all, int n, const char *wamid)
{
	for (int i = 0; i < n; i++)
		if (text_is(all[i].wamid, wamid))
			return &all[i];
	return NULL;
}

/* Takes the rows of N messages; NULL, or the wamid at which it stopped. */
static const char *
take_near(struct db_rows *r, struct pool *pool, struct message_list_row *all,
    int n, int *rc)
{
	struct message_list_row *target = NULL;
	int strangers = n / PER_STRANGER, rows = 0;
	size_t bytes = 0;

	while ((*rc = db_next(r)) == 1) {
		const char *wamid = db_col_text(r, 3);

		if (++rows == NEAR_MAX || bytes > NEAR_BYTES_MAX)
			return pool_copy(pool, wamid);
		if (target == NULL || !text_is(target->wamid, wamid))
			target = find_target(all, n, wamid);
		if (target != NULL && *db_col_text(r, 0) != '\0')
			bytes += take_reaction(r, pool, target);
		else if (strangers-- == 0)
			return pool_copy(pool, wamid);
	}
	return NULL;
}

/*
 * Reads those of N messages of one number by one look, as far as little else
 * lies between them; the others are left to read_reactions.  0, -1.
 *
 * Most messages have none, and the wamids of one customer begin alike: what
 * lies between the first and the last of a page is hardly more than its own,
 * mostly nothing.
 */
static int
read_near_reactions(
    struct session *s, struct pool *pool, struct message_list_row *all, int n)
{
	const char *first, *last, *stop;
	struct db_rows *r;
	int rc;

	if (n < PER_STRANGER || db_engine(session_db(s)) == DB_PGSQL ||
	    !find_range(all, n, &first, &last))
		return 0;
	r = db_query(session_db(s), message_row_sql[NEAR],
	    DB_ARGS(db_int(all[0].number_id), db_text(first), db_text(last),
		db_int(NEAR_MAX)));
	stop = take_near(r, pool, all, n, &rc);
	db_end(r);
	for (int i = 0; i < n && rc != -1; i++) {
		all[i].has_reactions = stop == NULL || all[i].wamid == NULL ||
				       strcmp(all[i].wamid, stop) < 0;
		if (!all[i].has_reactions) /* there may be more */
			all[i].n_reactions = 0;
	}
	return rc == -1 ? -1 : 0;
}

static int
read_quoted(struct session *s, struct pool *pool, struct message_list_row *m)
{
	const char *wamid = quoted_wamid(pool, m);
	struct db_rows *r;
	int rc;

	if (wamid == NULL)
		return 0;
	r = db_query(session_db(s), message_row_sql[QUOTED],
	    DB_ARGS(db_int(m->number_id), db_text(wamid)));
	rc = db_next(r);
	if (rc == 1) {
		m->quoted_id = db_col_int(r, 0);
		m->quoted_conversation_id = db_col_int(r, 1);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Members are read with the row; who sent it has seldom left. */
static int
read_former(struct session *s, struct pool *pool, struct message_list_row *m)
{
	struct db_rows *r;
	int rc;

	if (m->sent_by == 0 || m->sent_by_name != NULL)
		return 0;
	r = db_query(session_db(s), message_row_sql[FORMER],
	    DB_ARGS(db_int(m->sent_by)));
	rc = db_next(r);
	if (rc == 1)
		m->sent_by_name = db_col_copy(r, pool, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
message_row_rest(
    struct session *s, struct pool *pool, struct message_list_row *m)
{
	if (db_engine(session_db(s)) == DB_PGSQL)
		return m->is_whole ? 0 : read_quoted(s, pool, m);
	return read_reactions(s, pool, m) == -1 ||
		       read_quoted(s, pool, m) == -1 ||
		       read_former(s, pool, m) == -1
		   ? -1
		   : 0;
}

/* Of N, the rest; the page ends where what was read of it is too large. */
static int
read_page_rest(struct session *s, struct pool *pool,
    struct message_list_row *all, int n, size_t bytes_max, int *more)
{
	size_t bytes = 0;

	for (int i = 0; i < n; i++) {
		bytes += all[i].bytes;
		if (i > 0 && bytes > bytes_max) {
			*more = 1;
			return i;
		}
		if (message_row_rest(s, pool, &all[i]) == -1)
			return -1;
		bytes += count_reaction_bytes(&all[i]);
	}
	return n;
}

int
message_row_page(struct session *s, struct pool *pool, struct db_rows *r,
    struct message_list_row *out, int max, size_t bytes_max, int *more)
{
	size_t bytes = 0;
	int n = 0, rc;

	*more = 0;
	while ((rc = db_next(r)) == 1) {
		*more = n == max;
		if (*more)
			break;
		message_row_read(s, r, pool, &out[n]);
		bytes += out[n].bytes;
		*more = n > 0 && bytes > bytes_max;
		if (*more)
			break;
		bytes += count_reaction_bytes(&out[n++]);
	}
	db_end(r);
	if (rc == -1 || read_near_reactions(s, pool, out, n) == -1)
		return -1;
	return read_page_rest(s, pool, out, n, bytes_max, more);
}
