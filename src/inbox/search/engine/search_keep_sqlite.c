/*
 * Keeps words with FTS5 (search_keeping.h).
 *
 * One statement an index: FTS5 writes a segment when another statement follows
 * in the transaction, so what writes no index comes first.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_define.h"
#include "inbox/search/engine/search_keeping.h"

/* Of a kind: what is stale, words and digits, … */
enum {
	MESSAGE_OUT,
	MESSAGE_BACK,
	MESSAGE_PUT, /* … and what is new */
	CONVERSATION_OUT,
	CONVERSATION_DIGITS_OUT,
	CONVERSATION_BACK,
	CONVERSATION_DIGITS_BACK,
	CONVERSATION_PUT,
	CONVERSATION_DIGITS_PUT,
	CONTACT_OUT,
	CONTACT_DIGITS_OUT,
	CONTACT_BACK,
	CONTACT_DIGITS_BACK,
	CONTACT_PUT,
	CONTACT_DIGITS_PUT,
	TAKE_OUT, /* what is split */
	PUT_IN,
	MESSAGE_TOP, /* of a kind, in the order of enum search_kind */
	CONVERSATION_TOP,
	CONTACT_TOP,
	MESSAGE_BOTTOM,
	CONVERSATION_BOTTOM,
	CONTACT_BOTTOM,
	N_SQL
};

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

/* The messages of workspace $1 from $2 up to $3 - 1, with the label $4.  By
 * their ids: there is no index of a workspace's. */
#define LABELLED                                                               \
	" search_words($1, $4, m.text) FROM messages AS m"                     \
	" WHERE m.id >= $2 AND m.id < $3 AND m.workspace_id + 0 = $1"          \
	" AND m.text IS NOT NULL ORDER BY m.id"

#define TOP(TABLE)                                                             \
	"SELECT upto_id, (SELECT MAX(id) FROM (SELECT id FROM " TABLE          \
	" WHERE id > upto_id ORDER BY id LIMIT $2) AS next)"                   \
	" FROM search_indexed WHERE kind = $1"
#define BOTTOM(TABLE)                                                          \
	"SELECT id FROM " TABLE                                                \
	" WHERE id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2"

static const char *const search_keep_sqlite_sql[N_SQL] = {
	[MESSAGE_OUT] = OUT("message_words", SEARCH_MESSAGE_WORDS("s"), "text"),
	[MESSAGE_BACK] = BACK(
	    "message_words", SEARCH_MESSAGE_WORDS("r"), "messages", "r.text"),
	[MESSAGE_PUT] =
	    PUT("message_words", NEW_MESSAGE_WORDS, "messages", "r.text"),
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
	[TAKE_OUT] = "INSERT INTO message_words(message_words, rowid, words)"
		     " SELECT 'delete', m.id," LABELLED,
	[PUT_IN] =
	    "INSERT INTO message_words(rowid, words) SELECT m.id," LABELLED,
	[MESSAGE_TOP] = TOP("messages"),
	[CONVERSATION_TOP] = TOP("conversations"),
	[CONTACT_TOP] = TOP("contacts"),
	[MESSAGE_BOTTOM] = BOTTOM("messages"),
	[CONVERSATION_BOTTOM] = BOTTOM("conversations"),
	[CONTACT_BOTTOM] = BOTTOM("contacts"),
};

const struct statements search_keep_sqlite_statements = {
	.sql = search_keep_sqlite_sql,
	.n = N_SQL,
	.engine = DB_SQLITE,
};

/* Where the statements of a kind begin, and those of new rows; and end. */
static const struct {
	int stale, put, end;
} of_kind[SEARCH_KINDS] = {
	[SEARCH_MESSAGES] = { MESSAGE_OUT, MESSAGE_PUT, CONVERSATION_OUT },
	[SEARCH_CONVERSATIONS] = { CONVERSATION_OUT, CONVERSATION_PUT,
	    CONTACT_OUT },
	[SEARCH_CONTACTS] = { CONTACT_OUT, CONTACT_PUT, TAKE_OUT },
};

/* Statements FIRST to END - 1 with A and B: 0, -1. */
static int
run_all(struct db *db, int first, int end, struct db_arg a, struct db_arg b)
{
	for (int i = first; i < end; i++)
		if (db_run(db, search_keep_sqlite_sql[i], DB_ARGS(a, b)) == -1)
			return -1;
	return 0;
}

static int
renew(struct db *db, enum search_kind kind, int64_t last)
{
	return run_all(db, of_kind[kind].stale, of_kind[kind].put,
	    db_text(search_kind_name(kind)), db_int(last));
}

static int
put(struct db *db, enum search_kind kind, int64_t bottom, int64_t top,
    const int64_t *all)
{
	if (kind == SEARCH_MESSAGES)
		return db_run(db, search_keep_sqlite_sql[MESSAGE_PUT],
		    DB_ARGS(db_int(bottom - 1), db_int(top - 1),
			all != NULL ? db_int(*all) : db_null()));
	return run_all(db, of_kind[kind].put, of_kind[kind].end,
	    db_int(bottom - 1), db_int(top - 1));
}

static int
take_out(struct db *db, int64_t workspace_id, int64_t bottom, int64_t top,
    int64_t label)
{
	return db_run(db, search_keep_sqlite_sql[TAKE_OUT],
	    DB_ARGS(db_int(workspace_id), db_int(bottom), db_int(top),
		db_int(label)));
}

static int
put_in(struct db *db, int64_t workspace_id, int64_t bottom, int64_t top,
    int64_t label)
{
	return db_run(db, search_keep_sqlite_sql[PUT_IN],
	    DB_ARGS(db_int(workspace_id), db_int(bottom), db_int(top),
		db_int(label)));
}

const struct search_keeping search_sqlite_keeping = {
	.top = &search_keep_sqlite_sql[MESSAGE_TOP],
	.bottom = &search_keep_sqlite_sql[MESSAGE_BOTTOM],
	.renew = renew,
	.put = put,
	.unlabel = take_out,
	.label = put_in,
};
