#ifndef API_RESOURCE_TRIAGE_CONVERSATION_BULK_H
#define API_RESOURCE_TRIAGE_CONVERSATION_BULK_H

#include "api/action.h"

#define CONVERSATION_BULK_MAX	     500 /* ids */
#define CONVERSATION_BULK_LABELS_MAX 10

action_handler conversation_bulk; /* ROUTE_STEPS */

#endif
