#ifndef TESTS_UNIT_QUEUED_H
#define TESTS_UNIT_QUEUED_H

/* Messages of ours in the outbox of a fixture, due from FIXTURE_NOW on. */
#include "fixture.h"

#include "inbox/outbox/outbox.h"

/* fixture_begin, and conversations 1 and 2 of number 1. */
int queued_begin(void **state);

/* One more conversation, ID, of number 1. */
void queued_talk(struct fixture *, int id);

/* A text of ours in CONVERSATION, queued: message and outbox row have ID. */
void queued_say(struct fixture *, int id, int conversation);

/*
 * The rows of number 1 that may go at NOW, as "1 2 5", and themselves in *ROWS
 * unless NULL; in the fixture's pool.
 */
const char *queued_ids(struct fixture *, int64_t now, struct outbox_row **rows);

/* The first due row, which is sending from NOW on. */
struct outbox_row queued_leave(struct fixture *, int64_t now);

/* Row ID as "done sent wamid.1 -": row, message, wamid, error. */
const char *queued_state(struct fixture *, int id);

/* The provider's answer to a message. */
extern const struct outbox_taken queued_answer;

/* A status of the provider, with our callback data, is applied. */
void queued_status(struct fixture *, const char *callback, const char *wamid,
    const char *word);

/* CALL in a transaction of its own, answering 0 or more. */
#define IN_TRANSACTION(fx, call)                                               \
	do {                                                                   \
		assert_int_equal(db_begin((fx)->db), 0);                       \
		assert_int_not_equal((call), -1);                              \
		assert_int_equal(db_commit((fx)->db), 0);                      \
	} while (0)

#endif
