#ifndef TESTS_BENCH_BARE_H
#define TESTS_BENCH_BARE_H

#include <stdint.h>

#include <sqlite3.h>

/*
 * bare FROM TO: the rows that deliveries of one message each left in the inbox
 * FROM, written again into TO, an inbox without conversations, by a loop that
 * knows all of them beforehand.  It opens SQLite itself: a reference that went
 * through waspool's doors would hide what these cost.
 */
#define BARE_COLUMNS 24

/* A table, and which columns are written; the triggers do the rest. */
struct bare_table {
	const char *insert; /* into TO */
	const char *select; /* from FROM, in the same order */
};

struct bare_row {
	int n; /* columns; 0: no such row */
	sqlite3_value *value[BARE_COLUMNS];
};

#define BARE_IDENTITIES 4

/* What one delivery left. */
struct bare_step {
	struct bare_row message;
	struct bare_row conversation; /* when this was its first message */
	struct bare_row identity[BARE_IDENTITIES];
	struct bare_row sighting; /* when it was the first of it */
	struct bare_row reaction;
	struct bare_row media;
	sqlite3_value *wa_id; /* leads to the conversation */
};

/* The tables in the order in which a step writes them. */
enum {
	BARE_CONVERSATION,
	BARE_IDENTITY,
	BARE_SIGHTING,
	BARE_REACTION,
	BARE_MESSAGE,
	BARE_MEDIA,
	BARE_TABLES
};
extern const struct bare_table bare_tables[BARE_TABLES];

#define BARE_CONVERSATION_ID 3 /* where it stands in a message */

/* Opens PATH as waspool's own programs do; ends the program when it cannot. */
sqlite3 *bare_open(const char *path);
sqlite3_stmt *bare_prepare(sqlite3 *, const char *sql);
void bare_fail(sqlite3 *, const char *what);

/* The words that the processor puts (inbox/search/search_define.h), by the
 * program's own functions: what they cost is no part of its doors.  For
 * bare_open. */
void bare_define_words(sqlite3 *);

/* Up to MAX steps behind the message *LAST, which moves on: how many. */
int bare_load(sqlite3 *from, int64_t *last, struct bare_step *, int max);
void bare_forget(struct bare_step *, int n);

/* Prints a line for each table: how many rows, and a digest of all of them. */
void bare_digest(sqlite3 *);

#endif
