#ifndef API_OBJECT_MARK_OBJECT_H
#define API_OBJECT_MARK_OBJECT_H

#include <stdint.h>

struct action;
struct conversation_marks;
struct json_out;
struct mark;

/* A label; and a team, with its members: 0, -1. */
void mark_object_put_label(struct json_out *, const struct mark *);
int mark_object_put_team(
    struct action *, struct json_out *, const struct mark *);

/* What a conversation shows of its own: "team" and "labels". */
void mark_object_put_marks(
    struct json_out *, const struct conversation_marks *);

/* Label and team ID as JSON, for events: 1; 0 it is gone, and NULL; -1. */
int mark_object_label(struct action *, int64_t id, const char **json);
int mark_object_team(struct action *, int64_t id, const char **json);

#endif
