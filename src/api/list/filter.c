/*
 * Reads the filters of GET /conversations.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/mark/mark.h"

#include "api/action.h"
#include "api/input.h"
#include "api/list/filter.h"
#include "api/query.h"

/* A parameter that is one of two words: 1 for YES, 0 for NO. */
static int
read_choice(struct action *a, const char *name, const char *yes, const char *no,
    int *value)
{
	const char *s = input_param(a, name);

	*value = CONVERSATION_LIST_ANY;
	if (text_is(s, yes))
		*value = 1;
	else if (text_is(s, no))
		*value = 0;
	else if (s != NULL)
		return input_bad(
		    a, name, pool_printf(a->pool, "is not %s or %s", yes, no));
	return 1;
}

/* By anybody, or for the member himself. */
static int
read_unread(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "unread");

	f->unread = CONVERSATION_LIST_ANY;
	f->unseen = text_is(s, "me");
	if (!f->unseen && s != NULL && !text_is(s, "true") &&
	    !text_is(s, "false"))
		return input_bad(a, "unread", "is not true, false or me");
	if (f->unseen && input_param(a, "q") != NULL)
		return input_bad(a, "unread", "of me stands without q");
	if (!f->unseen && s != NULL)
		f->unread = text_is(s, "true");
	return 1;
}

static int
read_status(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "status");

	f->status = s != NULL ? s : "active";
	if (text_is(s, "all"))
		f->status = NULL;
	else if (s != NULL && !text_is(s, "active") && !text_is(s, "archived"))
		return input_bad(a, "status", "is not active, archived or all");
	return 1;
}

/* What is not open is archived. */
static int
read_state(struct action *a, struct conversation_list_filter *f)
{
	static const char *const states[] = { "open", "pending", "snoozed",
		"closed", NULL };
	const char *s = input_param(a, "state");

	if (s == NULL)
		return 1;
	if (!text_among(s, states))
		return input_bad(
		    a, "state", "is not open, pending, snoozed or closed");
	if (input_param(a, "status") != NULL)
		return input_bad(a, "state", "stands without status");
	if (!text_is(s, "open")) {
		f->status = "archived";
		f->state = s;
	}
	return 1;
}

static int
read_unanswered(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "unanswered");

	if (s != NULL && !text_is(s, "true"))
		return input_bad(a, "unanswered", "is not true");
	f->unanswered = s != NULL;
	return 1;
}

static int
read_marketing(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "marketing");

	if (s != NULL && !text_is(s, "stopped") && !text_is(s, "allowed"))
		return input_bad(a, "marketing", "is not stopped or allowed");
	f->marketing = s;
	return 1;
}

/* An id of ours, in words: 1; 0 a problem was replied. */
static int
read_id_word(struct action *a, const char *name, const char *s,
    const char *wrong, int64_t *id)
{
	long long n = 0;

	if (text_int(s, &n) == -1 || n < 1)
		return input_bad(a, name, wrong);
	*id = n;
	return 1;
}

static int
read_assignee(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "assigned_to");

	f->assigned_to = CONVERSATION_LIST_ANY;
	if (text_is(s, "me"))
		f->assigned_to = a->who.user_id;
	else if (text_is(s, "none"))
		f->assigned_to = 0;
	else if (s != NULL)
		return read_id_word(a, "assigned_to", s,
		    "is not a user's id, me or none", &f->assigned_to);
	return 1;
}

static int
read_number_filter(
    struct action *a, struct conversation_list_filter *f, int *nothing)
{
	const char *s = input_param(a, "number");
	int rc;

	if (s == NULL)
		return 1;
	rc = conversation_list_number(a->session, s, &f->number_id);
	if (rc == 0)
		*nothing = 1;
	return rc == -1 ? -1 : 1;
}

/* *NOTHING, where there is no such team or label (any more): 0, -1. */
static int
look_for_marks(
    struct action *a, const struct conversation_list_filter *f, int *nothing)
{
	struct mark m;
	int rc = 1;

	if (f->team_id > 0)
		rc = mark_get(a->session, a->pool, MARK_TEAM, f->team_id, &m);
	for (int i = 0; i < f->n_labels && rc == 1; i++)
		rc =
		    mark_get(a->session, a->pool, MARK_LABEL, f->labels[i], &m);
	if (rc == 0)
		*nothing = 1;
	return rc == -1 ? -1 : 0;
}

static int
read_team(struct action *a, struct conversation_list_filter *f)
{
	const char *s = input_param(a, "team");

	if (text_is(s, "none"))
		f->team_id = CONVERSATION_LIST_NO_TEAM;
	else if (text_is(s, "mine"))
		f->teams_of = a->who.user_id;
	else if (s != NULL)
		return read_id_word(a, "team", s,
		    "is not a team's id, mine or none", &f->team_id);
	return 1;
}

static int
read_labels(struct action *a, struct conversation_list_filter *f)
{
	const char *ids[CONVERSATION_LIST_LABELS_MAX];
	int n = input_param_all(a, "label", ids, CONVERSATION_LIST_LABELS_MAX);

	if (n > CONVERSATION_LIST_LABELS_MAX)
		return input_bad(a, "label", "is given more than 10 times");
	for (int i = 0; i < n; i++) {
		int64_t id = 0;
		int k = 0;

		if (!read_id_word(
			a, "label", ids[i], "is not a label's id", &id))
			return 0;
		while (k < f->n_labels && f->labels[k] != id)
			k++;
		if (k < f->n_labels)
			continue;
		f->labels[f->n_labels++] = id;
		f->label_ids = pool_printf(a->pool, "%s %" PRId64 " ",
		    f->label_ids != NULL ? f->label_ids : "", id);
	}
	return 1;
}

static void
add_tag(struct conversation_list_filter *f, int64_t id)
{
	for (int i = 0; i < f->n_tags; i++)
		if (f->tags[i] == id)
			return;
	f->tags[f->n_tags++] = id;
}

static int
read_tags(struct action *a, struct conversation_list_filter *f, int *nothing)
{
	const char *names[CONVERSATION_LIST_TAGS_MAX];
	int n = input_param_all(a, "tag", names, CONVERSATION_LIST_TAGS_MAX);

	if (n > CONVERSATION_LIST_TAGS_MAX)
		return input_bad(a, "tag", "is given more than 10 times");
	for (int i = 0; i < n; i++) {
		int64_t id = 0;
		int rc = contact_tag_id(a->session, names[i], &id);

		if (rc == -1)
			return -1;
		if (rc == 0)
			*nothing = 1;
		else
			add_tag(f, id);
	}
	return 1;
}

int
filter_read(struct action *a, struct conversation_list_filter *f, int *nothing)
{
	int rc;

	*f = (struct conversation_list_filter){ .now = a->now,
		.after = CONVERSATION_LIST_TOP };
	*nothing = 0;
	if (!read_status(a, f) || !read_state(a, f) || !read_unanswered(a, f) ||
	    !read_assignee(a, f) || !read_team(a, f) || !read_labels(a, f) ||
	    !read_unread(a, f) || !read_marketing(a, f) ||
	    !read_choice(a, "contact", "linked", "unlinked", &f->linked) ||
	    !read_choice(a, "window", "open", "closed", &f->window) ||
	    !input_q(a, &f->q))
		return 0;
	if (look_for_marks(a, f, nothing) == -1)
		return -1;
	rc = read_number_filter(a, f, nothing);
	return rc == 1 ? read_tags(a, f, nothing) : rc;
}

int
filter_is_given(const struct action *a)
{
	for (size_t i = 0; i < a->query->n_names; i++) {
		const struct query_name *name = &a->query->names[i];

		if (name->n > 0 &&
		    !query_among("limit cursor", name->word, name->len))
			return 1;
	}
	return 0;
}
