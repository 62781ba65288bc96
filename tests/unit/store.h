#ifndef TESTS_UNIT_STORE_H
#define TESTS_UNIT_STORE_H

/*
 * Where the inboxes of a test are: in files of SQLite, or, in a test program
 * that is made a second time with STORE_PGSQL, on a PostgreSQL that it starts
 * (store_pgsql.h).  What fails in here fails the test.
 */
struct db;

struct store {
	/* A new inbox of the newest schema, in folder DIR where it is a file:
	 * its name, owned. */
	char *(*create)(const char *dir);
	/* The same with all that the inbox FROM has, which nobody has open. */
	char *(*copy)(const char *from, const char *dir);
	/* Opens it to write; NULL. */
	struct db *(*open)(const char *name, int wait_ms);
	/* Nobody needs it any more; frees the name. */
	void (*drop)(char *name);
	int has_words; /* 1: it keeps the words of the search (words_anew.h) */
};

extern const struct store store_sqlite;

/* That of the fixture. */
extern const struct store *store_now;

/* SQL for the one engine or the other. */
#define store_sql(sqlite, pgsql) (store_now == &store_sqlite ? sqlite : pgsql)

#endif
