#ifndef LIB_SQL_SCHEMA_H
#define LIB_SQL_SCHEMA_H

/* schema/sqlite/spool.sql and so on, made into C by the Makefile. */
extern const char spool_sql[];
extern const char inbox_sql[];
extern const char inbox_2_sql[]; /* from version 1 to 2 */
extern const char inbox_3_sql[]; /* from version 2 to 3 */
extern const char inbox_4_sql[]; /* from version 3 to 4 */
extern const char session_sql[]; /* each member's session */

#endif
