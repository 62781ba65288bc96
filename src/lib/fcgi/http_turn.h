#ifndef LIB_FCGI_HTTP_TURN_H
#define LIB_FCGI_HTTP_TURN_H

/*
 * Threads that take turns: more of them than there are processors only get
 * into each other's way, but those that wait for a peer must not keep others
 * from working.  Who waits for requests has a turn; it gives it away when its
 * peer keeps it waiting, and needs another one only for the next request.
 */
void	http_turn_open(void);	/* never called: everybody, always */
void	http_turn_take(void);	/* nothing to do for who has one */
void	http_turn_give(void);

#endif
