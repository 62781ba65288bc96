#ifndef LIB_FCGI_HTTP_SLOT_H
#define LIB_FCGI_HTTP_SLOT_H

/*
 * Thread pool: a fixed number of threads, and slots that they take in turn.
 *
 * Threads that take turns: more of them than there are processors only get
 * into each other's way, but those that wait for a peer must not keep others
 * from working.  Who waits for requests has a turn; it gives it away when its
 * peer keeps it waiting, and needs another one only for the next request.
 */
void	http_slot_open(void);	/* never called: everybody, always */
void	http_slot_take(void);	/* nothing to do for who has one */
void	http_slot_give(void);

#endif
