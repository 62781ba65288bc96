/*
 * /groups/{id}/join-requests: who asks to join a group, and the answers.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/group_participant_list.h"
#include "inbox/own_group/own_group.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/group/groups.h"
#include "api/resource/group/join_requests.h"

const struct statements join_requests_statements = {
	.also = STATEMENTS(
	    &own_group_statements, &group_participant_list_statements),
};

static void
put_request(struct json_out *out, const struct group_asking_row *r)
{
	json_open_object(out, NULL);
	json_put_text(out, "id", r->request_id);
	json_put_text(out, "phone", r->phone);
	json_put_text(out, "user_id", r->user_id);
	json_put_text(out, "name", r->name);
	json_put_time(out, "asked_at", r->asked_at);
	json_close(out);
}

int
join_requests_list(struct action *a)
{
	struct group_asking_row page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	struct own_group g;
	int n, rc;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	rc = own_group_get(a->session, a->pool, a->id, &g);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	n = group_participant_list_asking(
	    a->session, a->pool, g.conversation_id, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_request(out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

int
join_requests_sync(struct action *a)
{
	return groups_ask(a, OWN_GROUP_REQUESTS, NULL);
}

/* Each a request that is open: how many; 0 and noted; -1. */
static int
read_requests(
    struct action *a, const struct own_group *g, const char **requests)
{
	const struct json *list = json_get(a->body, "join_requests");
	const struct json *e = json_first(list);
	int n = 0;

	if (json_type(list) != JSON_ARRAY || json_count(list) == 0 ||
	    json_count(list) > OWN_GROUP_ANSWERS_MAX) {
		input_wrong(a, "join_requests",
		    "is a list of 1 to 50 ids of requests to join");
		return 0;
	}
	for (; e != NULL; e = json_next(e), n++) {
		int rc = 0;

		requests[n] =
		    json_type(e) == JSON_STRING ? json_string(e) : NULL;
		if (requests[n] != NULL)
			rc = group_participant_list_asks(
			    a->session, g->conversation_id, requests[n]);
		if (rc == -1)
			return -1;
		if (rc == 0)
			input_wrong(a,
			    pool_printf(a->pool, "join_requests.%d", n),
			    "is no request that waits for an answer");
	}
	return n;
}

static int
answer_requests(struct action *a, enum own_group_wish wish)
{
	const char *requests[OWN_GROUP_ANSWERS_MAX];
	struct own_group g;
	int n, rc = own_group_get(a->session, a->pool, a->id, &g);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	n = read_requests(a, &g, requests);
	if (n == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	return groups_ask(a, wish, own_group_answer_body(a->pool, requests, n));
}

int
join_requests_approve(struct action *a)
{
	return answer_requests(a, OWN_GROUP_APPROVE);
}

int
join_requests_reject(struct action *a)
{
	return answer_requests(a, OWN_GROUP_REJECT);
}
