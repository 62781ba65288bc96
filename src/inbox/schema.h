#ifndef INBOX_SCHEMA_H
#define INBOX_SCHEMA_H

/* schema/spool.sql and schema/inbox.sql, made into C by the Makefile. */
extern const char spool_sql[];
extern const char inbox_sql[];

#endif
