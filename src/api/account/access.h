#ifndef API_ACCOUNT_ACCESS_H
#define API_ACCOUNT_ACCESS_H

#include "api/action.h"

/* /tokens, for owners; /sessions, each member's own. */
action_handler access_list_tokens;
action_handler access_create_token;
action_handler access_revoke_token;
action_handler access_list_sessions;
action_handler access_end_session;

#endif
