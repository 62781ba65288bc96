#ifndef API_BODY_QUOTA_H
#define API_BODY_QUOTA_H

struct action;
struct http_receive;

/*
 * A quota of bodies that arrive slowly, above all uploads: they occupy no
 * thread, but memory or disk.  At most WASPOOL_UPLOADS_MAX uploads (bodies to a
 * file) and as many other bodies arrive at once; of each a workspace may have
 * half, a member a quarter, but at least one.
 */

/* Calls http_receive for the request, with over and arg set here.  0: the body
 * comes, the handler returns; -1: a problem was replied. */
int body_quota_take(struct action *, const struct http_receive *);

#endif
