/*
 * A message's row, the reactions to it, what it quotes, and who of those that
 * are no members any more sent it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_row.h"
#include "inbox/message/page/message_row_pgsql.h"

#define REACTIONS_MAX 1024 /* a group's message */
#define REACTION      64   /* bytes of one, beside its texts */

enum { REACTIONS, QUOTED, FORMER, N_SQL };

static const char *const message_row_sql[N_SQL] = {
	[REACTIONS] =
	    "SELECT emoji, sender, at FROM my_reactions"
	    " WHERE number_id = $1 AND target_wamid = $2 AND emoji <> ''"
	    " ORDER BY sender LIMIT $3",
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

void
message_row_read(
    struct db_rows *r, struct pool *pool, struct message_list_row *m)
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

/* From column I on. */
static struct message_list_reaction
read_reaction(struct db_rows *r, struct pool *pool, int i)
{
	return (struct message_list_reaction){
		.emoji = db_col_copy(r, pool, i),
		.from = db_col_copy(r, pool, i + 1),
		.at = db_col_int(r, i + 2),
	};
}

static size_t
bytes_of(const struct message_list_reaction *one)
{
	return strlen(one->emoji) + strlen(one->from) + REACTION;
}

static int
read_reactions(struct session *s, struct pool *pool, struct message_list_row *m,
    size_t *bytes)
{
	struct message_list_reaction one;
	struct db_rows *r;
	int rc;

	if (m->wamid == NULL)
		return 0;
	r = db_query(session_db(s), message_row_sql[REACTIONS],
	    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
		db_int(REACTIONS_MAX)));
	while ((rc = db_next(r)) == 1) {
		one = read_reaction(r, pool, 0);
		add_reaction(pool, m, &one);
		*bytes += bytes_of(&one);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Most messages quote nothing, and cost nothing here. */
static int
read_quoted(struct session *s, struct pool *pool, struct message_list_row *m)
{
	const char *wamid;
	struct db_rows *r;
	int rc;

	if (m->context == NULL || strstr(m->context, "\"wamid\"") == NULL)
		return 0;
	wamid = json_text(
	    json_parse(pool, m->context, strlen(m->context), NULL), "wamid");
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
message_row_rest(struct session *s, struct pool *pool,
    struct message_list_row *m, size_t *bytes)
{
	return read_reactions(s, pool, m, bytes) == -1 ||
		       read_quoted(s, pool, m) == -1 ||
		       read_former(s, pool, m) == -1
		   ? -1
		   : 0;
}

/* Of N messages together; 1, 0 it has to be one by one, -1. */
static int
read_all_reactions(
    struct session *s, struct pool *pool, struct message_list_row *all, int n)
{
	struct buf wamids = { .pool = pool }, numbers = { .pool = pool };
	struct message_list_reaction one;
	struct db_rows *r;
	int rc;

	for (int i = 0; i < n; i++) {
		const char *wamid = all[i].wamid != NULL ? all[i].wamid : "";

		if (strchr(wamid, '\n') != NULL)
			return 0;
		buf_printf(&wamids, "%s%s", i > 0 ? "\n" : "", wamid);
		buf_printf(&numbers, "%s%" PRId64, i > 0 ? "\n" : "",
		    all[i].number_id);
	}
	r = message_row_pgsql_reactions(
	    s, buf_end(&wamids), buf_end(&numbers), REACTIONS_MAX);
	while ((rc = db_next(r)) == 1) {
		one = read_reaction(r, pool, 1);
		add_reaction(pool, &all[db_col_int(r, 0) - 1], &one);
	}
	db_end(r);
	return rc == -1 ? -1 : 1;
}

/* What message_row_rest reads of each of N, where that is better asked for all:
 * the page ends where it would have ended one by one. */
static int
read_page_rest(struct session *s, struct pool *pool,
    struct message_list_row *all, int n, size_t bytes_max, int *more)
{
	int together = n > 0 ? read_all_reactions(s, pool, all, n) : 1;
	size_t bytes = 0;

	for (int i = 0; together != -1 && i < n; i++) {
		bytes += count_bytes(&all[i]);
		if (i > 0 && bytes > bytes_max) {
			*more = 1;
			return i;
		}
		for (size_t k = 0; k < all[i].n_reactions; k++)
			bytes += bytes_of(&all[i].reactions[k]);
		if ((!together &&
			read_reactions(s, pool, &all[i], &bytes) == -1) ||
		    read_quoted(s, pool, &all[i]) == -1 ||
		    read_former(s, pool, &all[i]) == -1)
			return -1;
	}
	return together == -1 ? -1 : n;
}

int
message_row_page(struct session *s, struct pool *pool, struct db_rows *r,
    struct message_list_row *out, int max, size_t bytes_max, int *more)
{
	int together = db_engine(session_db(s)) == DB_PGSQL;
	size_t bytes = 0;
	int n = 0, rc;

	*more = 0;
	while ((rc = db_next(r)) == 1) {
		*more = n == max;
		if (*more)
			break;
		message_row_read(r, pool, &out[n]);
		bytes += count_bytes(&out[n]);
		*more = n > 0 && bytes > bytes_max;
		if (*more)
			break;
		n++;
		if (!together &&
		    (rc = message_row_rest(s, pool, &out[n - 1], &bytes)) == -1)
			break;
	}
	db_end(r);
	if (rc == -1)
		return -1;
	return together ? read_page_rest(s, pool, out, n, bytes_max, more) : n;
}
