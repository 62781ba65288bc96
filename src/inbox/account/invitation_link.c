/*
 * The link of an invitation, for whoever made it.
 */
#include "base/config.h"
#include "base/pool.h"

#include "inbox/account/invitation_link.h"

char *
invitation_link(const struct config *c, struct pool *pool, const char *secret)
{
	return config_site_url(
	    c, pool, pool_printf(pool, "inbox/#invitation=%s", secret));
}
