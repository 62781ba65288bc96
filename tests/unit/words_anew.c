/*
 * Are the search's words those of the rows?
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/sql/db.h"

#include "words_anew.h"

/* What the index is made of: the rows that have words, and of those that were
 * changed since what they were. */
#define FROM(TABLE, KIND, TEXT, PHONE)                                         \
	" FROM (SELECT t.id, t.workspace_id, " TEXT " AS text, " PHONE         \
	" AS phone FROM " TABLE " AS t WHERE t.id BETWEEN (SELECT from_id"     \
	"  FROM search_indexed WHERE kind = '" KIND "') AND (SELECT upto_id"   \
	"  FROM search_indexed WHERE kind = '" KIND "') AND NOT EXISTS"        \
	" (SELECT 1 FROM search_stale WHERE kind = '" KIND "' AND id = t.id)"  \
	" UNION ALL SELECT s.id, s.workspace_id, s.text, s.phone"              \
	" FROM search_stale AS s WHERE s.kind = '" KIND "') AS r WHERE "
#define LABEL                                                                  \
	"COALESCE((SELECT partition FROM search_partitions AS p"               \
	" WHERE p.workspace_id = r.workspace_id AND p.first_id <= r.id"        \
	" ORDER BY p.first_id DESC LIMIT 1), 0)"

#define USERNAME    " || COALESCE(char(10) || t.username, '')"
#define OF_MESSAGES FROM("messages", "message", "t.text", "NULL")
#define OF_CONVERSATIONS                                                       \
	FROM("conversations", "conversation",                                  \
	    "COALESCE(t.profile_name" USERNAME                                 \
	    " || COALESCE(char(10) || t.phone_book_name, ''),"                 \
	    " t.phone_book_name)",                                             \
	    "t.phone")
#define OF_CONTACTS                                                            \
	FROM("contacts", "contact",                                            \
	    "t.name || char(10) || COALESCE(t.email, '')" USERNAME, "t.phone")
#define NAMES  "search_names(r.workspace_id, r.text)"
#define DIGITS "search_digits(r.workspace_id, r.phone)"

#define INDEX(NAME, DETAIL, WORDS, REST, COLUMN)                               \
	{                                                                      \
		NAME,                                                          \
		    "CREATE VIRTUAL TABLE temp.anew USING fts5(words,"         \
		    " content='', columnsize=0, " DETAIL                       \
		    "tokenize=\"ascii tokenchars '.'\");"                      \
		    "INSERT INTO temp.anew(rowid, words)"                      \
		    " SELECT r.id, " WORDS REST "r." COLUMN                    \
		    " IS NOT NULL ORDER BY r.id;"                              \
		    "CREATE VIRTUAL TABLE temp.words_of_anew"                  \
		    " USING fts5vocab(temp, anew, instance);"                  \
		    "CREATE VIRTUAL TABLE temp.words_of_index"                 \
		    " USING fts5vocab(main, " NAME ", instance);"              \
		    "INSERT INTO " NAME "(" NAME ") VALUES"                    \
		    " ('integrity-check');",                                   \
		    "SELECT term, doc, offset, '" NAME                         \
		    "' FROM temp.words_of_index",                              \
		    "SELECT term, doc, offset, '" NAME                         \
		    "' FROM temp.words_of_anew",                               \
	}

static const struct words_index {
	const char *name;
	const char *make;
	const char *index, *anew; /* term, rowid, offset */
} indexes[] = {
	INDEX("message_words", "",
	    "search_words(r.workspace_id, " LABEL ", r.text)", OF_MESSAGES,
	    "text"),
	INDEX("conversation_words", "", NAMES, OF_CONVERSATIONS, "text"),
	INDEX("conversation_digits", "detail=none, ", DIGITS, OF_CONVERSATIONS,
	    "phone"),
	INDEX("contact_words", "", NAMES, OF_CONTACTS, "text"),
	INDEX("contact_digits", "detail=none, ", DIGITS, OF_CONTACTS, "phone"),
};

static const char drop[] = "DROP TABLE IF EXISTS temp.words_of_index;"
			   "DROP TABLE IF EXISTS temp.words_of_anew;"
			   "DROP TABLE IF EXISTS temp.anew;";

static int
are_same(struct db_rows *a, struct db_rows *b)
{
	return strcmp(db_col_text(a, 0), db_col_text(b, 0)) == 0 &&
	       db_col_int(a, 1) == db_col_int(b, 1) &&
	       db_col_int(a, 2) == db_col_int(b, 2);
}

static void
show(const char *what, struct db_rows *r, int rc)
{
	if (rc == 1)
		fprintf(stderr, "%s: %s in %lld at %lld\n", what,
		    db_col_text(r, 0), (long long)db_col_int(r, 1),
		    (long long)db_col_int(r, 2));
	else
		fprintf(stderr, "%s: no more (%d)\n", what, rc);
}

static int
compare_words(struct db *db, const struct words_index *x)
{
	struct db_rows *a = db_query(db, x->index, DB_NONE);
	struct db_rows *b = db_query(db, x->anew, DB_NONE);
	int in_a, in_b, same;

	do {
		in_a = db_next(a);
		in_b = db_next(b);
		same = in_a == in_b && (in_a != 1 || are_same(a, b));
	} while (same && in_a == 1);
	if (!same || in_a == -1) {
		fprintf(stderr, "%s is not that of its rows\n", x->name);
		show("there", a, in_a);
		show("anew ", b, in_b);
	}
	db_end(a);
	db_end(b);
	return same && in_a == 0 ? 0 : -1;
}

int
words_anew(struct db *db)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++)
		if (db_script(db, drop) == -1 ||
		    db_script(db, indexes[i].make) == -1 ||
		    compare_words(db, &indexes[i]) == -1)
			rc = -1;
	return db_script(db, drop) == -1 ? -1 : rc;
}
