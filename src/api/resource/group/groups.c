/*
 * /groups: the groups of our numbers, and what members want of the provider for
 * them; the processor asks it.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact.h"
#include "inbox/own_group/own_group.h"
#include "inbox/workspace/number_choose.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/group_object.h"
#include "api/reply.h"
#include "api/resource/group/groups.h"

const struct statements groups_statements = {
	.also = STATEMENTS(&own_group_statements, &number_choose_statements),
};

int
groups_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct own_group *page;
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)p.limit + 1));
	n = own_group_list(a->session, a->pool, input_param(a, "group_id"),
	    p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		group_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

static int
reply_group(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct own_group g;
	int rc = own_group_get(a->session, a->pool, id, &g);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	group_object_put(out, &g);
	return reply_json(a, status, out);
}

int
groups_get(struct action *a)
{
	return reply_group(a, 200, a->id);
}

/* A line of text that is not empty, where there is one; NULL. */
static const char *
read_subject(struct action *a)
{
	const char *s = NULL, *line;

	if (input_text(a, "subject", &s) != INPUT_THERE)
		return NULL;
	line = text_fold(a->pool, s, OWN_GROUP_SUBJECT_MAX + 1);
	if (line == NULL)
		input_wrong(a, "subject", "is empty");
	else if (text_points(line) > OWN_GROUP_SUBJECT_MAX)
		input_wrong(a, "subject", "is longer than 128 characters");
	return line;
}

static const char *
read_description(struct action *a)
{
	const char *s = NULL;

	if (input_text(a, "description", &s) != INPUT_THERE)
		return NULL;
	if (text_points(s) > OWN_GROUP_DESCRIPTION_MAX)
		input_wrong(
		    a, "description", "is longer than 2,048 characters");
	return s;
}

static const char *
read_approval(struct action *a)
{
	const char *s = NULL;

	if (input_text(a, "join_approval_mode", &s) == INPUT_THERE &&
	    !text_is(s, "auto_approve") && !text_is(s, "approval_required"))
		input_wrong(a, "join_approval_mode",
		    "can be auto_approve or approval_required");
	return s;
}

static int
asked(struct action *a, int status, int64_t id)
{
	a->wake = 1;
	return reply_group(a, status, id);
}

int
groups_create(struct action *a)
{
	const char *said = NULL, *why = NULL, *location;
	const char *subject = read_subject(a);
	const char *description = read_description(a);
	const char *approval = read_approval(a);
	int64_t number_id = 0, id = 0;
	int rc = 1;

	if (json_type(json_get(a->body, "subject")) <= JSON_NULL)
		input_wrong(a, "subject", "is missing");
	if (input_text(a, "phone_number_id", &said) != INPUT_WRONG)
		rc = number_choose(a->session, a->pool, said,
		    a->config != NULL ? a->config->phone_number_id : NULL,
		    &number_id, &why);
	if (rc == 0)
		input_wrong(a, "phone_number_id", why);
	if (rc == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	if (own_group_create(a->session, number_id, subject, description,
		approval, a->now, &id) != 1 ||
	    asked(a, 202, id) == -1)
		return -1;
	location = pool_printf(a->pool, "/api/v1/groups/%" PRId64, id);
	reply_header(a, "Location", location);
	return idempotency_after(a, location);
}

int
groups_ask(struct action *a, enum own_group_wish wish, const char *request)
{
	struct own_group g;
	int rc = own_group_get(a->session, a->pool, a->id, &g);
	const char *why;

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	why = own_group_why_not(a->pool, &g, wish);
	if (why != NULL)
		return reply_problem(a, REPLY_CONFLICT, why);
	if (own_group_ask(a->session, a->id, wish, request, a->now) == -1)
		return -1;
	return asked(a, 202, a->id);
}

int
groups_change(struct action *a)
{
	const char *subject = read_subject(a);
	const char *description = read_description(a);

	if (a->wrong != NULL)
		return reply_wrong(a);
	if (subject == NULL && description == NULL)
		return reply_group(a, 200, a->id);
	return groups_ask(a, OWN_GROUP_CHANGE,
	    own_group_change_body(a->pool, subject, description));
}

int
groups_picture(struct action *a)
{
	const char *why = NULL;
	int64_t upload = 0;

	if (input_id(a, "upload", &upload) == INPUT_THERE &&
	    own_group_check_picture(a->session, a->pool, upload, &why) == -1)
		return -1;
	if (json_type(json_get(a->body, "upload")) <= JSON_NULL)
		why = "is missing";
	if (why != NULL)
		input_wrong(a, "upload", why);
	if (a->wrong != NULL)
		return reply_wrong(a);
	return groups_ask(
	    a, OWN_GROUP_PICTURE, own_group_picture_body(a->pool, upload));
}

int
groups_link(struct action *a)
{
	return groups_ask(
	    a, OWN_GROUP_LINK, own_group_change_body(a->pool, NULL, NULL));
}

/* Each a phone or a user id, as the provider takes it: how many. */
static int
read_participants(struct action *a, const char **who)
{
	const struct json *list = json_get(a->body, "participants");
	const struct json *e = json_first(list);
	int n = 0;

	if (json_type(list) != JSON_ARRAY || json_count(list) == 0 ||
	    json_count(list) > OWN_GROUP_PARTICIPANTS_MAX) {
		input_wrong(a, "participants",
		    "is a list of 1 to 8 phones or user ids");
		return 0;
	}
	for (; e != NULL; e = json_next(e), n++) {
		const char *s = json_string(e), *why = NULL;

		who[n] = json_type(e) != JSON_STRING
			     ? NULL
			     : phone_e164(a->pool, s, 1);
		if (who[n] == NULL && json_type(e) == JSON_STRING)
			who[n] = contact_validate_user_id(a->pool, s, &why);
		if (who[n] == NULL)
			input_wrong(a,
			    pool_printf(a->pool, "participants.%d", n),
			    "is no phone with + and no user id");
	}
	return n;
}

int
groups_remove(struct action *a)
{
	const char *who[OWN_GROUP_PARTICIPANTS_MAX];
	int n = read_participants(a, who);

	if (a->wrong != NULL)
		return reply_wrong(a);
	return groups_ask(
	    a, OWN_GROUP_REMOVE, own_group_remove_body(a->pool, who, n));
}

/* One that was never made is forgotten at once. */
int
groups_end(struct action *a)
{
	struct own_group g;
	int rc = own_group_get(a->session, a->pool, a->id, &g);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!text_is(g.state, "refused"))
		return groups_ask(a, OWN_GROUP_END, NULL);
	return own_group_forget(a->session, a->id) == -1 ? -1 : reply_empty(a);
}
