#ifndef SESSION_SESSION_HANDLE_H
#define SESSION_SESSION_HANDLE_H

#include <stdint.h>

struct db;
struct member;
struct pool;
struct session_cache;

/* What the files of this folder share; nobody else includes it. */
struct session {
	struct db *db;
	int64_t workspace_id;	     /* what my_workspace() answers */
	int64_t user_id;	     /* my_user() */
	int64_t token_id;	     /* my_token() */
	int reading;		     /* from session_begin_read on */
	int64_t checked_ms;	     /* when session_check looked last */
	struct session_cache *cache; /* owned */
};

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
