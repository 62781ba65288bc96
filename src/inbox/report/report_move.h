#ifndef INBOX_REPORT_REPORT_MOVE_H
#define INBOX_REPORT_REPORT_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/* Of a number that goes to another workspace: moves what was counted in its
 * first quarter hour.  Some of it may have been counted there already.  1, 0
 * none is left, -1. */
int report_move(struct db *, int64_t from, int64_t to, int64_t number_id);

extern const struct statements report_move_statements;

#endif
