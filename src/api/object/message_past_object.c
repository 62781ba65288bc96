/*
 * What a message was before, as JSON: earlier texts, times of statuses, and
 * what the provider says of its price.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/message/message_past.h"
#include "inbox/message/message_row.h"

#include "api/action.h"
#include "api/object/message_past_object.h"

int
message_past_object_edits(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	struct message_past_text *list;
	int n = message_past_texts(a->session, a->pool, m, &list);

	if (n <= 0)
		return n;
	json_open_array(out, "edits");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "type", list[i].type);
		json_put_raw(out, "content", list[i].content);
		json_put_time(out, "at", list[i].at);
		json_close(out);
	}
	json_close(out);
	return 0;
}

int
message_past_object_statuses(
    struct action *a, struct json_out *out, const struct message_list_row *m)
{
	struct message_past_status *list;
	const char *pricing = NULL;
	int n = message_past_statuses(a->session, a->pool, m, &list);

	if (n == -1)
		return -1;
	if (!text_is(m->direction, "outbound"))
		return 0;
	json_open_array(out, "statuses");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "status", list[i].status);
		json_put_time(out, "at", list[i].at);
		if (list[i].participant[0] != '\0')
			json_put_text(out, "participant", list[i].participant);
		if (list[i].error != NULL)
			json_put_raw(out, "error", list[i].error);
		json_close(out);
		if (pricing == NULL)
			pricing = list[i].pricing;
	}
	json_close(out);
	json_put_raw(out, "pricing", pricing);
	return 0;
}
