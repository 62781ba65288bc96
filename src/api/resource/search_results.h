#ifndef API_RESOURCE_SEARCH_RESULTS_H
#define API_RESOURCE_SEARCH_RESULTS_H

#include "api/action.h"

/* Messages that have the words of q, and people who have. */
action_handler search_results_list;

#endif
