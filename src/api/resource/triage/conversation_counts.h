#ifndef API_RESOURCE_TRIAGE_CONVERSATION_COUNTS_H
#define API_RESOURCE_TRIAGE_CONVERSATION_COUNTS_H

#include "api/action.h"

action_handler conversation_counts_get;

#endif
