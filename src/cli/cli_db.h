#ifndef CLI_CLI_DB_H
#define CLI_CLI_DB_H

#include "lib/sql/db.h"

struct cli;
struct session;
struct spool;
struct statements;

/*
 * The databases of a command.  Each is opened when it is first needed, and
 * closed at the end of the command (cli->at_exit).  When one cannot be opened
 * or written, the program ends, and says what to do.
 */

/* Where database NAME is (inbox.db, spool.db), which need not exist: a path, or
 * the inbox's address (config_inbox). */
const char *cli_db_place(struct cli *, const char *name);

/* The same, but the program ends when there is no such file. */
const char *cli_db_path(struct cli *, const char *name);

/* For a command that is about the inbox's file: where there is none the program
 * ends, and says what does the same INSTEAD. */
void cli_db_file(struct cli *, const char *instead);

/* The inbox, all statements of the command line prepared. */
struct db *cli_db_inbox(struct cli *, enum db_mode);
struct spool *cli_db_spool(struct cli *);

/* A member's session, for the workspace of --workspace. */
struct session *cli_db_member(struct cli *);
/* The same, sealed with these statements instead of those that most verbs
 * need. */
struct session *cli_db_seal(struct cli *, const struct statements *);

void cli_db_begin(struct cli *);
void cli_db_commit(struct cli *);
/* The same of a member's session. */
void cli_db_begin_member(struct session *);
void cli_db_commit_member(struct session *);

/* Returns RC, of a call on the session or the inbox; -1 ends the program. */
int cli_db_ok(struct cli *, int rc);

/* Ends the program after a call failed; WHY is from db_error or
 * session_error. */
void cli_db_fail(enum db_error why) __attribute__((noreturn));

/*
 * Ends the program unless a copy of BYTES fits into folder DIR.  On the disk of
 * the databases WASPOOL_FILES_MIN_FREE must stay free, since deliveries are
 * more important than a copy.
 */
void cli_db_room(struct cli *, const char *dir, int64_t bytes);

/* Wakes the processor, which would else poll within seconds. */
void cli_db_wake(struct cli *);

/* The id of an existing workspace: S, or with S NULL the only one; else the
 * program ends. */
int64_t cli_db_workspace(struct cli *, const char *s);

/* The workspace of that name, which is not being removed; 0: none has it. */
int64_t cli_db_workspace_named(struct cli *, const char *name);

/* The user with that address; the program ends when there is none. */
struct user;
void cli_db_user(struct cli *, const char *email, struct user *);

#endif
