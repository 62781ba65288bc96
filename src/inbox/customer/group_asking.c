/*
 * Stores who asks to join a group of ours, and whose request was answered.
 * Deliveries say it, too (process/drain); each keeps the newest, so that they
 * may come in any order.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/content.h"
#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"

#include "inbox/conversation/group_participant.h"
#include "inbox/customer/group_asking.h"
#include "inbox/own_group/own_group_asked.h"

/* So much the provider's clock may be behind ours: who asked since the list was
 * begun may not be in it. */
#define CLOCKS_DIFFER 60

struct group_asking { /* one of the list */
	const char *request_id;
	struct group_asking *next;
};

const struct statements group_asking_statements = {
	.also = STATEMENTS(&group_participant_statements),
};

/* Each of LIST is answered: the ids, or objects that have them. */
static int
put_answered(struct db *db, int64_t workspace_id, int64_t conversation_id,
    const struct json *list)
{
	const struct json *e = json_first(list);
	int rc = 0;

	for (; e != NULL && rc == 0; e = json_next(e)) {
		const char *id = json_type(e) == JSON_STRING
				     ? json_string(e)
				     : json_text(e, "join_request_id");

		if (id != NULL)
			rc = group_participant_answer(
			    db, workspace_id, conversation_id, id);
	}
	return rc;
}

int
group_asking_answered(struct db *db, struct pool *pool,
    const struct own_group_asked *g, const struct json *body, int is_done,
    const char **error)
{
	const struct json *done = json_get(body, "approved_join_requests");
	const struct json *failed = json_get(body, "failed_join_requests");
	int64_t workspace_id, conversation_id, code;
	int rc = own_group_asked_place(db, g, &workspace_id, &conversation_id);

	*error = NULL;
	if (done == NULL)
		done = json_get(body, "rejected_join_requests");
	if (done == NULL && failed == NULL) {
		if (!is_done)
			return rc == -1 ? -1 : 0;
		/* Done, without a word about which. */
		done = json_get(
		    json_parse(pool, g->request, strlen(g->request), NULL),
		    "join_requests");
	}
	if (rc == 1)
		rc = put_answered(db, workspace_id, conversation_id, done);
	if (rc == -1)
		return -1;
	if (json_count(failed) == 0)
		return 1;
	*error =
	    content_error(pool, json_get(json_first(failed), "errors"), &code);
	if (*error == NULL)
		*error = content_error(pool, json_get(body, "errors"), &code);
	if (*error == NULL)
		*error = "{\"code\":null,\"title\":\"Not all were "
			 "answered\",\"detail\":null}";
	return 0;
}

int
group_asking_page(struct db *db, struct pool *pool,
    const struct own_group_asked *g, const struct json *body, int64_t begun,
    struct group_asking **list)
{
	const struct json *e = json_first(json_get(body, "data"));
	struct event_list reading = { .pool = pool };
	int64_t workspace_id, conversation_id;
	int rc = own_group_asked_place(db, g, &workspace_id, &conversation_id);

	if (rc != 1)
		return rc;
	for (rc = 0; e != NULL && rc == 0; e = json_next(e)) {
		const char *id = json_text(e, "join_request_id");
		int64_t at = event_list_time(e, "creation_timestamp", begun);
		struct customer who = { .wa_id = NULL };
		struct group_asking *one;

		customer_add_id(&reading, &who, json_text(e, "wa_id"),
		    json_text(e, "user_id"));
		if (id == NULL || strlen(id) > GROUP_PARTICIPANT_MAX)
			continue;
		one = pool_alloc(pool, sizeof(*one));
		one->request_id = pool_copy(pool, id);
		one->next = *list;
		*list = one;
		rc = group_participant_ask(
		    db, pool, workspace_id, conversation_id, &who, at, id);
	}
	return rc;
}

static int
is_listed(const struct group_asking *list, const char *request_id)
{
	while (list != NULL && !text_is(list->request_id, request_id))
		list = list->next;
	return list != NULL;
}

int
group_asking_end(struct db *db, struct pool *pool,
    const struct own_group_asked *g, int64_t begun,
    const struct group_asking *list)
{
	int64_t workspace_id, conversation_id, id = 0;
	const char *request_id = NULL;
	int rc = own_group_asked_place(db, g, &workspace_id, &conversation_id);

	while (rc == 1) {
		rc = group_participant_next_asking(db, pool, workspace_id,
		    conversation_id, begun - CLOCKS_DIFFER, id, &id,
		    &request_id);
		if (rc == 1 && !is_listed(list, request_id) &&
		    group_participant_answer(
			db, workspace_id, conversation_id, request_id) == -1)
			rc = -1;
	}
	return rc;
}
