/*
 * Puts words into the search's indexes: those of many messages at once, and,
 * step by step from the newest down, those that an upgrade has left out.
 *
 * What is below from_id (inbox.sql, search_state) is in none of them, and the
 * triggers leave it alone; a step puts the next rows below and moves from_id
 * there, in one transaction.
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_partition.h"
#include "inbox/search/search_put.h"

enum {
	LATER,
	PUT_LATE,
	NOW,
	STATE,
	BEGIN,
	MOVE,
	DONE,
	CONTACT_BOTTOM,
	CONTACT_WORDS,
	CONTACT_DIGITS,
	CONVERSATION_BOTTOM,
	CONVERSATION_WORDS,
	CONVERSATION_DIGITS,
	MESSAGE_BOTTOM,
	MESSAGE_WORDS,
	N_SQL
};

/* The last of the next rows down. */
#define BOTTOM(TABLE)                                                          \
	"SELECT id FROM " TABLE                                                \
	" WHERE id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2"
#define PUT(INDEX, WORDS, TABLE)                                               \
	"INSERT INTO " INDEX "(rowid, words) SELECT id, " WORDS " FROM " TABLE \
	" WHERE id >= $1 AND id < $2"

/* That of a message M (search_partition.h); one without a row is in 0. */
#define PARTITION_OF(M)                                                        \
	"COALESCE((SELECT p.partition FROM search_partitions AS p"             \
	" WHERE p.workspace_id = " M ".workspace_id AND p.first_id <= " M      \
	".id ORDER BY p.first_id DESC LIMIT 1), 0)"

static const char *const search_put_sql[N_SQL] = {
	[LATER] = "INSERT INTO message_words_later(after)"
		  " SELECT COALESCE(MAX(id), 0) FROM messages",
	[PUT_LATE] = "INSERT INTO message_words(rowid, words)"
		     " SELECT m.id, search_words(m.workspace_id, " PARTITION_OF(
			 "m") ", m.text) FROM message_words_later AS l"
			      " CROSS JOIN messages AS m ON m.id > l.after"
			      " WHERE m.text IS NOT NULL ORDER BY m.id",
	[NOW] = "DELETE FROM message_words_later",
	/* People come first: they are soon done. */
	[STATE] = "SELECT kind, from_id, began_id, COALESCE(began_at, 0)"
		  " FROM search_state ORDER BY kind LIMIT 1",
	[BEGIN] = "UPDATE search_state SET began_at = $2, began_id = from_id"
		  " WHERE kind = $1",
	[MOVE] = "UPDATE search_state SET from_id = $2 WHERE kind = $1",
	[DONE] = "DELETE FROM search_state WHERE kind = $1",
	[CONTACT_BOTTOM] = BOTTOM("contacts"),
	[CONTACT_WORDS] = PUT("contact_words",
	    "search_names(workspace_id, name || char(10)"
	    " || COALESCE(email, ''))",
	    "contacts") " ORDER BY id",
	[CONTACT_DIGITS] = PUT("contact_digits",
	    "search_digits(workspace_id, phone)", "contacts") " ORDER BY id",
	[CONVERSATION_BOTTOM] = BOTTOM("conversations"),
	[CONVERSATION_WORDS] = PUT("conversation_words",
	    "search_names(workspace_id, profile_name)",
	    "conversations") " AND profile_name IS NOT NULL ORDER BY id",
	[CONVERSATION_DIGITS] =
	    PUT("conversation_digits", "search_digits(workspace_id, phone)",
		"conversations") " AND phone IS NOT NULL ORDER BY id",
	[MESSAGE_BOTTOM] = BOTTOM("messages"),
	[MESSAGE_WORDS] = PUT("message_words",
	    "search_words(workspace_id, " PARTITION_OF("messages") ", text)",
	    "messages") " AND text IS NOT NULL ORDER BY id",
};

const struct statements search_put_statements = {
	.sql = search_put_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_partition_statements),
};

int
search_later(struct db *db)
{
	return db_run(db, search_put_sql[LATER], DB_NONE);
}

int
search_now(struct db *db)
{
	if (db_run(db, search_put_sql[PUT_LATE], DB_NONE) == -1)
		return -1;
	return db_run(db, search_put_sql[NOW], DB_NONE);
}

/* What an index is made of: its statements, BOTTOM first. */
static const struct search_source_kind {
	const char *kind, *many;
	int bottom, end;
} kinds_rebuild[] = {
	{ "contact", "contacts", CONTACT_BOTTOM, CONVERSATION_BOTTOM },
	{ "conversation", "conversations", CONVERSATION_BOTTOM,
	    MESSAGE_BOTTOM },
	{ "message", "messages", MESSAGE_BOTTOM, N_SQL },
};

#define N_KINDS (sizeof(kinds_rebuild) / sizeof(kinds_rebuild[0]))

/* The row of search_state. */
struct rebuild {
	struct db *db;
	const struct search_source_kind *kind;
	int64_t from_id, began_id, began_at;
};

/* 1, 0 there is none, -1. */
static int
read_rebuild(struct rebuild *b)
{
	struct db_rows *r = db_query(b->db, search_put_sql[STATE], DB_NONE);
	int rc = db_next(r);

	for (size_t i = 0; rc == 1 && i < N_KINDS; i++)
		if (strcmp(kinds_rebuild[i].kind, db_col_text(r, 0)) == 0)
			b->kind = &kinds_rebuild[i];
	if (rc == 1 && b->kind == NULL)
		rc = 0; /* of a later version */
	if (rc == 1) {
		b->from_id = db_col_int(r, 1);
		b->began_id = db_col_int(r, 2);
		b->began_at = db_col_int(r, 3);
	}
	db_end(r);
	return rc;
}

/* The rows from BOTTOM on, 0: all that are left. */
static int
put_rows(struct rebuild *b, int64_t bottom, int64_t full)
{
	int of_messages = b->kind->bottom == MESSAGE_BOTTOM;

	if (of_messages &&
	    search_partition_count(b->db, bottom, b->from_id) == -1)
		return -1;
	for (int i = b->kind->bottom + 1; i < b->kind->end; i++)
		if (db_run(b->db, search_put_sql[i],
			DB_ARGS(db_int(bottom), db_int(b->from_id))) == -1)
			return -1;
	if (of_messages && bottom > 0 &&
	    search_partition_split(b->db, bottom, b->from_id, full) == -1)
		return -1;
	if (bottom == 0)
		return db_run(b->db, search_put_sql[DONE],
		    DB_ARGS(db_text(b->kind->kind)));
	return db_run(b->db, search_put_sql[MOVE],
	    DB_ARGS(db_text(b->kind->kind), db_int(bottom)));
}

/* In a transaction: the next rows, and whether they are the last.  0, -1. */
static int
rebuild(struct rebuild *b, int64_t full, int64_t now, int *last)
{
	int64_t bottom = 0;

	if (b->began_at == 0 &&
	    db_run(b->db, search_put_sql[BEGIN],
		DB_ARGS(db_text(b->kind->kind), db_int(now))) == -1)
		return -1;
	if (db_get_int(b->db, search_put_sql[b->kind->bottom],
		DB_ARGS(db_int(b->from_id),
		    db_int(search_partition_some(full) - 1)),
		&bottom) == -1)
		return -1;
	*last = bottom == 0;
	return put_rows(b, bottom, full);
}

int
search_rebuild_step(struct db *db, int64_t full, int64_t now)
{
	struct rebuild b = { .db = db };
	int rc = read_rebuild(&b), last = 0;

	if (rc != 1)
		return rc;
	if (db_begin_step(db) == -1)
		return -1;
	if (rebuild(&b, full, now, &last) == -1) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db) == -1)
		return -1;
	if (b.began_at == 0)
		log_info("the search's index of %s is being built: until it "
			 "is, a search says that it is not complete, and "
			 "'waspool stats' how far it is",
		    b.kind->many);
	if (last)
		log_info("the search's index of %s is built", b.kind->many);
	return 1;
}

int
search_progress(struct db *db, int64_t now, struct search_progress *p)
{
	struct rebuild b = { .db = db };
	int rc = read_rebuild(&b);
	int64_t done;

	*p = (struct search_progress){ .whole = rc == 0, .seconds = -1 };
	if (rc != 1)
		return rc;
	p->kind = b.kind->many;
	done = b.began_id - b.from_id;
	if (b.began_at == 0 || done <= 0)
		return 0;
	p->percent = (int)(100 * done / b.began_id);
	p->seconds = (now - b.began_at) * b.from_id / done;
	return 0;
}
