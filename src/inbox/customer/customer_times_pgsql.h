#ifndef INBOX_CUSTOMER_CUSTOMER_TIMES_PGSQL_H
#define INBOX_CUSTOMER_CUSTOMER_TIMES_PGSQL_H

#include <stdint.h>

struct db;
struct db_many;
struct profile;
struct statements;

/* Times of many profiles (profile_write), by one statement of PostgreSQL. */
extern const struct statements customer_times_pgsql_statements;

void customer_times_pgsql_add(struct db_many *, int64_t workspace_id,
    int64_t conversation_id, const struct profile *);

/* Writes them, and empties the list: 0, -1. */
int customer_times_pgsql_write(struct db *, struct db_many *);

#endif
