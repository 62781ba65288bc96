#ifndef SESSION_SESSION_HANDLE_H
#define SESSION_SESSION_HANDLE_H

#include <stdint.h>

#include "session/member.h"

struct db;
struct db_arg;
struct pool;
struct session_cache;
struct session_engine;

/* What the files of this folder share; nobody else includes it. */
struct session {
	const struct session_engine *engine;
	struct db *db;
	int64_t workspace_id;	     /* what my_workspace() answers */
	int64_t user_id;	     /* my_user() */
	int64_t token_id;	     /* my_token() */
	int reading;		     /* from session_begin_read on */
	int64_t checked_ms;	     /* when session_check looked last */
	struct session_cache *cache; /* owned */
};

/* Whom a secret lets in, when it was used last, and how long it is valid. */
struct session_found {
	struct member who;
	int64_t used_at, until;
};

/*
 * How an engine holds a session to the rows of whom it serves.  find_… answer
 * 1, 0 it lets nobody in at NOW, -1; write_pass is session_pass.  The others:
 * 0, -1, in a transaction of the caller's where they write.
 */
struct session_engine {
	int (*open)(struct session *); /* its database is open */
	int (*seal)(struct session *); /* its statements are prepared */
	/* Its ids have changed; SECRET is the member's, NULL without one. */
	void (*serve)(struct session *, const char *secret);
	int (*find_token)(struct session *, struct pool *, const char *token,
	    int64_t now, struct session_found *);
	int (*find_again)(struct session *, struct pool *,
	    const struct member *before, int64_t now, struct session_found *);
	int (*find_ticket)(struct session *, struct pool *, const char *ticket,
	    int64_t now, struct session_found *);
	int (*note_use)(
	    struct session *, int64_t token_id, int64_t at, int64_t until);
	const char *(*write_pass)(
	    struct session *, struct pool *, int64_t until);
	int (*remove_member)(struct session *, int64_t user_id, int64_t now);
};

extern const struct session_engine session_sqlite, session_pgsql;

/* For find_…: a row of the columns that both engines answer.  1, 0, -1.
 * (session_member.c) */
int session_read_member(struct session *, struct pool *, const char *statement,
    const struct db_arg *, struct session_found *);

/* For session_open and session_close; NULL is harmless.  And my_missing(ID) of
 * session.sql is NULL where session_cache_has(cache, ID). */
struct session_cache *session_cache_new(struct session *);
void session_cache_free(struct session_cache *);
void session_cache_rest(struct session_cache *); /* gives memory back */
int session_cache_has(void *cache, int64_t id);

/* In a transaction that reads, as its first statement; and at its end. */
int session_cache_begin(struct session *, int64_t now); /* 0, -1 */
void session_cache_end(struct session *);

/* Whom the token with this HASH lets in, when that was looked up in this state
 * of the database: 1 and *WHO, its texts in POOL; 0 not known.  UNTIL: from
 * then on it is looked up anew, whatever the state. */
int session_cache_member(struct session *, struct pool *,
    const unsigned char *hash, int64_t now, struct member *);
void session_cache_put_member(struct session *, const unsigned char *hash,
    int64_t until, const struct member *);

#endif
