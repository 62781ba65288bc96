#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <sys/types.h>

/*
 * "There is something to do", from one process to another: a datagram to a
 * socket file.  Only a hint: it may be lost, and the sleeper looks by itself
 * after its timeout.
 */
struct notify;

/* The one who sleeps.  Replaces a socket file that a dead one left. */
/* GROUP may wake, too, besides ours; -1: none. */
struct notify *notify_listen(const char *path, gid_t group);	/* owned; NULL, said */
/* Sleeps until woken or TIMEOUT_MS: 1 woken, 0 timeout, -1 a signal came. */
int	notify_wait(struct notify *, int timeout_ms);
/* For who sleeps otherwise: readable when woken; notify_clear takes it back. */
int	notify_fd(const struct notify *);
void	notify_clear(struct notify *);

/* The one who wakes; the listener need not be there. */
struct notify *notify_open(const char *path);	/* owned; NULL, said */
void	notify_send(struct notify *);		/* never blocks; any thread */

void	notify_close(struct notify *);		/* NULL is harmless */

#endif
