#ifndef API_REALTIME_WATCH_H
#define API_REALTIME_WATCH_H

struct lend;

/*
 * A thread that looks what is new in the workspaces that somebody follows
 * (channel.h), and writes it down for all of them.  It sleeps until somebody
 * who committed wakes it, by a datagram to the socket PATH; should that be
 * lost, for a second.
 */
struct watch;

struct watch *watch_begin(const char *path, struct lend *); /* NULL: said */
/* "Look now": a channel is new. */
void watch_nudge(struct watch *);
void watch_end(struct watch *); /* waits for it; NULL is harmless */

#endif
