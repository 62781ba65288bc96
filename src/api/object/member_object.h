#ifndef API_OBJECT_MEMBER_OBJECT_H
#define API_OBJECT_MEMBER_OBJECT_H

struct json_out;
struct member;

/* Who asks: user, role and workspace, into an object that is open, as /me and
 * /session show them. */
void member_object_put(struct json_out *, const struct member *);

#endif
