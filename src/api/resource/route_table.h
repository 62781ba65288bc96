#ifndef API_RESOURCE_ROUTE_TABLE_H
#define API_RESOURCE_ROUTE_TABLE_H

#include <stddef.h>

#include "api/action.h"

/* All that the API answers to, ended by one without a method (api/route.h). */
extern const struct route route_table[];

/* The tables of all statements that its handlers run, for session_seal. */
extern session_sql *const route_sql[];
extern const size_t route_n_sql;

#endif
