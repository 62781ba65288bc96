#ifndef INBOX_INBOX_H
#define INBOX_INBOX_H

#include "lib/sql/db.h"

/*
 * The inbox database: creates, opens and upgrades it.  The other files of
 * src/inbox work on the handle that inbox_open returns.  TARGET is a path or an
 * address, of config_inbox().
 */
#define INBOX_VERSION 8 /* of inbox.sql */

/*
 * Opens it.  Another schema version is refused: the log then has both versions
 * and the command that helps.  NULL: not opened, said in the log.  owned:
 * db_close.
 */
struct db *inbox_open(const char *target, enum db_mode, int wait_ms);

/* Creates file and schema; of PostgreSQL the schema, as the owner of the
 * database: 1 created, 0 they exist, -1. */
int inbox_create(const char *target);

/* Upgrades the schema from the database's version to ours by the numbered
 * steps, all or none, in one transaction: how many steps; -1 when one fails,
 * or the database is newer than this program. */
int inbox_upgrade(const char *target);

#endif
