#ifndef API_ACCOUNT_MEMBERSHIP_H
#define API_ACCOUNT_MEMBERSHIP_H

#include "api/action.h"

/* /members/{id}, /invitations: for owners, and for admins where it concerns
 * agents.  /workspace: its settings. */
action_handler membership_change_role;
action_handler membership_remove;
action_handler membership_list_invitations;
action_handler membership_invite;
action_handler membership_withdraw;
action_handler membership_get_workspace;
action_handler membership_set_workspace;

#endif
