#ifndef LIB_SQL_SCHEMA_H
#define LIB_SQL_SCHEMA_H

/* schema/sqlite/spool.sql and so on, made into C by the Makefile. */
extern const char sqlite_spool_sql[];
extern const char sqlite_inbox_sql[];
extern const char sqlite_inbox_2_sql[]; /* from version 1 to 2 */
extern const char sqlite_inbox_3_sql[]; /* from version 2 to 3 */
extern const char sqlite_inbox_4_sql[]; /* from version 3 to 4 */
extern const char sqlite_inbox_5_sql[]; /* from version 4 to 5 */
extern const char sqlite_inbox_6_sql[]; /* from version 5 to 6 */
extern const char sqlite_inbox_7_sql[]; /* from version 6 to 7 */
extern const char sqlite_inbox_8_sql[]; /* from version 7 to 8 */
extern const char sqlite_session_sql[]; /* each member's session */

/* schema/pgsql/database.sql and so on; --with-pgsql only. */
extern const char pgsql_database_sql[];
extern const char pgsql_tables_sql[];
extern const char pgsql_search_sql[];
extern const char pgsql_conversations_sql[];
extern const char pgsql_messages_sql[];
extern const char pgsql_follow_sql[];
extern const char pgsql_changes_sql[];
extern const char pgsql_members_sql[];
extern const char pgsql_doors_sql[];
extern const char pgsql_rights_sql[];

#endif
