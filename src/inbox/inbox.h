#ifndef INBOX_INBOX_H
#define INBOX_INBOX_H

#include "lib/sql/db.h"

/*
 * The inbox database: making it, opening it, bringing it up to date.  The
 * other files of src/inbox work on the handle that inbox_open gives.
 */
#define INBOX_VERSION 4 /* of inbox.sql */

/*
 * Opens it and refuses another schema version, naming both and the command
 * that helps.  NULL: not opened, said in the log.  owned: db_close.
 */
struct db *inbox_open(const char *path, enum db_mode, int wait_ms);

/* Makes file and schema when they are not there: 1 made, 0 there, -1. */
int inbox_create(const char *path);

/* Applies the numbered steps from the version there to ours, all or none, in
 * one transaction; how many, -1 when it is newer than we are or one fails. */
int inbox_upgrade(const char *path);

#endif
