#ifndef LIB_HTTP_CLIENT_H
#define LIB_HTTP_CLIENT_H

#include "lib/http/client_request.h"

/*
 * HTTP requests to elsewhere, with libcurl: many at a time in one thread.
 * Connections are kept and used again.  Redirects are answers, not followed, so
 * a secret in a header stays where it belongs; only https is spoken, and http
 * to 127.0.0.1, ::1 and localhost for tests, unless the request says what may
 * be reached.  Nothing but a GET, and what its request calls repeatable, goes
 * out a second time when a connection breaks.
 */
struct client;

/* owned: client_close, which breaks off what is under way (done is called). */
struct client *client_open(const char *user_agent);
void client_close(struct client *); /* NULL is harmless */

/*
 * Begins a request; DONE(arg) is called from client_run or client_close, never
 * from here.  REQUEST and what it points to may go away at once, except
 * file_path's file.  0, or -1 (said in the log; DONE is not called).
 */
int client_start(
    struct client *, const struct client_request *, client_done *, void *arg);

/*
 * Works at all requests until something was finished, FD (or -1) is readable
 * or TIMEOUT_MS is over.  How many are still under way.
 */
int client_run(struct client *, int fd, int timeout_ms);
int client_count(const struct client *);

/* One request alone, with a handle of its own: waits and calls DONE. */
int client_once(const struct client_request *, client_done *, void *arg);

#endif
