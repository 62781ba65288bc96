#ifndef API_RESOURCE_ROUTE_TABLE_H
#define API_RESOURCE_ROUTE_TABLE_H

#include "api/action.h"

/* All that the API answers to, ended by one without a method (api/route.h). */
extern const struct route route_table[];

/* All statements that its handlers run, for session_seal. */
extern const struct statements route_statements;

#endif
