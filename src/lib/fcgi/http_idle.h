#ifndef LIB_FCGI_HTTP_IDLE_H
#define LIB_FCGI_HTTP_IDLE_H

#include <stdint.h>

struct http_call;

/*
 * Event loop (epoll) for connections that no thread serves.
 *
 * Connections that occupy no thread: a few hundred at most.  When there are
 * more, one whose head was waited for in vain is hung up.  The acceptor's own;
 * safe from many threads.
 */
enum http_idle_state {
	HTTP_IDLE_NONE,
	HTTP_IDLE_WAITING,	/* for the rest of a request's head */
	HTTP_IDLE_RESERVED,	/* a place for one whose body is to come */
	HTTP_IDLE_SENDING,	/* its body, which is taken meanwhile */
	HTTP_IDLE_READY,	/* for a thread: head, or body, is whole */
	HTTP_IDLE_LEAVING	/* answered, and still sending */
};

void	http_idle_open(void);
void	http_idle_close(void);		/* hangs all up */

/* Takes FD in, WAITING or LEAVING, for MS milliseconds at most. */
void	http_idle_receive(int fd, enum http_idle_state, int64_t ms);

/* A place for a call whose body is to come, or -1: no place. */
int	http_idle_reserve(void);
void	http_idle_give_back(int place);
/* It takes its place: from here on it is not the caller's. */
void	http_idle_take_in(int place, struct http_call *);

/* Hangs up the one of GROUP (struct http_take) that has been sending for the
 * longest time, OLDER_MS at the least: 1, or 0. */
int	http_idle_hang_up(const void *group, int64_t older_ms);

/* Waits up to MS for something to happen to idle connections, and attends to it. */
void	http_idle_attend(int ms);
void	http_idle_wake(void);		/* who waits there goes on */

/* Hangs up those whose time is over. */
void	http_idle_look(int64_t now_ms);

/* Readable while somebody is ready; and one of them, -1 when there is none.
 * *CALL is NULL unless its body was taken. */
int	http_idle_fd(void);
int	http_idle_take(struct http_call **);

int	http_idle_count(enum http_idle_state);

#endif
