#ifndef API_REALTIME_CHANGE_POLLER_H
#define API_REALTIME_CHANGE_POLLER_H

struct connection_pool;

/*
 * A thread that looks what is new in the workspaces that somebody follows
 * (channel.h), and writes it down for all of them.  It sleeps until somebody
 * who committed wakes it, by a datagram to the socket PATH; should that be
 * lost, for a second.
 */
struct change_poller;

/* OWN are its connections, STREAMS those of others: when nothing was new for a
 * second, both rest.  NULL: said. */
struct change_poller *change_poller_begin(const char *path,
    struct connection_pool *own, struct connection_pool *streams);
/* "Look now": a channel is new. */
void change_poller_nudge(struct change_poller *);
void change_poller_end(
    struct change_poller *); /* waits for it; NULL is harmless */

#endif
