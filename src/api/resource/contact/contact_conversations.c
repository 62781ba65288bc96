/*
 * GET /contacts/{id}/conversations: with whom else a customer talks here, or by
 * which other phone.
 */
#include <stdint.h>

#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_list.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/object/conversation_object.h"
#include "api/reply.h"
#include "api/resource/contact/contact_conversations.h"

int
contact_conversations_list(struct action *a)
{
	int64_t ids[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	struct contact k;
	const char *json;
	int n, rc = contact_get(a->session, a->pool, a->id, &k);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!cursor_page_read(a, &p, INT64_MAX))
		return 0;
	n = contact_list_conversations(
	    a->session, a->id, p.after, ids, p.limit + 1);
	n = cursor_page_cut(a, &p, n, n > p.limit ? ids[p.limit - 1] : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++) {
		rc = conversation_object_json(a, ids[i], &json);
		if (rc == -1)
			return -1;
		if (rc == 1)
			json_put_raw(out, NULL, json);
	}
	json_close(out);
	return n == -1 ? -1 : reply_list(a, out, p.next);
}
