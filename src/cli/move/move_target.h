#ifndef CLI_MOVE_MOVE_TARGET_H
#define CLI_MOVE_MOVE_TARGET_H

#include "cli/move/move_tables.h"

struct db;
struct pool;
struct statements;

/*
 * In the transaction that fills the inbox DB: from move_target_begin on no
 * trigger fires, and rows may refer to some that are not there yet; after
 * move_target_end all is as it was, and every row refers to one that is there.
 * Of PostgreSQL that is for the owner of the tables, who may change them.  0,
 * -1.
 */
struct move_target {
	struct db *db;
	struct pool *pool;
	const struct move_table *tables;
	int n;
	const char *restore; /* private */
};

int move_target_begin(struct move_target *);
int move_target_end(struct move_target *);

/* Those of each engine. */
int move_target_begin_sqlite(struct move_target *);
int move_target_end_sqlite(struct move_target *);
int move_target_begin_pgsql(struct move_target *);
int move_target_end_pgsql(struct move_target *);

extern const struct statements move_target_pgsql_statements;

#endif
