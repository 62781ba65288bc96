#ifndef LIB_SQL_SQLITE_SYSTEM_SQLITE_MAP_H
#define LIB_SQL_SQLITE_SYSTEM_SQLITE_MAP_H

struct sqlite3;

/* SQLite opens its files so that they can be mapped whole.  Before the first
 * connection, and after sqlite_files_guard. */
void sqlite_map_register(void);

/* It has got FD just now, in this thread. */
void sqlite_map_opened(int fd);

/* The connection's file is mapped from now on; where it cannot be, SQLite reads
 * it as before.  Outside transactions. */
void sqlite_map_begin(struct sqlite3 *);

/* The connection rests: when all that have mapped the file do, its pages go
 * from the memory of the process.  Perhaps from another thread, but while none
 * uses the connection; outside transactions. */
void sqlite_map_rest(struct sqlite3 *);

#endif
