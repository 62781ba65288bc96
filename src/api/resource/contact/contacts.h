#ifndef API_RESOURCE_CONTACT_CONTACTS_H
#define API_RESOURCE_CONTACT_CONTACTS_H

#include "api/action.h"

/* The address book. */
action_handler contacts_list;
action_handler contacts_create;
action_handler contacts_get;
action_handler contacts_change;
action_handler contacts_delete;
action_handler contacts_merge; /* two become one */

struct contact;

/* Answers the contact with STATUS: 0. */
int contacts_reply(struct action *, int status, const struct contact *);

#endif
