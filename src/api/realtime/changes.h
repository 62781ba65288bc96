#ifndef API_REALTIME_CHANGES_H
#define API_REALTIME_CHANGES_H

#include <stddef.h>
#include <stdint.h>

struct action;
struct buf;
struct change;
struct statements;

/*
 * What changed, as a row of /changes and as an event of a stream
 * (text/event-stream, WHATWG HTML §9.2).
 */

extern const struct statements changes_statements;

/* What one that has a type is about, with the object as it is now, null when
 * it is gone: JSON, in POOL; NULL: the database failed. */
const char *changes_json(struct action *, const struct change *, size_t *len);

/* The same as an event of a stream: 0, -1. */
int changes_event(struct action *, const struct change *, struct buf *);

/* "Load everything anew": the place is gone, go on from LAST. */
void changes_reset(struct buf *, int64_t last);

/*
 * GET /changes: fills the answer, or answers 1 when it has nothing and the
 * client would rather wait: then *AFTER is the newest seq there is.  0, -1.
 * What is other members' own is left out, also at the end: then last_seq is
 * where the page ends, as if it were not there.
 */
int changes_page(struct action *, int wait, int64_t *after);

#endif
