#ifndef BASE_WAKE_H
#define BASE_WAKE_H

#include <sys/types.h>

/*
 * "There is something to do", from one process to another: a datagram to a
 * socket file.  Only a hint: it may be lost, and the sleeper looks by itself
 * after its timeout.
 */
struct wake;

/* The one who sleeps.  Replaces a socket file that a dead one left. */
/* GROUP may wake, too, besides ours; -1: none. */
struct wake *wake_listen(const char *path, gid_t group);	/* owned; NULL, said */
/* Sleeps until woken or TIMEOUT_MS: 1 woken, 0 timeout, -1 a signal came. */
int	wake_wait(struct wake *, int timeout_ms);
/* For who sleeps otherwise: readable when woken; wake_clear takes it back. */
int	wake_fd(const struct wake *);
void	wake_clear(struct wake *);

/* The one who wakes; the listener need not be there. */
struct wake *wake_open(const char *path);	/* owned; NULL, said */
void	wake_send(struct wake *);		/* never blocks; any thread */

void	wake_close(struct wake *);		/* NULL is harmless */

#endif
