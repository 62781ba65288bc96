#ifndef LIB_FCGI_CONNECTION_H
#define LIB_FCGI_CONNECTION_H

#include <sys/queue.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "lib/fcgi/http.h"

struct request;

/*
 * Connections of the web server, from accept to close.  All that no thread
 * serves are in one epoll, and so is the listening socket: there is no other
 * place where a thread waits.  Each is armed for one event (EPOLLONESHOT), so
 * a connection has one owner: epoll, or the thread that took its event, or
 * whoever answers it later.  Only its owner closes it.  Others, under the
 * mutex, at most shut it down, which makes an event: then its owner closes it.
 */
enum connection_state {
	CONNECTION_SERVING, /* in the hands of a thread, not in epoll */
	CONNECTION_HEAD,    /* the rest of a request's head is to come */
	CONNECTION_BODY,    /* a body that was taken (http_receive) comes */
	CONNECTION_IDLE,    /* kept; the next request is to come */
	CONNECTION_AWAY,    /* kept, and told to go (record_go_away) */
	CONNECTION_LINGER,  /* answered; what still comes is dropped */
	CONNECTION_DOOMED,  /* shut down: its event closes it */
	CONNECTION_STATES
};

struct connection {
	struct connections *all;
	int fd;
	unsigned id;		 /* of its last request, 0 none yet */
	struct request *request; /* what came of one, NULL nothing */
	/* under the mutex */
	enum connection_state state;
	TAILQ_ENTRY(connection) link; /* among those of its state */
	int64_t until_ms;	      /* not longer so, INT64_MAX */
	int is_in_epoll;
	int is_away; /* it was told to go */
	/* of a body that comes */
	struct http_receive receive;
	const char *about; /* the request's id */
	long long got, length;
	int64_t began_ms;
	int64_t looked_ms;   /* when its progress was looked at, */
	long long looked_at; /* and what had come then */
};

TAILQ_HEAD(connection_list, connection);

struct connections {
	pthread_mutex_t mutex;
	int listener, epoll_fd;
	int stop_fd; /* readable; armed when it is time to stop */
	int max;     /* of those that nobody serves */
	int bodies;  /* that come, or will */
	struct connection_list list[CONNECTION_STATES];
	atomic_int n[CONNECTION_STATES];
	atomic_int stopping;
	int64_t last_ms; /* once it is stopping: of new ones, */
	int64_t end_ms;	 /* … and of those that were told to go */
};

/* Accepts from LISTENER, which does not block, and is not closed. */
void connections_open(struct connections *, int listener);
void connections_close(struct connections *); /* all must be closed */

/*
 * Waits for one event, MS at the longest, -1 without end.  Its connection is
 * the caller's from now on, and connection_take says what it is for; other
 * events are for other threads.  NULL: the time is over, or there was nothing
 * after all, or *STOP is 1: it is time to stop, and the caller calls
 * connections_rouse.
 */
struct connection *connections_next(struct connections *, int ms, int *stop);

/* The state that it waited in.  One that was HEAD, IDLE or AWAY is SERVING from
 * here on. */
enum connection_state connection_take(struct connection *);

/* Gives it to epoll: HEAD, with its time, or IDLE (AWAY when it is to go).
 * HAS_NEXT: a whole head is here already, so it has an event at once. */
void connection_wait(struct connection *, enum connection_state, int has_next);

/* Its answers end with record_send's RECORD_END_AWAY: 1, 0. */
int connection_is_to_go(struct connection *);

/* A place for one more body: 0, or -1, so many come already. */
int connection_reserve(struct connection *);
void connection_give_back(struct connection *);
/* Gives it back to epoll as BODY, with the place reserved; the caller has set
 * RECEIVE, ABOUT and LENGTH.  GOT bytes have come. */
void connection_wait_body(struct connection *, long long got);
/* GOT bytes have come, and more will. */
void connection_goes_on(struct connection *, long long got);
/* Its body is whole, or ends early: 1, and it is SERVING; 0 when it was hung up
 * meanwhile.  Only after 1 may the caller call its OVER. */
int connection_has_body(struct connection *);

/* Closes it: at once; or after a lingering close, where the peer still sends,
 * since closing before all is read resets the connection, and the peer may lose
 * the answer. */
void connection_close(struct connection *);
void connection_linger(struct connection *);
/* Of one in LINGER: drops what came. */
void connection_drop(struct connection *);

/* Gives up the oldest body of GROUP, if it began OLDER_MS ago: it is hung up,
 * and its OVER is called.  1, or 0 when there is none. */
int connections_hang_up(
    struct connections *, const void *group, int64_t older_ms);

/* Hangs up those whose time is over: 1 while there are any that have one. */
int connections_tick(struct connections *, int64_t now_ms);

/* Begins to stop: connections are accepted for a moment more, and those that
 * are kept are told to close.  Threads that wait are woken one after the
 * other, each by the connections_rouse of the one before. */
void connections_stop(struct connections *);
void connections_rouse(struct connections *);
/* 1 while a request may still come that nobody else would answer. */
int connections_expect(struct connections *);
/* Who comes from now on waits in the socket, for the next process. */
void connections_accept_no_more(struct connections *);
/* One in STATE, NULL none; it is SERVING from now on. */
struct connection *connections_pop(struct connections *, enum connection_state);

#endif
