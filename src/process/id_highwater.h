#ifndef PROCESS_ID_HIGHWATER_H
#define PROCESS_ID_HIGHWATER_H

#include <stdint.h>

#include "inbox/node/id_marks.h"

struct db;
struct statements;

/*
 * Keeps the inbox's high-water marks of ids in a file beside it
 * (inbox/node/id_marks.h), so that no id is given again after an older copy was
 * put back, by waspool restore or by hand.
 */
struct id_highwater {
	struct db *db;
	const char *path;      /* STATE_DIR/inbox.highwater */
	struct id_marks noted; /* private: begins with 0 */
};

extern const struct statements id_highwater_statements;

/*
 * To be called at the start, outside a transaction.  If the inbox is older than
 * the marks, its ids continue far above them, and clients of its event streams
 * must load everything again; said in the log.  0, or -1: the database failed.
 */
int id_highwater_check(struct id_highwater *, int64_t now);

/* To be called now and then: writes higher marks into the file. */
void id_highwater_note(struct id_highwater *, int64_t now);

#endif
