#ifndef LIB_SQL_SQLITE_SYSTEM_SQLITE_MEMORY_H
#define LIB_SQL_SQLITE_SYSTEM_SQLITE_MEMORY_H

/* Before SQLite is used: it takes its memory from lists of free pieces. */
void sqlite_memory(void);

/* Those of this thread are given back. */
void sqlite_memory_rest(void);

#endif
