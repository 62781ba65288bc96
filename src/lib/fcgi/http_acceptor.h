#ifndef LIB_FCGI_HTTP_ACCEPTOR_H
#define LIB_FCGI_HTTP_ACCEPTOR_H

struct http_call;

/*
 * Keeps threads free of peers that do not speak, or do not listen.  A web
 * server on this machine sends what it has at once; a connection whose request
 * does not come, comes in parts or is none occupies no thread: it waits with
 * the acceptor, a thread of its own, ten seconds at most.  So does one whose
 * body is to come, as long as its handler lets it.
 */

/* Begins, for the listening socket FD, until STOP_FD is readable; and ends,
 * when all that ask it have.  One a process. */
void	http_acceptor_begin(int fd, int stop_fd);
void	http_acceptor_end(void);

/* Waits until http_acceptor_next is to be asked, by this thread: 1 once it is
 * time to stop, else 0. */
int	http_acceptor_wait(void);

/* A connection with the whole head of a request in it, or -1: none just now.
 * The caller hangs up.  With *CALL it is one whose body has come meanwhile.
 * What else came is another thread's from here on, however long the caller
 * takes for this one. */
int	http_acceptor_next(struct http_call **call);

/* The process is to end: a moment more, and no connection is taken any more,
 * however many come. */
void	http_acceptor_last(void);

/* At the end of the process: waits a moment for a request that has yet to
 * come.  0: nobody else will, or it takes too long. */
int	http_acceptor_expects(void);

/*
 * Hangs up, now or a moment later; all that could be sent was.  ALL_READ: so
 * was all that came.  Else closing would reset the connection, and the peer
 * lose the answer.
 */
void	http_acceptor_see_off(int fd, int all_read);

#endif
