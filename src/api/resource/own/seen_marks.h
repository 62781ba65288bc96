#ifndef API_RESOURCE_OWN_SEEN_MARKS_H
#define API_RESOURCE_OWN_SEEN_MARKS_H

#include "api/action.h"

action_handler seen_show;
action_handler seen_mark;
action_handler seen_unmark;
action_handler seen_count;
action_handler seen_mark_all;

struct conversation;
struct json_out;

/* "include" asks for what is the member's own of each conversation: 1, 0 it
 * does not, -1 a problem was replied. */
int seen_is_included(struct action *);
/* A row of a list as conversation_object_put_row has it, and "mine" in it: 0,
 * -1. */
int seen_put_row(
    struct action *, struct json_out *, const struct conversation *);

#endif
