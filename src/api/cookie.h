#ifndef API_COOKIE_H
#define API_COOKIE_H

struct action;
struct config;
struct http_request;
struct pool;

/*
 * The cookie of a person who signed in: __Host-waspool, which a browser gives
 * back over TLS only, to this host only, and to no script.  On this machine
 * without TLS it is called waspool (./dev).
 */

/* Its text, in POOL; NULL: there is none that may be one of ours. */
const char *cookie_get(const struct http_request *, struct pool *);

/* 1 when it may be set: TLS, also where WASPOOL_URL says so, or this
 * machine. */
int cookie_may(const struct http_request *, const struct config *);

/*
 * A browser sends it with what any site asks: by it only our own pages may
 * change something.  1, or 0 when a problem was replied.
 */
int cookie_may_act(struct action *);

/* Sets it; TEXT NULL: the browser is to forget it. */
void cookie_set(struct action *, const char *text);

#endif
