#ifndef API_ACCOUNT_MEMBERSHIP_H
#define API_ACCOUNT_MEMBERSHIP_H

#include "api/action.h"

/* /members/{id}, /invitations: for owners, and for admins where it concerns
 * agents. */
action_handler membership_change_role;
action_handler membership_remove;
action_handler membership_list_invitations;
action_handler membership_invite;
action_handler membership_withdraw;

#endif
