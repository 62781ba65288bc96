#ifndef API_SERVE_H
#define API_SERVE_H

#include <stdint.h>

#include "lib/sql/db.h"

struct action;
struct session;

/*
 * What both programs of the API do for every request: headers of the answer,
 * authentication, failures, the log line.
 */

/* Headers that every answer has. */
void serve_begin(struct action *);

/*
 * Authenticates the request, by TICKET unless NULL, else by "Authorization:
 * Bearer TOKEN", else by the cookie of a person (cookie.h).  1, and who of the
 * action is filled in; 0: refused, 401 with DETAIL was replied, or 403; -1: the
 * database failed.
 */
int serve_sign_in(
    struct action *, struct session *, const char *ticket, const char *detail);

/*
 * Replies that the database failed, or that the fault is ours (DB_CONSTRAINT,
 * DB_OK); RETRY_AFTER is in seconds.  A process cannot recover from a broken
 * database: after DB_BROKEN it gets SIGTERM, serve_broken answers 1, and its
 * supervisor starts it again.
 */
void serve_fail(struct action *, enum db_error, const char *retry_after);
int serve_broken(void);

/* Logs one line: method, path, status, member, and the time since BEGAN_MS. */
void serve_log(const struct action *, int64_t began_ms);

#endif
