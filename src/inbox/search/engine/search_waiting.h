#ifndef INBOX_SEARCH_ENGINE_SEARCH_WAITING_H
#define INBOX_SEARCH_ENGINE_SEARCH_WAITING_H

struct statements;

/* What search_progress.c asks in each engine's own words: how many rows wait,
 * at most $1 of a kind; whether any does. */
enum { SEARCH_HOW_MANY_WAIT, SEARCH_DO_ANY_WAIT, SEARCH_WAITING_SQL };

struct search_waiting {
	const char *const *sql;
};

extern const struct search_waiting search_waiting_sqlite, search_waiting_pgsql;
extern const struct statements search_waiting_sqlite_statements,
    search_waiting_pgsql_statements;

#define SEARCH_STALE                                                           \
	"FROM search_stale WHERE kind IN ('message', 'conversation', "         \
	"'contact')"
#define SEARCH_COUNT(ROWS)                                                     \
	"(SELECT COUNT(*) FROM (SELECT 1 " ROWS " LIMIT $1) AS n)"

#endif
