#ifndef API_OBJECT_MESSAGE_PAST_OBJECT_H
#define API_OBJECT_MESSAGE_PAST_OBJECT_H

struct action;
struct json_out;
struct message_list_row;

/* The member "edits" of a message that was edited; nothing for others.  0,
 * -1. */
int message_past_object_edits(
    struct action *, struct json_out *, const struct message_list_row *);

/* The members "statuses" and "pricing" of a message of ours; nothing for
 * others.  0, -1. */
int message_past_object_statuses(
    struct action *, struct json_out *, const struct message_list_row *);

#endif
