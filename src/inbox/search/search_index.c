/*
 * Puts the words of rows that were stored, changed or deleted
 * (search_index.h).
 *
 * One statement an index: FTS5 writes a segment when another statement follows
 * in the transaction, so what writes no index comes first.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_define.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"

enum {
	STALE_LAST,
	STALE_DONE,
	MOVE,
	MESSAGE_TOP,
	MESSAGE_MOVED, /* of a kind: what is stale, from here on … */
	MESSAGE_OUT,
	MESSAGE_BACK,
	MESSAGE_PUT, /* … and what is new */
	CONVERSATION_TOP,
	CONVERSATION_OUT,
	CONVERSATION_DIGITS_OUT,
	CONVERSATION_BACK,
	CONVERSATION_DIGITS_BACK,
	CONVERSATION_PUT,
	CONVERSATION_DIGITS_PUT,
	CONTACT_TOP,
	CONTACT_OUT,
	CONTACT_DIGITS_OUT,
	CONTACT_BACK,
	CONTACT_DIGITS_BACK,
	CONTACT_PUT,
	CONTACT_DIGITS_PUT,
	N_SQL
};

/* From where, and the last of the next $2 rows up; $1: the kind. */
#define TOP(TABLE)                                                             \
	"SELECT upto_id, (SELECT MAX(id) FROM (SELECT id FROM " TABLE          \
	" WHERE id > upto_id ORDER BY id LIMIT $2) AS next)"                   \
	" FROM search_indexed WHERE kind = $1"

/* Of stale rows of $1 up to $2: their words; of those that are there, anew. */
#define OUT(INDEX, WORDS, COLUMN)                                              \
	"INSERT INTO " INDEX "(" INDEX ", rowid, words)"                       \
	" SELECT 'delete', s.id, " WORDS " FROM search_stale AS s"             \
	" WHERE s.kind = $1 AND s.id <= $2 AND s." COLUMN                      \
	" IS NOT NULL ORDER BY s.id"
#define BACK(INDEX, WORDS, TABLE, COLUMN)                                      \
	"INSERT INTO " INDEX "(rowid, words) SELECT r.id, " WORDS              \
	" FROM search_stale AS s CROSS JOIN " TABLE " AS r ON r.id = s.id"     \
	" WHERE s.kind = $1 AND s.id <= $2 AND " COLUMN                        \
	" IS NOT NULL ORDER BY r.id"
/* $3: the partition of all new messages, NULL when each is looked up. */
#define NEW_MESSAGE_WORDS                                                      \
	"search_words(r.workspace_id, COALESCE(CAST($3 AS "                    \
	"BIGINT), " SEARCH_PARTITION_OF("r") "), r.text)"
/* Rows above $1 up to $2. */
#define PUT(INDEX, WORDS, TABLE, COLUMN)                                       \
	"INSERT INTO " INDEX "(rowid, words) SELECT r.id, " WORDS              \
	" FROM " TABLE " AS r WHERE r.id > $1 AND r.id <= $2 AND " COLUMN      \
	" IS NOT NULL ORDER BY r.id"

static const char *const search_index_sql[N_SQL] = {
	[STALE_LAST] = "SELECT MAX(id) FROM (SELECT id FROM search_stale"
		       " WHERE kind = $1 ORDER BY id LIMIT $2) AS next",
	[STALE_DONE] = "DELETE FROM search_stale WHERE kind = $1 AND id <= $2",
	[MOVE] = "UPDATE search_indexed SET upto_id = $2 WHERE kind = $1",
	[MESSAGE_TOP] = TOP("messages"),
	/* What came from another workspace fills a partition. */
	[MESSAGE_MOVED] =
	    "INSERT INTO search_partitions(workspace_id, first_id, partition,"
	    " rows) SELECT m.workspace_id, COALESCE((SELECT MAX(p.first_id)"
	    " FROM search_partitions AS p WHERE p.workspace_id ="
	    " m.workspace_id AND p.first_id <= m.id), 0) AS first_id, 0,"
	    " COUNT(*) FROM search_stale AS s CROSS JOIN messages AS m"
	    " ON m.id = s.id WHERE s.kind = $1 AND s.id <= $2"
	    " AND m.workspace_id <> s.workspace_id GROUP BY 1, 2"
	    " ON CONFLICT(workspace_id, first_id) DO UPDATE"
	    " SET rows = rows + excluded.rows",
	[MESSAGE_OUT] = OUT("message_words", SEARCH_MESSAGE_WORDS("s"), "text"),
	[MESSAGE_BACK] = BACK(
	    "message_words", SEARCH_MESSAGE_WORDS("r"), "messages", "r.text"),
	[MESSAGE_PUT] =
	    PUT("message_words", NEW_MESSAGE_WORDS, "messages", "r.text"),
	[CONVERSATION_TOP] = TOP("conversations"),
	[CONVERSATION_OUT] =
	    OUT("conversation_words", SEARCH_NAMES("s", "s.text"), "text"),
	[CONVERSATION_DIGITS_OUT] =
	    OUT("conversation_digits", SEARCH_PHONE_DIGITS("s"), "phone"),
	[CONVERSATION_BACK] = BACK("conversation_words",
	    SEARCH_NAMES("r", SEARCH_CONVERSATION_TEXT("r")), "conversations",
	    SEARCH_CONVERSATION_NAME),
	[CONVERSATION_DIGITS_BACK] = BACK("conversation_digits",
	    SEARCH_PHONE_DIGITS("r"), "conversations", "r.phone"),
	[CONVERSATION_PUT] = PUT("conversation_words",
	    SEARCH_NAMES("r", SEARCH_CONVERSATION_TEXT("r")), "conversations",
	    SEARCH_CONVERSATION_NAME),
	[CONVERSATION_DIGITS_PUT] = PUT("conversation_digits",
	    SEARCH_PHONE_DIGITS("r"), "conversations", "r.phone"),
	[CONTACT_TOP] = TOP("contacts"),
	[CONTACT_OUT] =
	    OUT("contact_words", SEARCH_NAMES("s", "s.text"), "text"),
	[CONTACT_DIGITS_OUT] =
	    OUT("contact_digits", SEARCH_PHONE_DIGITS("s"), "phone"),
	[CONTACT_BACK] = BACK("contact_words",
	    SEARCH_NAMES("r", SEARCH_CONTACT_TEXT("r")), "contacts", "r.name"),
	[CONTACT_DIGITS_BACK] = BACK(
	    "contact_digits", SEARCH_PHONE_DIGITS("r"), "contacts", "r.phone"),
	[CONTACT_PUT] = PUT("contact_words",
	    SEARCH_NAMES("r", SEARCH_CONTACT_TEXT("r")), "contacts", "r.name"),
	[CONTACT_DIGITS_PUT] = PUT(
	    "contact_digits", SEARCH_PHONE_DIGITS("r"), "contacts", "r.phone"),
};

const struct statements search_index_statements = {
	.sql = search_index_sql,
	.n = N_SQL,
	.also = STATEMENTS(
	    &search_partition_statements, &search_progress_statements),
};

/* The statements of a kind: TOP, then those of stale rows, then of new ones. */
static const struct search_kind {
	const char *kind;
	int top, new, end;
} kinds_index[] = {
	{ "message", MESSAGE_TOP, MESSAGE_PUT, CONVERSATION_TOP },
	{ "conversation", CONVERSATION_TOP, CONVERSATION_PUT, CONTACT_TOP },
	{ "contact", CONTACT_TOP, CONTACT_PUT, N_SQL },
};

#define N_KINDS (sizeof(kinds_index) / sizeof(kinds_index[0]))

/* Statements FIRST to END - 1 with A and B: 0, -1. */
static int
run_all(struct db *db, int first, int end, struct db_arg a, struct db_arg b)
{
	for (int i = first; i < end; i++)
		if (db_run(db, search_index_sql[i], DB_ARGS(a, b)) == -1)
			return -1;
	return 0;
}

/* The next rows that are stale: 0, -1. */
static int
put_stale(struct db *db, const struct search_kind *k, int64_t rows)
{
	const struct db_arg kind = db_text(k->kind);
	int64_t last = 0;

	if (db_get_int(db, search_index_sql[STALE_LAST],
		DB_ARGS(kind, db_int(rows)), &last) == -1)
		return -1;
	if (last == 0)
		return 0;
	if (run_all(db, k->top + 1, k->new, kind, db_int(last)) == -1)
		return -1;
	return db_run(
	    db, search_index_sql[STALE_DONE], DB_ARGS(kind, db_int(last)));
}

/* Where the next rows begin and end: 1, 0 there are none, -1. */
static int
find_new(struct db *db, const struct search_kind *k, int64_t rows,
    int64_t *upto, int64_t *top)
{
	struct db_rows *r = db_query(db, search_index_sql[k->top],
	    DB_ARGS(db_text(k->kind), db_int(rows)));
	int rc = db_next(r);

	*upto = rc == 1 ? db_col_int(r, 0) : 0;
	*top = rc == 1 ? db_col_int(r, 1) : 0;
	db_end(r);
	return rc == 1 ? *top > 0 : rc;
}

/* The messages above UPTO up to TOP: 0, -1. */
static int
put_messages(struct db *db, int64_t full, int64_t upto, int64_t top)
{
	int64_t label;
	int rc = search_partition_fill(db, upto + 1, top + 1, full, &label);

	if (rc == -1)
		return -1;
	return db_run(db, search_index_sql[MESSAGE_PUT],
	    DB_ARGS(db_int(upto), db_int(top),
		rc == 1 ? db_int(label) : db_null()));
}

/* The next rows that are new: 0, -1. */
static int
put_new(struct db *db, const struct search_kind *k, int64_t full, int64_t rows)
{
	int64_t upto, top;
	int rc = find_new(db, k, rows, &upto, &top);

	if (rc != 1)
		return rc;
	if (db_run(db, search_index_sql[MOVE],
		DB_ARGS(db_text(k->kind), db_int(top))) == -1)
		return -1;
	if (k->top == MESSAGE_TOP)
		return put_messages(db, full, upto, top);
	return run_all(db, k->new, k->end, db_int(upto), db_int(top));
}

int
search_index_put(struct db *db, int64_t full, int64_t rows)
{
	int64_t quarter = full / 4;

	for (size_t i = 0; i < N_KINDS; i++)
		if (put_stale(db, &kinds_index[i], rows) == -1 ||
		    put_new(db, &kinds_index[i], full,
			rows < quarter ? rows : quarter) == -1)
			return -1;
	return 0;
}

int
search_index_step(struct db *db, int64_t full, int64_t rows)
{
	int rc = search_progress_is_due(db);

	if (rc != 1)
		return rc;
	if (db_begin(db) == -1)
		return -1;
	if (search_index_put(db, full, rows) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : 1;
}
