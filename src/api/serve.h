#ifndef API_SERVE_H
#define API_SERVE_H

#include <stdint.h>

#include "lib/sql/db.h"

struct action;
struct session;

/*
 * What each program of the API does with a request beside its route: the head
 * of the answer, who asks, a failure, the log line.
 */

/* Headers that every answer has. */
void serve_begin(struct action *);

/*
 * Who asks, into A->who: by TICKET unless NULL, else by "Authorization: Bearer
 * TOKEN".  1; 0: nobody, and 401 with DETAIL was replied; -1: the database
 * failed.
 */
int serve_sign_in(
    struct action *, struct session *, const char *ticket, const char *detail);

/*
 * Replies that the database failed, or that we did (DB_CONSTRAINT, DB_OK);
 * RETRY_AFTER is in seconds.  A broken database does not get better in this
 * process: after DB_BROKEN it gets SIGTERM, serve_broken answers 1, and whoever
 * watches over the program starts it anew.
 */
void serve_fail(struct action *, enum db_error, const char *retry_after);
int serve_broken(void);

/* One line: what was asked, the answer, whose, and since BEGAN_MS. */
void serve_log(const struct action *, int64_t began_ms);

#endif
