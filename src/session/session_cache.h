#ifndef SESSION_SESSION_CACHE_H
#define SESSION_SESSION_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct session;

/*
 * A cache of what was made of rows, of one session.  It is used from
 * session_begin_cached to session_end_read, and only what was put in the same
 * state of the database: as soon as anybody has committed anything, whichever
 * process or program, all of it is gone (db_state).  So it never answers what a
 * statement would not answer now, and nobody has to tell it of a change.  What
 * else an answer depends on is the time, which is said with it.
 *
 * It is bounded, and forgets all when it is full.  Keys are ids of
 * conversations, of the workspace that the session serves then, and one of its
 * counts.
 */
#define SESSION_CACHE_MAX    (128 * 1024) /* bytes */
#define SESSION_CACHE_COUNTS (-1)

/* 0: nothing is kept at the moment, or ever (an engine without db_state). */
int session_cache_is_used(struct session *);

/* The text of ID, NUL-terminated, borrowed until the next put; NULL: none. */
const char *session_cache_get(struct session *, int64_t id);

/* TEXT (LEN bytes) is what to show of ID until TURNS_AT; where that is past, or
 * 0, from then on. */
void session_cache_put(struct session *, int64_t id, const char *text,
    size_t len, int64_t turns_at);

/*
 * The top of list NAME of the workspace: its first places, *N of them, ASKED or
 * all that there are; borrowed until the next put; NULL: they are not kept.
 */
struct session_cache_place {
	int64_t at, id;
};
const struct session_cache_place *session_cache_top(
    struct session *, const char *name, int asked, int *n);
/* N places; fewer than ASKED when there are no more. */
void session_cache_put_top(struct session *, const char *name, int asked,
    const struct session_cache_place *, int n);

/*
 * A whole answer, of the session's member to the same QUESTION in the same
 * second, however it depends on who asks and when: LEN bytes, borrowed until
 * the next put; NULL: none.  One is kept when it is put for the second time,
 * since most questions are asked once.  Longer ones are not kept.
 */
#define SESSION_CACHE_ANSWER_MAX (64 * 1024) /* bytes, with the question */

const char *session_cache_answer(
    struct session *, const char *question, size_t *len);
void session_cache_put_answer(
    struct session *, const char *question, const char *text, size_t len);

#endif
