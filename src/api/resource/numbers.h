#ifndef API_RESOURCE_NUMBERS_H
#define API_RESOURCE_NUMBERS_H

#include "api/action.h"

struct json_out;
struct wait_reason;

/* The workspace's numbers, and why one does not send. */
action_handler numbers_list;
action_handler numbers_get;

/* What the provider says of them and of their account. */
action_handler numbers_events;
action_handler numbers_event;

/* Number ID as JSON, NULL when there is none: 0 or 1, -1. */
int numbers_object(struct action *, int64_t id, const char **json);

/* "waiting": null without a reason. */
void numbers_put_waiting(struct json_out *, const struct wait_reason *);

#endif
