/*
 * /realtime/tickets.
 */
#include "lib/json/json.h"

#include "session/ticket.h"

#include "api/action.h"
#include "api/reply.h"
#include "api/resource/tickets.h"

int
tickets_create(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	int64_t expires_at = 0;
	char *text = ticket_create(a->session, a->pool, a->now, &expires_at);

	if (text == NULL)
		return -1;
	json_open_object(out, NULL);
	json_put_text(out, "ticket", text);
	json_put_time(out, "expires_at", expires_at);
	json_close(out);
	/* Location: where the ticket is used; it has no URL of its own. */
	reply_header(a, "Location", "/api/v1/realtime");
	return reply_json(a, 201, out);
}
