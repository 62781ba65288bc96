/*
 * Indexes of the search that are damaged (search_reset.h).
 */
#include "lib/sql/db.h"

#include "inbox/search/search_reset.h"
#include "inbox/words/words.h"

/* The rows of an index that has no words: sums, and no segments (FTS5's source:
 * FTS5_AVERAGES_ROWID, FTS5_STRUCTURE_ROWID and the format of the latter, which
 * is the same in 3.40 and 3.53). */
#define EMPTY(INDEX)                                                           \
	"DELETE FROM " INDEX "_data;"                                          \
	"DELETE FROM " INDEX "_idx;"                                           \
	"INSERT INTO " INDEX "_data(id, block) VALUES (1, x''),"               \
	" (10, x'00000000000000');"

#define TEXT_OF(N) #N
#define TEXT(N)	   TEXT_OF(N)
#define RULES	   TEXT(WORDS_VERSION)

/* All there is waits, from the newest down. */
#define BUILT_ANEW                                                             \
	"DELETE FROM search_stale;"                                            \
	"DELETE FROM search_partitions;"                                       \
	"UPDATE search_indexed SET upto_id = last,"                            \
	" from_id = CASE last WHEN 0 THEN 0 ELSE last + 1 END,"                \
	" began_id = 0, began_at = NULL, words_version = " RULES               \
	" FROM (SELECT 'message' AS what, COALESCE(MAX(id), 0) AS last"        \
	" FROM messages UNION ALL SELECT 'conversation', COALESCE(MAX(id), 0)" \
	" FROM conversations UNION ALL SELECT 'contact', COALESCE(MAX(id), 0)" \
	" FROM contacts) AS newest WHERE kind = what;"

static const char empty_sqlite[] =
    EMPTY("contact_words") EMPTY("contact_digits") EMPTY("conversation_words")
	EMPTY("conversation_digits") EMPTY("message_words") BUILT_ANEW;
static const char empty_pgsql[] =
    "DO $$ BEGIN PERFORM empty_words(); END $$;" BUILT_ANEW;

int
search_reset_here(struct db *db)
{
	return db_script(
	    db, db_engine(db) == DB_PGSQL ? empty_pgsql : empty_sqlite);
}

static int
empty_all(struct db *db)
{
	if (db_begin(db) == -1)
		return -1;
	if (search_reset_here(db) == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db);
}

int
search_reset(const char *path, int wait_ms)
{
	struct db *db = db_open(path, DB_WRITE, wait_ms);
	int rc = db == NULL ? -1 : empty_all(db);

	db_close(db);
	return rc;
}
