/*
 * Asks for the erasure of a customer, and shows its state.  The processor does
 * the work.
 */
#include <inttypes.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/erasure/erasure.h"

#include "api/action.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/erasures.h"

static int
show_erasures(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct erasure e;
	int rc = erasure_get_member(a->session, a->pool, id, &e);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	json_open_object(out, NULL);
	json_put_int(out, "id", e.id);
	json_put_text(out, "state",
	    e.done_at != 0		  ? "done"
	    : text_is(e.state, "waiting") ? "waiting"
					  : "erasing");
	json_put_int(out, "messages", e.messages);
	json_put_int(out, "deliveries", e.deliveries);
	json_put_time(out, "asked_at", e.asked_at);
	json_put_time(out, "done_at", e.done_at);
	json_close(out);
	return reply_json(a, status, out);
}

/* Deleting a conversation erases the customer for good, so the client must say
 * erase=true. */
int
erasures_ask(struct action *a)
{
	int64_t id = 0;
	int rc;

	if (!text_is(input_param(a, "erase"), "true"))
		return input_bad(a, "erase",
		    "must be true: the customer is erased for good, with all "
		    "messages");
	rc = conversation_has(a->session, a->id);
	if (rc == 1)
		rc = erasure_ask_member(a->session, a->id, a->now, &id);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	a->wake = 1;
	reply_header(a, "Location",
	    pool_printf(a->pool, "/api/v1/erasures/%" PRId64, id));
	return show_erasures(a, 202, id);
}

int
erasures_get(struct action *a)
{
	return show_erasures(a, 200, a->id);
}
