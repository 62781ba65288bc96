#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

/*
 * An inbox of its own for each test, and the shortest words to ask and change
 * it.  What fails in here fails the test.  The fixture is the first argument;
 * an assertion has what was found first and what is right second.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/workspace/number.h"

#include "process/drain/apply.h"

struct session;

#define FIXTURE_NOW 1769774400 /* 2026-01-30T12:00:00Z */

struct fixture {
	char *dir;		/* for any file of the test */
	char *path;		/* of the inbox, in DIR: a name of store.h */
	struct db *db;		/* sees everything */
	struct session *member; /* fixture_begin_members only, else NULL */
	struct db *member_db;	/* its handle, borrowed */
	struct pool *pool;	/* until the end of the test */
	struct apply apply;
	const char *reason; /* why fixture_apply answered 0 */
};

/* The only number that fixture_begin has. */
extern const struct number_key fixture_number;

/*
 * For cmocka's setup: *STATE is a new fixture, for fixture_end.
 *
 * fixture_begin: workspace 1 with number 1 ("100") and nothing else.
 *
 * fixture_begin_members: … and people in it: Ann (user 1, owner, token "ann")
 * and Bob (2, agent), contacts 1 and 2, tags 1 vip and 2 late, conversations 1
 * to 4, messages 1 to 4; its number is "1001".  Beside it workspace 100, of
 * which no member of 1 may see a word: Zoe (user 100, token "zoe", until
 * FIXTURE_NOW + 10), number 100 ("2001"), contact, tag, conversation and
 * message 100, with SECRET in them.
 * MEMBER is a connection that serves Ann; a test seals it.
 */
int fixture_begin(void **state);
int fixture_begin_members(void **state);
int fixture_end(void **state);

/* The inbox PATH as programs open it to write, in a file with what makes the
 * search's words (search_define.h); NULL when it does not open. */
struct db *fixture_open(const char *path, int wait_ms);

/*
 * What SQL, without arguments, answers as one who sees everything: the number
 * in the first row, -1 without a row; the text, "(null)" for NULL and "(none)"
 * without a row, in the fixture's pool.  fixture_do runs statements.
 */
int64_t fixture_int(struct fixture *, const char *sql);
const char *fixture_text(struct fixture *, const char *sql);
void fixture_do(struct fixture *, const char *sql);

/* Token TEXT as row ID, of a user in a workspace; times may be 0: never. */
void fixture_token(struct fixture *, int64_t id, int64_t workspace_id,
    int64_t user_id, const char *text, int64_t expires_at, int64_t revoked_at);

/* Applies the event as the drain does: 1, 0 with REASON, -1. */
int fixture_apply(struct fixture *, const struct event *);

/* All steps of all jobs, each of DB_STEP_MAX rows at most: how many.  Words are
 * put meanwhile. */
int fixture_jobs(struct fixture *);

/* Puts the words of all rows that wait for them, FIXTURE_ROWS at a time: in how
 * many steps. */
#define FIXTURE_ROWS 1000
int fixture_words(struct fixture *);

/*
 * Events of number "100", for a test to change what it is about; all texts are
 * borrowed.  A live text that came in; a status WORD of a message of ours; a
 * text that we sent from the phone app.
 */
struct event fixture_event(
    const char *wamid, const char *wa_id, int64_t at, const char *text);
struct event fixture_status(const char *wamid, const char *word, int64_t at);
struct event fixture_echo(const char *wamid, const char *wa_id, int64_t at);

#endif
