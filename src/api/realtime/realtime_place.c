/*
 * The place of a stream, or of one that waits for changes, in a limiter.
 */
#include <stddef.h>

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/realtime/channel.h"
#include "api/realtime/limiter.h"
#include "api/realtime/realtime_serve.h"

static void
let_go(void *follower)
{
	channel_let_go(follower);
}

struct limiter_place
realtime_place(const struct action *a, struct follower *f)
{
	return (struct limiter_place){ .workspace_id = a->who.workspace_id,
		.user_id = a->who.user_id,
		.address = a->request->remote,
		.leave = let_go,
		.arg = f };
}
