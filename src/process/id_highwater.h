#ifndef PROCESS_ID_HIGHWATER_H
#define PROCESS_ID_HIGHWATER_H

#include <stdint.h>

#include "inbox/node/id_marks.h"

struct db;
struct statements;

/*
 * Which ids the inbox has given, noted beside it (inbox/node/id_marks.h):
 * should an older copy be put back, by waspool restore or by hand, no id means
 * somebody else.
 */
struct id_highwater {
	struct db *db;
	const char *path;      /* STATE_DIR/inbox.highwater */
	struct id_marks noted; /* its own: begins with 0 */
};

extern const struct statements id_highwater_statements;

/*
 * At the start, outside a transaction: an inbox that is older than the note
 * goes on far above it, and its streams begin anew; said in the log.  0, or
 * -1: the database failed.
 */
int id_highwater_check(struct id_highwater *, int64_t now);

/* Now and then: writes down what is new. */
void id_highwater_note(struct id_highwater *, int64_t now);

#endif
