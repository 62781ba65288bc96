#ifndef API_RESOURCE_CONTACT_CONTACT_FIELDS_H
#define API_RESOURCE_CONTACT_CONTACT_FIELDS_H

#include "api/action.h"

/* Which fields contacts have beside those of everybody. */
action_handler contact_fields_list;
action_handler contact_fields_create;
action_handler contact_fields_get;
action_handler contact_fields_change;
action_handler contact_fields_delete;

struct contact;

/* "fields" of the body into the contact, as far as it is right; what is wrong
 * is noted: 0, -1. */
int contact_fields_read(struct action *, struct contact *);

#endif
