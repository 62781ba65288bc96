#ifndef SESSION_TICKET_H
#define SESSION_TICKET_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * A ticket lets one event stream in, once, within a minute.  A browser's
 * EventSource cannot send a header, and a token may not stand in a URL; a
 * ticket may.  It belongs to the token that asked for it, and is void when that
 * token is.  session_use_ticket uses it up.
 */
#define TICKET_LIFE 60 /* seconds */

/*
 * Creates one for the member that the session serves, in the caller's
 * transaction: its text, in POOL; NULL when the database failed.
 */
char *ticket_create(
    struct session *, struct pool *, int64_t now, int64_t *expires_at);

extern const struct statements ticket_statements;

#endif
