#ifndef INBOX_BROADCAST_BROADCAST_SEND_H
#define INBOX_BROADCAST_BROADCAST_SEND_H

#include <stdint.h>

struct broadcast_due;
struct pool;
struct session;

/* The connection of the steps below; NULL, said in the log.  owned:
 * broadcast_send_close, to which NULL is harmless. */
struct session *broadcast_send_open(const char *path, int wait_ms);
void broadcast_send_close(struct session *);

/*
 * A step of a broadcast, on a session that serves the member who started it
 * (session_serve), in a transaction of its own: gathers recipients while it is
 * counting, else hands at most MAX that wait to the outbox.  So many of it may
 * be there at once: */
#define BROADCAST_OPEN_MAX 20

/* How many recipients were settled (sent or skipped); or -1.  *MORE: 1 when the
 * next step need not wait. */
int broadcast_send_step(struct session *, struct pool *,
    const struct broadcast_due *, int max, int64_t now, int *more);

#endif
