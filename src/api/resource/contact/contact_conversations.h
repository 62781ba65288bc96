#ifndef API_RESOURCE_CONTACT_CONTACT_CONVERSATIONS_H
#define API_RESOURCE_CONTACT_CONTACT_CONVERSATIONS_H

#include "api/action.h"

/* The conversations of a contact. */
action_handler contact_conversations_list;

#endif
