#ifndef CLI_MOVE_MOVE_TABLES_H
#define CLI_MOVE_MOVE_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct statements;

enum move_type { MOVE_INTEGER, MOVE_TEXT, MOVE_BLOB };

struct move_column {
	const char *name;
	enum move_type type;
};

struct move_table {
	const char *name;
	struct move_column *columns; /* that are stored, n of them */
	int n;
};

/* A value of a row.  s is NULL where it is; a text has no NUL behind it. */
struct move_value {
	const char *s;
	size_t len;
	int64_t i;
};

#define MOVE_TABLES_MAX	 200
#define MOVE_COLUMNS_MAX 64

extern const struct statements move_tables_sqlite_statements;

/* The tables of the inbox SQLITE, without those of the search, in POOL: how
 * many TABLES, of MOVE_TABLES_MAX at most, or -1. */
int move_tables_read(
    struct db *sqlite, struct pool *, struct move_table *tables);

/* "a, b, c", in POOL. */
const char *move_table_columns(struct pool *, const struct move_table *);

#endif
