/*
 * /canned-replies: everybody reads them, admins write them.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/canned_reply/canned_reply.h"
#include "inbox/canned_reply/canned_reply_validate.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/canned_reply_object.h"
#include "api/reply.h"
#include "api/resource/template/canned_replies.h"

int
canned_replies_list(struct action *a)
{
	const char *begins = input_param(a, "shortcut"), *after, *cursor = NULL;
	struct json_out *out = json_new(a->pool);
	struct canned_reply *page;
	int limit, n;

	if (!input_limit(a, &limit) || !cursor_read(a, &after))
		return 0;
	if (begins != NULL && text_points(begins) > CANNED_REPLY_SHORTCUT_MAX)
		return input_bad(a, "shortcut", "is longer than 32 characters");
	page = pool_room(a->pool, sizeof(*page) * ((size_t)limit + 1));
	n = canned_reply_list(a->session, a->pool,
	    begins != NULL ? canned_reply_key(a->pool, begins) : "",
	    after != NULL ? after : "", page, limit + 1);
	if (n == -1)
		return -1;
	if (n > limit) {
		n = limit;
		cursor = cursor_write(a, page[n - 1].key);
	}
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		canned_reply_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, cursor);
}

static int
reply_canned(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct canned_reply reply;
	int rc = canned_reply_get(a->session, a->pool, id, &reply);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	canned_reply_object_put(out, &reply);
	return reply_json(a, status, out);
}

int
canned_replies_get(struct action *a)
{
	return reply_canned(a, 200, a->id);
}

/* The body over REPLY, and that no other has its shortcut: 1, 0 replied, -1. */
static int
read_canned(struct action *a, struct canned_reply *reply)
{
	int64_t id = 0;
	int rc;

	input_checked(
	    a, "shortcut", canned_reply_validate_shortcut, &reply->shortcut);
	input_checked(a, "text", canned_reply_validate_text, &reply->text);
	if (a->wrong != NULL)
		return reply_wrong(a);
	reply->key = canned_reply_key(a->pool, reply->shortcut);
	rc = canned_reply_find(a->session, reply->key, &id);
	if (rc == 1 && id != reply->id)
		return reply_conflict(a,
		    "There is a canned reply with this shortcut.",
		    "canned_reply_id", id);
	return rc == -1 ? -1 : 1;
}

int
canned_replies_create(struct action *a)
{
	struct canned_reply reply = { 0 };
	const char *location;
	int64_t id = 0;
	int rc = read_canned(a, &reply);

	if (rc != 1)
		return rc;
	rc = canned_reply_add(a->session, &reply, a->now, &id);
	if (rc == 0)
		return reply_problem(a, REPLY_CONFLICT,
		    "There are 1,000 canned replies already: delete some.");
	if (rc == -1)
		return -1;
	location = pool_printf(a->pool, "/api/v1/canned-replies/%" PRId64, id);
	reply_header(a, "Location", location);
	if (reply_canned(a, 201, id) == -1)
		return -1;
	return idempotency_after(a, location);
}

int
canned_replies_change(struct action *a)
{
	struct canned_reply reply;
	int rc = canned_reply_get(a->session, a->pool, a->id, &reply);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	rc = read_canned(a, &reply);
	if (rc != 1)
		return rc;
	return canned_reply_change(a->session, &reply, a->now) == -1
		   ? -1
		   : reply_canned(a, 200, a->id);
}

int
canned_replies_delete(struct action *a)
{
	struct canned_reply reply;
	int rc = canned_reply_get(a->session, a->pool, a->id, &reply);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	return canned_reply_delete(a->session, a->id) == -1 ? -1
							    : reply_empty(a);
}
