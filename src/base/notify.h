#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <sys/types.h>

/*
 * "There is something to do", from one process to another: a datagram to a
 * socket file.  Only a hint: it may be lost, and the sleeper looks by itself
 * after its timeout.
 */
struct notify;

/* The listener: makes the socket file, and replaces one that a dead process
 * left.  Members of GROUP may wake it, besides our own; -1: no other group.
 * owned: notify_close.  NULL, said in the log. */
struct notify *notify_listen(const char *path, gid_t group);
/* Sleeps until woken or TIMEOUT_MS: 1 woken, 0 timeout, -1 a signal came. */
int notify_wait(struct notify *, int timeout_ms);
/* For a listener that sleeps in poll or libcurl: this descriptor is readable
 * once it is woken, and notify_clear ends that. */
int notify_fd(const struct notify *);
void notify_clear(struct notify *);

/* The sender; the listener need not be there.  owned: notify_close.  NULL, said
 * in the log. */
struct notify *notify_open(const char *path);
void notify_send(struct notify *); /* never blocks; any thread */

void notify_close(struct notify *); /* NULL is harmless */

#endif
