#ifndef INBOX_MESSAGE_PAGE_MESSAGE_ROW_PGSQL_H
#define INBOX_MESSAGE_PAGE_MESSAGE_ROW_PGSQL_H

struct statements;

/*
 * Statements on PostgreSQL that begin as MESSAGE_ROW(…) does (message_row.h),
 * with the same parameters as those of SQLite, and three columns more:
 */
enum message_row_pgsql {
	MESSAGE_ROW_PGSQL_OLDER, /* message_list.c */
	MESSAGE_ROW_PGSQL_NEWER,
	MESSAGE_ROW_PGSQL_ONE,
	MESSAGE_ROW_PGSQL_FILES, /* message_files.c */
	MESSAGE_ROW_PGSQL_N
};

enum message_row_pgsql_column {
	MESSAGE_ROW_PGSQL_REACTIONS = 22, /* JSON: [[emoji, sender, at], …] */
	MESSAGE_ROW_PGSQL_WAMID,	  /* which was looked for, NULL none */
	MESSAGE_ROW_PGSQL_QUOTED	  /* "id conversation_id" of that */
};

#define MESSAGE_ROW_PGSQL_REACTIONS_MAX 1024 /* a group's message */

/* Its text, for db_query. */
const char *message_row_pgsql_sql(enum message_row_pgsql);

extern const struct statements message_row_pgsql_statements;

#endif
