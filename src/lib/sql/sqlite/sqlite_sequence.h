#ifndef LIB_SQL_SQLITE_SQLITE_SEQUENCE_H
#define LIB_SQL_SQLITE_SQLITE_SEQUENCE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * The highest id that each AUTOINCREMENT table has ever given, which SQLite
 * keeps in a table of its own.  For inbox/node alone, which raises them in a
 * copy that is older than what clients have seen.
 */
extern const struct statements sqlite_sequence_statements;

/* Rows of a table's name and its highest id: as db_query. */
struct db_rows *sqlite_sequence_list(struct db *);

/* 1; 0: TABLE has given none; -1. */
int	sqlite_sequence_get(struct db *, const char *table, int64_t *id);

/* In the caller's transaction: TABLE gives no id up to ID any more.  Nothing
 * when there is no such table.  0, or -1. */
int	sqlite_sequence_raise(struct db *, const char *table, int64_t id);

#endif
