#ifndef CLI_STORE_H
#define CLI_STORE_H

#include "lib/sql/db.h"

struct cli;
struct spool;

/*
 * The databases of a command.  Each is opened when it is first asked for and
 * closed by store_close; what cannot be opened or written ends the program,
 * with a word on what to do.
 */

/* Where database NAME (inbox.db, spool.db) is, or would be. */
const char *store_place(struct cli *, const char *name);

/* The same of one that is there; else the program ends. */
const char *store_path(struct cli *, const char *name);

/* The inbox, all statements of the command line prepared. */
struct db *store_inbox(struct cli *, enum db_mode);
struct spool *store_spool(struct cli *);

/* The door through which members send, for the workspace of --workspace. */
struct db *store_member(struct cli *);

void	store_begin(struct cli *);
void	store_commit(struct cli *);

/* RC as it is, but -1 ends the program. */
int	store_ok(struct cli *, int rc);

/* Ends the program after a call on DB failed. */
void	store_fail(struct db *) __attribute__((noreturn));

/*
 * A copy of BYTES fits into folder DIR; where the databases are it leaves what
 * deliveries need (WASPOOL_FILES_MIN_FREE), since no copy is worth a delivery.
 * Else the program ends and says so.
 */
void	store_room(struct cli *, const char *dir, int64_t bytes);

/* The processor looks now instead of within seconds. */
void	store_wake(struct cli *);

/* A workspace that is there: of the number S, or with S NULL the only one. */
int64_t	store_workspace(struct cli *, const char *s);

/* The user with that address; there is one, or the program ends. */
struct user;
void	store_user(struct cli *, const char *email, struct user *);

void	store_close(struct cli *);

#endif
