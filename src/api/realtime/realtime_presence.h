#ifndef API_REALTIME_REALTIME_PRESENCE_H
#define API_REALTIME_REALTIME_PRESENCE_H

struct action;
struct member;

/* PUT and GET /presence of the member who is signed in: 0, or -1 when the
 * database failed. */
int realtime_presence_put(struct action *);
int realtime_presence_list(struct action *);

/* A stream of the member has ended: when it was his last one he is nowhere any
 * more, and the others are told. */
void realtime_presence_left(const struct member *);

#endif
