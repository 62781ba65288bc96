#ifndef INBOX_ACCOUNT_INVITATION_LINK_H
#define INBOX_ACCOUNT_INVITATION_LINK_H

struct config;
struct pool;

/* The address behind which an invitation's SECRET stands, in POOL: in its
 * fragment, which no browser sends and no log has. */
char *invitation_link(const struct config *, struct pool *, const char *secret);

#endif
