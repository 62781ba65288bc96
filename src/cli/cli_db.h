#ifndef CLI_CLI_DB_H
#define CLI_CLI_DB_H

#include "lib/sql/db.h"

struct cli;
struct session;
struct spool;

/*
 * The databases of a command.  Each is opened when it is first asked for and
 * closed when the command is over (cli->at_exit); what cannot be opened or
 * written ends the program, with a word on what to do.
 */

/* Where database NAME (inbox.db, spool.db) is, or would be. */
const char *cli_db_place(struct cli *, const char *name);

/* The same of one that is there; else the program ends. */
const char *cli_db_path(struct cli *, const char *name);

/* The inbox, all statements of the command line prepared. */
struct db *cli_db_inbox(struct cli *, enum db_mode);
struct spool *cli_db_spool(struct cli *);

/* The door through which members send, for the workspace of --workspace. */
struct session *cli_db_member(struct cli *);

void cli_db_begin(struct cli *);
void cli_db_commit(struct cli *);

/* RC as it is, but -1 ends the program. */
int cli_db_ok(struct cli *, int rc);

/* Ends the program after a call failed: WHY, as db_error or session_error
 * say. */
void cli_db_fail(enum db_error why) __attribute__((noreturn));

/*
 * A copy of BYTES fits into folder DIR; where the databases are it leaves what
 * deliveries need (WASPOOL_FILES_MIN_FREE), since no copy is worth a delivery.
 * Else the program ends and says so.
 */
void cli_db_room(struct cli *, const char *dir, int64_t bytes);

/* The processor looks now instead of within seconds. */
void cli_db_wake(struct cli *);

/* A workspace that is there: of the number S, or with S NULL the only one. */
int64_t cli_db_workspace(struct cli *, const char *s);

/* The user with that address; there is one, or the program ends. */
struct user;
void cli_db_user(struct cli *, const char *email, struct user *);

#endif
