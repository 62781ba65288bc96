/*
 * Lists the messages of a conversation, one page at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_list.h"

#define REACTIONS_MAX 1024 /* a group's message */
#define REACTION      64   /* bytes of one, beside its texts */

enum { PARTS, PAGE, ONE, PLACE, FILE_OF, REACTIONS, N_SQL };

#define PARTS_MAX 15

#define MESSAGE(CONVERSATION)                                                  \
	"SELECT m.id, " CONVERSATION ", m.number_id, m.wamid,"                 \
	" m.direction, m.type, m.content, m.status, m.context, m.referral,"    \
	" m.error, m.sender, (SELECT f.state FROM my_media f"                  \
	"  WHERE f.message_id = m.id), m.sent_by,"                             \
	" (SELECT u.name FROM my_members u WHERE u.id = m.sent_by),"           \
	" m.sent_at, m.edited_at, m.revoked_at, m.created_at"                  \
	" FROM my_messages m "

#define MERGED_TO                                                              \
	"COALESCE((SELECT g.keep FROM my_merges g"                             \
	" WHERE g.gone = m.conversation_id), m.conversation_id)"

static const char *const sql[N_SQL] = {
	/* Conversations that are being merged into this one: their messages
	 * still have to be moved (merge.h). */
	[PARTS] = "SELECT gone FROM my_merges WHERE keep = $1 LIMIT $2",
	[PAGE] =
	    MESSAGE("CAST($5 AS BIGINT)") "WHERE m.conversation_id = $1"
					  " AND (m.sent_at, m.id) < ($2, $3)"
					  " ORDER BY m.sent_at DESC, m.id DESC "
					  "LIMIT $4",
	[ONE] = MESSAGE(MERGED_TO) "WHERE m.id = $1",
	[FILE_OF] = "SELECT state, reason, mime_type, filename, path"
		    " FROM my_media WHERE message_id = $1",
	[PLACE] = "SELECT sent_at, id FROM my_messages"
		  " WHERE id = $2 AND (conversation_id = $1"
		  "  OR conversation_id IN (SELECT gone FROM my_merges"
		  "  WHERE keep = $1))",
	[REACTIONS] =
	    "SELECT emoji, sender, at FROM my_reactions"
	    " WHERE number_id = $1 AND target_wamid = $2 AND emoji <> ''"
	    " ORDER BY sender LIMIT $3",
};

const struct statements message_list_statements = {
	.sql = sql,
	.n = N_SQL,
};

static void
read_row_item(struct db_rows *r, struct pool *pool, struct message_list_row *m)
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
		.media_state = db_col_copy(r, pool, 12),
		.sent_by = db_col_int(r, 13),
		.sent_by_name = db_col_copy(r, pool, 14),
		.sent_at = db_col_int(r, 15),
		.edited_at = db_col_int(r, 16),
		.revoked_at = db_col_int(r, 17),
		.created_at = db_col_int(r, 18),
	};
}

/* The bytes of the current row's long columns. */
static size_t
row_bytes(struct db_rows *r)
{
	static const int longs[] = { 3, 6, 8, 9, 10, 11 };
	size_t len, all = 0;

	for (size_t i = 0; i < sizeof(longs) / sizeof(longs[0]); i++) {
		db_col_blob(r, longs[i], &len);
		all += len;
	}
	return all;
}

/* Reads the reactions of M, and adds their size to *BYTES. */
static int
read_reactions(struct session *s, struct pool *pool, struct message_list_row *m,
    size_t *bytes)
{
	struct message_list_reaction one, *grown;
	size_t room = 0;
	struct db_rows *r;
	int rc;

	if (m->wamid == NULL)
		return 0;
	r = db_query(session_db(s), sql[REACTIONS],
	    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
		db_int(REACTIONS_MAX)));
	while ((rc = db_next(r)) == 1) {
		one.emoji = db_col_copy(r, pool, 0);
		one.from = db_col_copy(r, pool, 1);
		one.at = db_col_int(r, 2);
		if (m->n_reactions == room) {
			room = room == 0 ? 2 : 4 * room;
			grown = pool_alloc(pool, sizeof(one) * room);
			for (size_t i = 0; i < m->n_reactions; i++)
				grown[i] = m->reactions[i];
			m->reactions = grown;
		}
		m->reactions[m->n_reactions++] = one;
		*bytes += strlen(one.emoji) + strlen(one.from) + REACTION;
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Reads a page of conversation PART, as messages of CONVERSATION_ID: how
 * many, or -1. */
static int
read_page(struct session *s, struct pool *pool, int64_t part,
    int64_t conversation_id, struct message_list_place before,
    struct message_list_row *out, int max, int *more)
{
	struct db_rows *r = db_query(session_db(s), sql[PAGE],
	    DB_ARGS(db_int(part), db_int(before.sent_at), db_int(before.id),
		db_int(max + 1), db_int(conversation_id)));
	size_t bytes = 0;
	int n = 0, rc;

	*more = 0;
	while ((rc = db_next(r)) == 1) {
		bytes += row_bytes(r);
		*more = n == max || (n > 0 && bytes > MESSAGE_LIST_BYTES_MAX);
		if (*more)
			break;
		read_row_item(r, pool, &out[n]);
		if ((rc = read_reactions(s, pool, &out[n++], &bytes)) == -1)
			break;
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

static int
newest_first(const void *a, const void *b)
{
	const struct message_list_row *x = a, *y = b;

	if (x->sent_at != y->sent_at)
		return x->sent_at < y->sent_at ? 1 : -1;
	return (x->id < y->id) - (x->id > y->id);
}

/* Reads a page of each of PARTS into ALL (N messages of the first are
 * there), and sorts them.  A part with more messages ends the page at its
 * last one: older messages of other parts are left to the next page.  How
 * many, newest first; or -1. */
static int
read_parts(struct session *s, struct pool *pool, const int64_t *parts,
    int n_parts, struct message_list_place before, struct message_list_row *all,
    int n, int max, int *more)
{
	struct message_list_row *end = *more ? &all[n - 1] : NULL;
	int further, got;

	for (int i = 1; i < n_parts; i++) {
		got = read_page(s, pool, parts[i], parts[0], before, all + n,
		    max, &further);
		if (got == -1)
			return -1;
		n += got;
		if (further &&
		    (end == NULL || newest_first(&all[n - 1], end) < 0))
			end = &all[n - 1];
		*more |= further;
	}
	if (end != NULL) {
		const struct message_list_row last = *end;

		qsort(all, (size_t)n, sizeof(*all), newest_first);
		while (newest_first(&last, &all[n - 1]) < 0)
			n--;
	} else
		qsort(all, (size_t)n, sizeof(*all), newest_first);
	*more |= n > max;
	return n < max ? n : max;
}

/* Adds to PARTS the conversations that are being merged into its first: how
 * many in all, -1. */
static int
find_parts(struct session *s, int64_t *parts)
{
	struct db_rows *r = db_query(session_db(s), sql[PARTS],
	    DB_ARGS(db_int(parts[0]), db_int(PARTS_MAX)));
	int n = 1, rc;

	while ((rc = db_next(r)) == 1 && n <= PARTS_MAX)
		parts[n++] = db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
message_list_read(struct session *s, struct pool *pool, int64_t conversation_id,
    struct message_list_place before, struct message_list_row *out, int max,
    int *more)
{
	int64_t parts[PARTS_MAX + 1] = { conversation_id };
	struct message_list_row *all;
	int n_parts = find_parts(s, parts), n;

	n = read_page(
	    s, pool, conversation_id, conversation_id, before, out, max, more);
	if (n == -1 || n_parts == -1)
		return -1;
	if (n_parts == 1)
		return n;
	all = pool_alloc(pool, sizeof(*all) * (size_t)max * (size_t)n_parts);
	memcpy(all, out, sizeof(*all) * (size_t)n);
	n = read_parts(s, pool, parts, n_parts, before, all, n, max, more);
	if (n != -1)
		memcpy(out, all, sizeof(*all) * (size_t)n);
	return n;
}

int
message_list_get(struct session *s, struct pool *pool, int64_t message_id,
    struct message_list_row *m)
{
	struct db_rows *r =
	    db_query(session_db(s), sql[ONE], DB_ARGS(db_int(message_id)));
	size_t bytes = 0;
	int rc = db_next(r);

	if (rc == 1)
		read_row_item(r, pool, m);
	db_end(r);
	if (rc == 1 && read_reactions(s, pool, m, &bytes) == -1)
		return -1;
	return rc;
}

int
message_list_file(struct session *s, struct pool *pool, int64_t message_id,
    struct message_list_file *f)
{
	struct db_rows *r =
	    db_query(session_db(s), sql[FILE_OF], DB_ARGS(db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1)
		*f = (struct message_list_file){
			.state = db_col_copy(r, pool, 0),
			.reason = db_col_copy(r, pool, 1),
			.mime_type = db_col_copy(r, pool, 2),
			.filename = db_col_copy(r, pool, 3),
			.path = db_col_copy(r, pool, 4),
		};
	db_end(r);
	return rc;
}

int
message_list_find(struct session *s, int64_t conversation_id,
    int64_t message_id, struct message_list_place *place)
{
	struct db_rows *r = db_query(session_db(s), sql[PLACE],
	    DB_ARGS(db_int(conversation_id), db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1) {
		place->sent_at = db_col_int(r, 0);
		place->id = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}
