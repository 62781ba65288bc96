#ifndef API_BODY_QUOTA_H
#define API_BODY_QUOTA_H

struct action;
struct http_receive;

/*
 * Bodies of members that do not come at once, uploads above all: they occupy
 * no thread, but memory or disk, so each has a share.  WASPOOL_UPLOADS_MAX
 * uploads (those to a file) and as many others in all; a workspace half of
 * them, a member a quarter, one at the least.
 */

/* http_receive for A's request, its over and arg set here: 0, the handler
 * returns; -1, a problem was replied. */
int body_quota_take(struct action *, const struct http_receive *);

#endif
