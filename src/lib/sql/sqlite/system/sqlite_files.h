#ifndef LIB_SQL_SQLITE_SYSTEM_SQLITE_FILES_H
#define LIB_SQL_SQLITE_SYSTEM_SQLITE_FILES_H

/* From now on SQLite opens no link, pipe or device, and no journal that another
 * user may have written.  Before the first connection. */
void sqlite_files_guard(void);

/* What is at PATH and beside it are files, or not there; a link to the database
 * itself may be where nobody else writes.  0; -1, said. */
int sqlite_files_check(const char *path);

#endif
