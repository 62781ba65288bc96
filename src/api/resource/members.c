/*
 * /me, /members, and /realtime/tickets, with which a member opens a stream.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "session/ticket.h"

#include "inbox/workspace/member_list.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/object/member_object.h"
#include "api/reply.h"
#include "api/resource/members.h"

int
members_me(struct action *a)
{
	struct json_out *out = json_new(a->pool);

	json_open_object(out, NULL);
	member_object_put(out, &a->who);
	json_close(out);
	return reply_json(a, 200, out);
}

int
members_list(struct action *a)
{
	struct member_list_row page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	n = member_list_read(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_int(out, "id", page[i].id);
		json_put_text(out, "name", page[i].name);
		json_put_text(out, "email", page[i].email);
		json_put_text(out, "role", page[i].role);
		json_close(out);
	}
	json_close(out);
	return reply_list(a, out, p.next);
}

int
members_ticket(struct action *a)
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
