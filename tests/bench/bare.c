/*
 * bare: how fast the rows of a drain can be written at all.
 * Reads the inbox FROM, which the processor has filled; writes TO, an inbox
 * without messages, with BATCH deliveries a transaction; prints how long the
 * writing took.  With one argument only it prints what that inbox holds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "inbox/search/engine/search_define.h"

#include "bare.h"

#define BATCH_MAX 10000

static const char usage[] = "usage: bare FROM TO BATCH CHECKPOINT_PAGES\n"
			    "       bare INBOX\n";

enum {
	BEGIN,
	INDEXED,
	MESSAGE_WORDS, /* from here on: what search_index.c puts */
	CONVERSATION_WORDS,
	CONVERSATION_DIGITS,
	COMMIT,
	FIND,
	CURSOR,
	N_SQL
};

/* As src/process/indexer.c does it at most. */
#define WORDS_MAX 5000

#define ABOVE(KIND)                                                            \
	" r.id > (SELECT upto_id FROM search_indexed WHERE kind = '" KIND "')"

static const char *const sql[N_SQL] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[MESSAGE_WORDS] =
	    "INSERT INTO message_words(rowid, words)"
	    " SELECT r.id, " SEARCH_MESSAGE_WORDS(
		"r") " FROM messages AS r"
		     " WHERE" ABOVE("message") " AND r.text IS NOT "
					       "NULL ORDER BY r.id",
	[CONVERSATION_WORDS] =
	    "INSERT INTO conversation_words(rowid, words)"
	    " SELECT r.id, " SEARCH_NAMES(
		"r", SEARCH_CONVERSATION_TEXT("r")) " FROM conversations AS r "
						    "WHERE" ABOVE(
							"conversation") " AND "
									"r."
									"profil"
									"e_"
									"name "
									"IS "
									"NOT "
									"NULL "
									"ORDER "
									"BY "
									"r.id",
	[CONVERSATION_DIGITS] = "INSERT INTO conversation_digits(rowid, words)"
				" SELECT r.id, " SEARCH_PHONE_DIGITS(
				    "r") " FROM "
					 "conversations "
					 "AS r "
					 "WHERE" ABOVE("conversatio"
						       "n") " AND "
							    "r."
							    "phone "
							    "IS NOT "
							    "NULL "
							    "ORDER "
							    "BY "
							    "r.id",
	[INDEXED] = "UPDATE search_indexed SET upto_id = CASE kind"
		    " WHEN 'message' THEN (SELECT MAX(id) FROM messages)"
		    " ELSE (SELECT MAX(id) FROM conversations) END"
		    " WHERE kind <> 'contact'",
	[COMMIT] = "COMMIT",
	[FIND] = "SELECT conversation_id FROM identities"
		 " WHERE workspace_id = ? AND number_id = ?"
		 " AND kind = 'wa_id' AND value = ?",
	[CURSOR] = "INSERT INTO spool_cursors(node, delivery_id, seen_at)"
		   " VALUES ('bare', ?, 0) ON CONFLICT(node) DO UPDATE"
		   " SET delivery_id = excluded.delivery_id",
};

struct bare {
	sqlite3 *from, *to;
	sqlite3_stmt *s[N_SQL];
	sqlite3_stmt *insert[BARE_TABLES];
	int batch;
	int checkpoint;
	int wal_pages;
	int64_t done, indexed;
	double seconds, cpu;
};

static double
ticks(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
run(struct bare *b, sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE)
		bare_fail(b->to, sqlite3_sql(s));
	sqlite3_reset(s);
}

static void
bind(sqlite3_stmt *s, int i, sqlite3_value *v)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		sqlite3_bind_int64(s, i, sqlite3_value_int64(v));
		break;
	case SQLITE_NULL:
		sqlite3_bind_null(s, i);
		break;
	default:
		sqlite3_bind_text(s, i, (const char *)sqlite3_value_text(v),
		    sqlite3_value_bytes(v), SQLITE_STATIC);
	}
}

/* CONVERSATION_ID in column AT, unless that is 0. */
static void
insert(struct bare *b, int table, const struct bare_row *row, int at,
    int64_t conversation_id)
{
	sqlite3_stmt *s = b->insert[table];

	if (row->n == 0)
		return;
	for (int i = 0; i < row->n; i++)
		if (i != at || at == 0)
			bind(s, i + 1, row->value[i]);
	if (at != 0)
		sqlite3_bind_int64(s, at + 1, conversation_id);
	run(b, s);
}

static int64_t
find(struct bare *b, const struct bare_step *step)
{
	sqlite3_stmt *s = b->s[FIND];
	int64_t id = 0;

	bind(s, 1, step->message.value[0]);
	bind(s, 2, step->message.value[1]);
	bind(s, 3, step->wa_id);
	if (sqlite3_step(s) == SQLITE_ROW)
		id = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return id;
}

static int64_t
new_conversation(struct bare *b, const struct bare_step *step)
{
	int64_t id;

	insert(b, BARE_CONVERSATION, &step->conversation, 0, 0);
	id = sqlite3_last_insert_rowid(b->to);
	for (int i = 0; i < BARE_IDENTITIES; i++)
		insert(b, BARE_IDENTITY, &step->identity[i], 4, id);
	return id;
}

static void
write_step(struct bare *b, const struct bare_step *step)
{
	int64_t id = find(b, step);

	if (id == 0)
		id = new_conversation(b, step);
	insert(b, BARE_SIGHTING, &step->sighting, 0, 0);
	insert(b, BARE_REACTION, &step->reaction, 0, 0);
	insert(b, BARE_MESSAGE, &step->message, BARE_CONVERSATION_ID, id);
	insert(
	    b, BARE_MEDIA, &step->media, 1, sqlite3_last_insert_rowid(b->to));
}

static int
note_wal(void *bare, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct bare *)bare)->wal_pages = pages;
	return SQLITE_OK;
}

/* The words of what was written since, in a transaction of their own. */
static void
write_words(struct bare *b)
{
	run(b, b->s[BEGIN]);
	for (int i = MESSAGE_WORDS; i < COMMIT; i++)
		run(b, b->s[i]);
	run(b, b->s[INDEXED]);
	run(b, b->s[COMMIT]);
	b->indexed = b->done;
}

/* A function of its own, so that callgrind can be told to count it alone. */
static __attribute__((noinline)) void
write_batch(struct bare *b, const struct bare_step *steps, int n)
{
	double began = ticks(CLOCK_MONOTONIC);
	double cpu = ticks(CLOCK_PROCESS_CPUTIME_ID);

	run(b, b->s[BEGIN]);
	for (int i = 0; i < n; i++)
		write_step(b, &steps[i]);
	b->done += n;
	sqlite3_bind_int64(b->s[CURSOR], 1, b->done);
	run(b, b->s[CURSOR]);
	run(b, b->s[COMMIT]);
	if (n < b->batch || b->done - b->indexed >= WORDS_MAX)
		write_words(b);
	if (b->wal_pages >= b->checkpoint)
		sqlite3_wal_checkpoint_v2(
		    b->to, NULL, SQLITE_CHECKPOINT_FULL, NULL, NULL);
	b->seconds += ticks(CLOCK_MONOTONIC) - began;
	b->cpu += ticks(CLOCK_PROCESS_CPUTIME_ID) - cpu;
}

static void
write_all(struct bare *b)
{
	struct bare_step *steps = calloc((size_t)b->batch, sizeof(*steps));
	int64_t last = 0;
	int n;

	for (int i = 0; i < N_SQL; i++)
		b->s[i] = bare_prepare(b->to, sql[i]);
	for (int i = 0; i < BARE_TABLES; i++)
		b->insert[i] = bare_prepare(b->to, bare_tables[i].insert);
	sqlite3_wal_hook(b->to, note_wal, b);
	while (steps != NULL &&
	       (n = bare_load(b->from, &last, steps, b->batch)) > 0) {
		write_batch(b, steps, n);
		bare_forget(steps, n);
	}
	if (b->indexed < b->done)
		write_batch(b, steps, 0);
	free(steps);
}

int
main(int argc, char **argv)
{
	struct bare b = { 0 };

	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (argc == 2) {
		bare_digest(bare_open(argv[1]));
		return 0;
	}
	if (argc == 5) {
		b.batch = atoi(argv[3]);
		b.checkpoint = atoi(argv[4]);
	}
	if (b.batch <= 0 || b.batch > BATCH_MAX || b.checkpoint <= 0) {
		fputs(usage, stderr);
		return 2;
	}
	b.from = bare_open(argv[1]);
	b.to = bare_open(argv[2]);
	write_all(&b);
	printf("%" PRId64 " deliveries in %.3f seconds, %.3f of the CPU\n",
	    b.done, b.seconds, b.cpu);
	return 0;
}
