/*
 * GET /conversations/counts.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/list/conversation_count.h"

#include "api/action.h"
#include "api/reply.h"
#include "api/resource/triage/conversation_counts.h"

/* As enum conversation_count_of. */
static const char *const count_names[COUNTS] = { "open", "mine", "unassigned",
	"unread", "unanswered", "pending", "snoozed", "closed" };

static void
put_count(struct json_out *out, const struct conversation_count *c)
{
	json_put_int(out, "count", c->n);
	json_put_bool(out, "more", c->more);
}

static int
put_marks(
    struct action *a, struct json_out *out, const char *key, const char *kind)
{
	struct conversation_count_mark *list =
	    pool_room(a->pool, sizeof(*list) * MARK_LABELS_MAX);
	int n = conversation_count_marks(
	    a->session, a->pool, kind, list, MARK_LABELS_MAX);

	json_open_array(out, key);
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_int(out, "id", list[i].mark.id);
		json_put_text(out, "name", list[i].mark.name);
		if (text_is(kind, MARK_LABEL))
			json_put_text(out, "color", list[i].mark.color);
		put_count(out, &list[i].open);
		json_close(out);
	}
	json_close(out);
	return n == -1 ? -1 : 0;
}

int
conversation_counts_get(struct action *a)
{
	struct conversation_count counts[COUNTS];
	struct json_out *out = json_new(a->pool);

	if (conversation_count_read(a->session, a->who.user_id, counts) == -1)
		return -1;
	json_open_object(out, NULL);
	for (int i = 0; i < COUNTS; i++) {
		json_open_object(out, count_names[i]);
		put_count(out, &counts[i]);
		json_close(out);
	}
	if (put_marks(a, out, "teams", MARK_TEAM) == -1 ||
	    put_marks(a, out, "labels", MARK_LABEL) == -1)
		return -1;
	json_close(out);
	return reply_json(a, 200, out);
}
