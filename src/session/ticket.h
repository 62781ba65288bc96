#ifndef SESSION_TICKET_H
#define SESSION_TICKET_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * A ticket lets one event stream in, once, within a minute: a browser's
 * EventSource can send no header, and a token may not stand in a URL.  It
 * belongs to the token that asked for it, and is worth nothing without it.
 * session_use_ticket takes it.
 */
#define TICKET_LIFE 60 /* seconds */

/*
 * Makes one for the member that the connection serves, in the caller's
 * transaction: its text in POOL, NULL when the database failed.
 */
char *ticket_create(
    struct session *, struct pool *, int64_t now, int64_t *expires_at);

extern const struct statements ticket_statements;

#endif
