#ifndef LIB_SQL_SQLITE_SYSTEM_SQLITE_GATHER_H
#define LIB_SQL_SQLITE_SYSTEM_SQLITE_GATHER_H

struct sqlite3;
struct sqlite3_file;

/* Bytes behind SQLite's struct of an open WAL, which is SIZE bytes long. */
int sqlite_gather_room(void);

/* Of a WAL that SQLite has just opened. */
void sqlite_gather_open(struct sqlite3_file *, int size);

/* The connection, which flushes with each commit, begins one, with the writers'
 * lock: what it appends to the WAL from here on may be written together, at the
 * latest with the flush. */
void sqlite_gather_begin(struct sqlite3 *);

/* It was done, or failed; before the lock is given back. */
void sqlite_gather_end(struct sqlite3 *);

#endif
