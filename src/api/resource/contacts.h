#ifndef API_RESOURCE_CONTACTS_H
#define API_RESOURCE_CONTACTS_H

#include "api/action.h"

/* The address book. */
action_handler contacts_list;
action_handler contacts_create;
action_handler contacts_get;
action_handler contacts_change;
action_handler contacts_delete;

struct contact;

/* Answers the contact with STATUS: 0. */
int contacts_reply(struct action *, int status, const struct contact *);

/* Contact ID as lists show it, as JSON in POOL: 1, 0 (NULL), -1. */
int contacts_object(struct action *, int64_t id, const char **json);

#endif
