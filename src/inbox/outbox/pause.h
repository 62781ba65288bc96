#ifndef INBOX_OUTBOX_PAUSE_H
#define INBOX_OUTBOX_PAUSE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * A pause: a number does not send for a while, because it sent too fast, or
 * because a person must correct something.  The row stays after its time, for
 * the back-off, until a message was sent.
 *
 * While only one message was refused, the cause may be that message: row_id is
 * its row of the outbox, and other conversations are sent.
 */
struct pause { /* texts in POOL, NULL none; times in unix seconds */
	int64_t until;
	int64_t attempts; /* in a row */
	const char *reason;
	const char *key_mark; /* of the API key; another key ends the pause */
	const char *error;    /* JSON {"code","title","detail"} */
	int64_t row_id;	      /* 0: nothing is sent */
	int64_t conversation_id; /* of that row; pause_put does not need it */
	int64_t refused_at;	 /* when the provider refused last, 0 */
};

extern const struct statements pause_statements;

int pause_get(struct db *, struct pool *, int64_t number_id,
    struct pause *); /* 1, 0, -1 */
int pause_put(struct db *, int64_t number_id, const struct pause *);
int pause_end(struct db *, int64_t number_id);

#endif
