#ifndef CLI_MOVE_MOVE_WRITE_H
#define CLI_MOVE_MOVE_WRITE_H

#include "cli/move/move_tables.h"

struct db;
struct move_write;
struct pool;

/* Rows are written into DB, many at a time; POOL is as old as DB.  owned:
 * move_write_free. */
struct move_write *move_write_new(struct db *, struct pool *);
void move_write_free(struct move_write *); /* NULL is harmless */

/* One row, later; and all that there are, now, before another table comes: 0,
 * -1. */
int move_write_row(struct move_write *, const struct move_table *,
    const struct move_value *values);
int move_write_end(struct move_write *);

#endif
