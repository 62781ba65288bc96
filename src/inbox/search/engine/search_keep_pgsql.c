/*
 * Keeps words with PostgreSQL (search_keeping.h): a row of schema/pgsql/
 * search.sql for each that has words, as a tsvector.  Texts are read, made into
 * words here, and written many rows at a time, as arrays and lines in texts.
 *
 * A word that is asked for behind another one is found by where it stands.
 * PostgreSQL counts to 16,383, and notes 256 places of one word: what is behind
 * that is found, but as no part of a phrase (Chinese, Japanese, Thai).
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_define.h"
#include "inbox/search/engine/search_keeping.h"

/* A tsvector has to be below 1 MiB: of a longer text the first words. */
#define WORDS_BYTES_MAX 400000
#define FLUSH_BYTES	1000000 /* of words in one statement */

enum {
	MESSAGE_OUT,
	CONVERSATION_OUT,
	CONVERSATION_DIGITS_OUT,
	CONTACT_OUT,
	CONTACT_DIGITS_OUT,
	MESSAGE_BACK, /* texts */
	CONVERSATION_BACK,
	CONVERSATION_BACK_ELSEWHERE,
	CONTACT_BACK,
	MESSAGE_NEW,
	CONVERSATION_NEW,
	CONTACT_NEW,
	MESSAGE_AGAIN,
	MESSAGE_PUT,
	CONVERSATION_PUT,
	CONVERSATION_DIGITS_PUT,
	CONTACT_PUT,
	CONTACT_DIGITS_PUT,
	MESSAGE_TOP, /* of a kind, in the order of enum search_kind */
	CONVERSATION_TOP,
	CONTACT_TOP,
	MESSAGE_BOTTOM,
	CONVERSATION_BOTTOM,
	CONTACT_BOTTOM,
	N_SQL
};

/* Of stale rows of $1 up to $2. */
#define OUT(WORDS)                                                             \
	"DELETE FROM " WORDS " AS w USING search_stale AS s"                   \
	" WHERE s.kind = $1 AND s.id <= $2 AND w.id = s.id"

/* What words are made of, of a row r: its id, its workspace, the label of its
 * partition, its text, its phone. */
#define MESSAGE(LABEL) "SELECT r.id, r.workspace_id, " LABEL ", r.text, NULL"
#define CONVERSATION                                                           \
	"SELECT r.id, r.workspace_id, -1, words_of_conversation("              \
	"r.profile_name, r.username, r.phone_book_name), r.phone"
#define CONTACT                                                                \
	"SELECT r.id, r.workspace_id, -1, words_of_contact(r.name, r.email,"   \
	" r.username), r.phone"

#define BACK(TABLE)                                                            \
	" FROM search_stale AS s JOIN " TABLE                                  \
	" AS r ON r.workspace_id = s.workspace_id AND r.id = s.id"             \
	" WHERE s.kind = $1 AND s.id <= $2"
/* Above $1 up to $2.  There is no index of ids alone, and few workspaces. */
#define NEW(TABLE)                                                             \
	" FROM workspaces AS w CROSS JOIN LATERAL (SELECT * FROM " TABLE       \
	" AS t WHERE t.workspace_id = w.id AND t.id > $1 AND t.id <= $2"       \
	" OFFSET 0) AS r ORDER BY r.id"

/* Not as INSERT: nobody wants to know the ids.  As lines: an array of tsvector
 * would be read twice, letter by letter. */
#define PUT(WORDS)                                                             \
	"WITH made AS (SELECT * FROM unnest(CAST(CAST($1 AS text)"             \
	" AS bigint[]), CAST(CAST($2 AS text) AS bigint[]),"                   \
	" string_to_array(CAST($3 AS text), chr(10)))"                         \
	" AS m(id, workspace_id, words))"                                      \
	" INSERT INTO " WORDS " AS w (id, workspace_id, words)"                \
	" SELECT id, workspace_id, CAST(words AS tsvector) FROM made"          \
	" ON CONFLICT (id) DO UPDATE"                                          \
	" SET workspace_id = excluded.workspace_id, words = excluded.words"

/* The newest of each workspace is at the end of its key.  Ids that are left out
 * make a step smaller. */
#define TOP(TABLE)                                                             \
	"SELECT i.upto_id, (SELECT CASE WHEN MAX(n.last) > i.upto_id"          \
	" THEN LEAST(MAX(n.last), i.upto_id + $2) END FROM (SELECT"            \
	" (SELECT MAX(t.id) FROM " TABLE " AS t WHERE t.workspace_id = w.id)"  \
	" AS last FROM workspaces AS w) AS n)"                                 \
	" FROM search_indexed AS i WHERE i.kind = $1"
#define BOTTOM                                                                 \
	"SELECT CAST($1 AS bigint) - $2 - 1 WHERE CAST($1 AS bigint) - $2 > 1"

static const char *const search_keep_pgsql_sql[N_SQL] = {
	[MESSAGE_OUT] = OUT("message_words"),
	[CONVERSATION_OUT] = OUT("conversation_words"),
	[CONVERSATION_DIGITS_OUT] = OUT("conversation_digits"),
	[CONTACT_OUT] = OUT("contact_words"),
	[CONTACT_DIGITS_OUT] = OUT("contact_digits"),
	[MESSAGE_BACK] = MESSAGE(SEARCH_PARTITION_OF(
	    "r")) " FROM search_stale AS s JOIN messages AS r ON r.id = s.id"
		  " WHERE s.kind = $1 AND s.id <= $2 AND r.text IS NOT NULL",
	[CONVERSATION_BACK] = CONVERSATION BACK("conversations"),
	/* With a number that moved. */
	[CONVERSATION_BACK_ELSEWHERE] = CONVERSATION
	" FROM conversations AS r WHERE r.id IN (SELECT s.id"
	" FROM search_stale AS s WHERE s.kind = $1 AND s.id <= $2"
	" AND NOT EXISTS (SELECT 1 FROM conversations AS o"
	"  WHERE o.workspace_id = s.workspace_id AND o.id = s.id))",
	[CONTACT_BACK] = CONTACT BACK("contacts"),
	/* $3: the partition of all, NULL when each is looked up. */
	[MESSAGE_NEW] =
	    MESSAGE("COALESCE(CAST($3 AS bigint), " SEARCH_PARTITION_OF(
		"r") ")") " FROM messages AS r WHERE r.id > $1"
			  " AND r.id <= $2"
			  " AND r.text IS NOT NULL"
			  " ORDER BY r.id",
	[CONVERSATION_NEW] = CONVERSATION NEW("conversations"),
	[CONTACT_NEW] = CONTACT NEW("contacts"),
	[MESSAGE_AGAIN] = MESSAGE("CAST($4 AS bigint)") " FROM messages AS r"
							" WHERE r.id >= $2"
							" AND r.id < $3 AND"
							" r.workspace_id + 0"
							" = $1 AND r.text"
							" IS NOT NULL"
							" ORDER BY r.id",
	[MESSAGE_PUT] = PUT("message_words"),
	[CONVERSATION_PUT] = PUT("conversation_words"),
	[CONVERSATION_DIGITS_PUT] = PUT("conversation_digits"),
	[CONTACT_PUT] = PUT("contact_words"),
	[CONTACT_DIGITS_PUT] = PUT("contact_digits"),
	[MESSAGE_TOP] =
	    "SELECT upto_id, (SELECT MAX(id) FROM (SELECT id FROM messages"
	    " WHERE id > upto_id ORDER BY id LIMIT $2) AS next)"
	    " FROM search_indexed WHERE kind = $1",
	[CONVERSATION_TOP] = TOP("conversations"),
	[CONTACT_TOP] = TOP("contacts"),
	[MESSAGE_BOTTOM] = "SELECT id FROM messages WHERE id < $1"
			   " ORDER BY id DESC LIMIT 1 OFFSET $2",
	[CONVERSATION_BOTTOM] = BOTTOM,
	[CONTACT_BOTTOM] = BOTTOM,
};

const struct statements search_keep_pgsql_statements = {
	.sql = search_keep_pgsql_sql,
	.n = N_SQL,
	.engine = DB_PGSQL,
};

/* ------------------------------------------------------------------ writing */

/* Rows of one table of words that are not written yet. */
struct words_rows {
	struct db *db;
	struct pool *pool;
	int statement;
	struct buf ids, workspaces, words;
};

static void
begin_rows(struct words_rows *w, struct db *db, int statement)
{
	*w = (struct words_rows){
		.db = db, .pool = pool_new(), .statement = statement
	};
	w->ids.pool = w->workspaces.pool = w->words.pool = w->pool;
}

static int
flush_rows(struct words_rows *w)
{
	int rc;

	if (w->ids.len == 0)
		return 0;
	buf_char(&w->ids, '}');
	buf_char(&w->workspaces, '}');
	rc = db_run(w->db, search_keep_pgsql_sql[w->statement],
	    DB_ARGS(db_text(buf_end(&w->ids)), db_text(buf_end(&w->workspaces)),
		db_text(buf_end(&w->words))));
	w->ids.len = w->workspaces.len = w->words.len = 0;
	return rc;
}

static int
end_rows(struct words_rows *w, int rc)
{
	if (rc != -1)
		rc = flush_rows(w);
	pool_free(w->pool);
	return rc;
}

/* WORDS, between blanks; of PLACED ones each with its number.  A word is of
 * letters, digits and dots: nothing has to be quoted. */
static void
put_vector(struct buf *b, const char *words, int placed)
{
	const char *end = words + strnlen(words, WORDS_BYTES_MAX);

	for (int n = 1; words < end; n++) {
		size_t len = strcspn(words, " ");

		buf_put(b, words, len);
		if (placed)
			buf_printf(b, ":%d", n);
		words += len;
		if (*words == ' ') {
			buf_char(b, ' ');
			words++;
		}
	}
}

/* WORDS of the row at hand, if it has any: 0, -1. */
static int
add_row(struct words_rows *w, struct db_rows *r, struct buf *words, int placed)
{
	const char *text = buf_end(words);
	char begin = w->ids.len == 0 ? '{' : ',';

	if (*text == '\0')
		return 0;
	buf_printf(&w->ids, "%c%lld", begin, (long long)db_col_int(r, 0));
	buf_printf(
	    &w->workspaces, "%c%lld", begin, (long long)db_col_int(r, 1));
	if (w->words.len > 0)
		buf_char(&w->words, '\n');
	put_vector(&w->words, text, placed);
	return w->words.len < FLUSH_BYTES ? 0 : flush_rows(w);
}

static int
add_text(struct words_rows *w, struct db_rows *r, struct buf *words)
{
	const int64_t numbers[] = { db_col_int(r, 1), db_col_int(r, 2) };
	const char *text = db_col_text(r, 3);

	words->len = 0;
	if (text == NULL)
		return 0;
	if (w->statement == MESSAGE_PUT)
		search_write_words(words, numbers, text);
	else
		search_write_names(words, numbers, text);
	return add_row(w, r, words, 1);
}

static int
add_phone(struct words_rows *w, struct db_rows *r, struct buf *words)
{
	const int64_t workspace_id = db_col_int(r, 1);
	const char *phone = db_col_text(r, 4);

	words->len = 0;
	if (phone == NULL)
		return 0;
	search_write_digits(words, &workspace_id, phone);
	return add_row(w, r, words, 0);
}

/* Where the words of a kind go: those of names or texts, and of phones. */
static const struct {
	int words, digits; /* 0: it has no phone */
} written_by[SEARCH_KINDS] = {
	[SEARCH_MESSAGES] = { MESSAGE_PUT, 0 },
	[SEARCH_CONVERSATIONS] = { CONVERSATION_PUT, CONVERSATION_DIGITS_PUT },
	[SEARCH_CONTACTS] = { CONTACT_PUT, CONTACT_DIGITS_PUT },
};

/* Writes the words of the rows that a statement reads: 0, -1. */
static int
write_words(struct db *db, enum search_kind kind, struct db_rows *r)
{
	struct words_rows texts, phones;
	struct buf words = { 0 };
	int rc = 0, more;

	begin_rows(&texts, db, written_by[kind].words);
	begin_rows(&phones, db, written_by[kind].digits);
	words.pool = texts.pool;
	while ((more = db_next(r)) == 1 && rc != -1) {
		rc = add_text(&texts, r, &words);
		if (rc != -1 && written_by[kind].digits != 0)
			rc = add_phone(&phones, r, &words);
	}
	db_end(r);
	if (more == -1)
		rc = -1;
	rc = end_rows(&texts, rc);
	return end_rows(&phones, rc);
}

/* ------------------------------------------------------------------ reading */

static int
run_stale(struct db *db, int statement, enum search_kind kind, int64_t last)
{
	return db_run(db, search_keep_pgsql_sql[statement],
	    DB_ARGS(db_text(search_kind_name(kind)), db_int(last)));
}

static int
write_stale(struct db *db, int statement, enum search_kind kind, int64_t last)
{
	return write_words(db, kind,
	    db_query(db, search_keep_pgsql_sql[statement],
		DB_ARGS(db_text(search_kind_name(kind)), db_int(last))));
}

static int
renew(struct db *db, enum search_kind kind, int64_t last)
{
	switch (kind) {
	case SEARCH_MESSAGES:
		if (run_stale(db, MESSAGE_OUT, kind, last) == -1)
			return -1;
		return write_stale(db, MESSAGE_BACK, kind, last);
	case SEARCH_CONVERSATIONS:
		if (run_stale(db, CONVERSATION_OUT, kind, last) == -1 ||
		    run_stale(db, CONVERSATION_DIGITS_OUT, kind, last) == -1 ||
		    write_stale(db, CONVERSATION_BACK, kind, last) == -1)
			return -1;
		return write_stale(db, CONVERSATION_BACK_ELSEWHERE, kind, last);
	default:
		if (run_stale(db, CONTACT_OUT, kind, last) == -1 ||
		    run_stale(db, CONTACT_DIGITS_OUT, kind, last) == -1)
			return -1;
		return write_stale(db, CONTACT_BACK, kind, last);
	}
}

static int
put(struct db *db, enum search_kind kind, int64_t bottom, int64_t top,
    const int64_t *all)
{
	const struct db_arg above = db_int(bottom - 1), upto = db_int(top - 1);

	if (kind == SEARCH_MESSAGES)
		return write_words(db, kind,
		    db_query(db, search_keep_pgsql_sql[MESSAGE_NEW],
			DB_ARGS(above, upto,
			    all != NULL ? db_int(*all) : db_null())));
	return write_words(db, kind,
	    db_query(db,
		search_keep_pgsql_sql[kind == SEARCH_CONTACTS
					  ? CONTACT_NEW
					  : CONVERSATION_NEW],
		DB_ARGS(above, upto)));
}

/* Words that are put anew replace those that were there. */
static int
unlabel(struct db *db, int64_t workspace_id, int64_t bottom, int64_t top,
    int64_t label)
{
	(void)db;
	(void)workspace_id;
	(void)bottom;
	(void)top;
	(void)label;
	return 0;
}

static int
label_anew(struct db *db, int64_t workspace_id, int64_t bottom, int64_t top,
    int64_t label)
{
	return write_words(db, SEARCH_MESSAGES,
	    db_query(db, search_keep_pgsql_sql[MESSAGE_AGAIN],
		DB_ARGS(db_int(workspace_id), db_int(bottom), db_int(top),
		    db_int(label))));
}

const struct search_keeping search_pgsql_keeping = {
	.top = &search_keep_pgsql_sql[MESSAGE_TOP],
	.bottom = &search_keep_pgsql_sql[MESSAGE_BOTTOM],
	.renew = renew,
	.put = put,
	.unlabel = unlabel,
	.label = label_anew,
};
