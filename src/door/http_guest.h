#ifndef DOOR_HTTP_GUEST_H
#define DOOR_HTTP_GUEST_H

#include <stdint.h>

/*
 * Connections that occupy no thread: a few hundred at most.  When there are
 * more, one that waited in vain is hung up.  The porter's own; safe from many
 * threads.
 */
enum http_guest_state {
	HTTP_GUEST_NONE,
	HTTP_GUEST_WAITING,	/* for the rest of a request's head */
	HTTP_GUEST_READY,	/* for a thread: the head is whole */
	HTTP_GUEST_LEAVING	/* answered, and still sending */
};

void	http_guest_open(void);
void	http_guest_close(void);		/* hangs all up */

/* Takes FD in, WAITING or LEAVING, for MS milliseconds at most. */
void	http_guest_receive(int fd, enum http_guest_state, int64_t ms);

/* Waits up to MS for something to happen to guests, and attends to it. */
void	http_guest_attend(int ms);
void	http_guest_wake(void);		/* who waits there goes on */

/* Hangs up those whose time is over. */
void	http_guest_look(int64_t now_ms);

/* Readable while somebody is ready; and one of them, -1 when there is none. */
int	http_guest_fd(void);
int	http_guest_take(void);

int	http_guest_count(enum http_guest_state);

#endif
