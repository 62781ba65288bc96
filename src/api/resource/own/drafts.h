#ifndef API_RESOURCE_OWN_DRAFTS_H
#define API_RESOURCE_OWN_DRAFTS_H

#include "api/action.h"

action_handler drafts_list;
action_handler drafts_get;
action_handler drafts_put;
action_handler drafts_delete;

/* "draft_version" of the body of a message: the draft that goes with it; 0
 * none.  That it is wrong is noted. */
int64_t drafts_sent_version(struct action *);

#endif
