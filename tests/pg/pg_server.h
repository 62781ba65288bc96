#ifndef TESTS_PG_PG_SERVER_H
#define TESTS_PG_PG_SERVER_H

/*
 * Debian's PostgreSQL, started for a test: in a folder of its own below /tmp,
 * reached by a socket in that folder only, as another user where we are root.
 * The role "secret" needs a password, all others none.
 */
struct db;
struct pg_server;

/* Owned; NULL, and *WHY: it is not installed (1 is answered in *ABSENT), or
 * does not start. */
struct pg_server *pg_server_start(const char **why, int *absent);
void pg_server_stop(struct pg_server *); /* NULL is harmless */

/* RUN beside one in *SERVER, and its status; without one all is skipped, as TAP
 * has it, or fails. */
int pg_server_serve(struct pg_server **server, int (*run)(void));

/* A standby of PRIMARY, that follows it: as pg_server_start. */
struct pg_server *pg_server_start_standby(const struct pg_server *primary);

/* Its power fails: nothing of it is left but what it has on disk. */
void pg_server_kill(struct pg_server *);
/* It starts again, after pg_server_kill or by itself: 0, -1. */
int pg_server_start_again(struct pg_server *);

/* From now on a COMMIT is done and not answered: it waits for a standby that is
 * not there; HOLD 0: those that wait are answered. */
void pg_server_hold_commits(const struct pg_server *, int hold);

/* Where its socket is.  Borrowed. */
const char *pg_server_folder(const struct pg_server *);

/* For db_open_by: an empty database.  Borrowed. */
const char *pg_server_target(const struct pg_server *);

/* schema/pgsql of the tree at ROOT, into an empty database: 0, -1. */
int pg_server_lay_schema(struct db *, const char *root);

#endif
