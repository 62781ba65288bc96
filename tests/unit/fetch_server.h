#ifndef TESTS_UNIT_FETCH_SERVER_H
#define TESTS_UNIT_FETCH_SERVER_H

/*
 * A small HTTP server on 127.0.0.1, a thread for each connection: what it
 * answers depends on the path.
 *   /who		200, the number of the connection
 *   /echo		200, the request
 *   /long		200, 4,095 bytes
 *   /missing		404
 *   /redirect		302, to /who
 *   /later		429, Retry-After: 120
 *   /date, /past	503, Retry-After: a date 90 s ahead, or ago
 *   /slow		nothing, until the other side hangs up
 *   /half		a tenth of what it says, and it hangs up
 *   /drop		it hangs up
 */
#include <stdatomic.h>

extern int fetch_server_port;
extern atomic_int fetch_server_requests; /* whole ones that came */
extern atomic_int fetch_server_drops;	 /* of /drop */

void fetch_server_start(void);

/* A listening socket of its own, owned, on *PORT. */
int fetch_server_listen(int *port);

#endif
