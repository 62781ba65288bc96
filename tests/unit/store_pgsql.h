#ifndef TESTS_UNIT_STORE_PGSQL_H
#define TESTS_UNIT_STORE_PGSQL_H

#include "store.h"

struct pg_server;

/* Each inbox is a database of its own; who opens one is its owner. */
extern const struct store store_pgsql;

/* The server that they are on; NULL before store_pgsql_serve. */
extern struct pg_server *store_pgsql_server;

/* RUN beside a server, with store_now on it: its status; skipped as TAP has it
 * where there is no PostgreSQL. */
int store_pgsql_serve(int (*run)(void));

#endif
