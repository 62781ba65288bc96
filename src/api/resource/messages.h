#ifndef API_RESOURCE_MESSAGES_H
#define API_RESOURCE_MESSAGES_H

#include "api/action.h"

struct json_out;
struct message_list_row;

/* The messages of a conversation; one message. */
action_handler messages_list;
action_handler messages_get;

/* Answers message ID with STATUS, as lists show it; 404 when there is none
 * in this workspace.  0, or -1. */
int messages_reply(struct action *, int status, int64_t id);

/* What lists show of a message, into an object that is open: 0, -1. */
int messages_put(struct action *, struct json_out *, struct message_list_row *);

/* Message ID as lists show it, as JSON in POOL: 1, 0 (NULL), -1. */
int messages_object(struct action *, int64_t id, const char **json);

#endif
