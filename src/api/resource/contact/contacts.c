/*
 * /contacts: the address book.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_list.h"
#include "inbox/contact/contact_merge.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/contact_object.h"
#include "api/reply.h"
#include "api/resource/contact/contact_fields.h"
#include "api/resource/contact/contacts.h"

int
contacts_reply(struct action *a, int status, const struct contact *c)
{
	struct json_out *out = json_new(a->pool);

	contact_object_put(out, c);
	return reply_json(a, status, out);
}

static int
put_page(struct action *a, struct json_out *out, const int64_t *ids, int n)
{
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		contact_prefetch(a->session, ids[i]);
	for (int i = 0; i < n; i++) {
		struct contact c;

		if (contact_get(a->session, a->pool, ids[i], &c) != 1)
			return -1;
		contact_object_put(out, &c);
	}
	json_close(out);
	return 0;
}

int
contacts_list(struct action *a)
{
	int64_t ids[INPUT_LIMIT_MAX + 1];
	struct contact_list_filter f = { 0 };
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int complete, n;

	if (input_param_all(a, "tag", NULL, 0) > 1)
		return input_bad(a, "tag", "is given more than once");
	if (!cursor_page_read(a, &p, INT64_MAX) || !input_q(a, &f.q))
		return 0;
	f.before = p.after;
	f.tag = input_param(a, "tag");
	n = contact_list_read(
	    a->session, a->pool, &f, ids, p.limit + 1, &complete);
	n = cursor_page_cut(a, &p, n, n > p.limit ? ids[p.limit - 1] : 0);
	if (n == -1 || put_page(a, out, ids, n) == -1)
		return -1;
	json_put_bool(out, "complete", complete);
	return reply_list(a, out, p.next);
}

int
contacts_get(struct action *a)
{
	struct contact c;
	int rc;

	contact_prefetch(a->session, a->id);
	rc = contact_get(a->session, a->pool, a->id, &c);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	return contacts_reply(a, 200, &c);
}

/* null and "" take the value away. */
static void
read_optional(
    struct action *a, const char *key, input_check *check, const char **value)
{
	const char *text = NULL;
	enum input_found found = input_text(a, key, &text);

	/* a wrong type is noted once */
	if (found == INPUT_NULL || (found == INPUT_THERE && *text == '\0'))
		*value = NULL;
	else if (found == INPUT_THERE)
		input_checked(a, key, check, value);
}

static void
read_tags(struct action *a, struct contact *c)
{
	const struct json *tags = json_get(a->body, "tags"), *tag;
	const char *why = NULL, *name;

	if (json_type(tags) == JSON_NONE)
		return;
	if (json_type(tags) != JSON_ARRAY ||
	    json_count(tags) > CONTACT_TAGS_MAX) {
		input_wrong(a, "tags", "is no list of at most 50 names");
		return;
	}
	c->tags =
	    pool_alloc(a->pool, sizeof(*c->tags) * (CONTACT_TAGS_MAX + 1));
	c->n_tags = 0;
	for (tag = json_first(tags); tag != NULL; tag = json_next(tag)) {
		name =
		    json_type(tag) != JSON_STRING
			? NULL
			: contact_validate_tag(a->pool, json_string(tag), &why);
		if (name == NULL) {
			input_wrong(a, "tags",
			    why != NULL ? why : "is no list of names");
			return;
		}
		c->tags[c->n_tags++] = name;
	}
}

/* 1 when the body has something under KEY, right or wrong. */
static int
gives(struct action *a, const char *key)
{
	const struct json *value = json_get(a->body, key);
	const char *text = json_string(value);

	return json_type(value) == JSON_STRING
		   ? text != NULL && *text != '\0'
		   : json_type(value) != JSON_NONE &&
			 json_type(value) != JSON_NULL;
}

static void
read_contact(struct action *a, struct contact *c)
{
	read_optional(a, "phone", contact_validate_phone, &c->phone);
	read_optional(a, "user_id", contact_validate_user_id, &c->user_id);
	input_checked(a, "name", contact_validate_name, &c->name);
	read_optional(a, "email", contact_validate_email, &c->email);
	read_tags(a, c);
	if (c->phone == NULL && c->user_id == NULL && !gives(a, "phone") &&
	    !gives(a, "user_id"))
		input_wrong(a, "phone", "is needed, unless user_id is given");
}

/* Contact ID has the phone of C, or else the user id. */
static int
taken(struct action *a, const struct contact *c, int64_t id)
{
	struct contact has;

	if (contact_get(a->session, a->pool, id, &has) != 1)
		return -1;
	return reply_conflict(a,
	    pool_printf(a->pool, "Contact %" PRId64 " has this %s already.", id,
		text_is(has.phone, c->phone) ? "phone" : "user id"),
	    "contact_id", id);
}

int
contacts_create(struct action *a)
{
	struct contact c = { 0 };
	const char *location;
	int64_t id = 0;
	int rc;

	read_contact(a, &c);
	if (contact_fields_read(a, &c) == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = contact_create(a->session, a->pool, &c, a->now, &id);
	if (rc != 1)
		return rc == 0 ? taken(a, &c, id) : -1;
	if (contact_get(a->session, a->pool, id, &c) != 1)
		return -1;
	a->wake = 1; /* for its words in the search */
	location = pool_printf(a->pool, "/api/v1/contacts/%" PRId64, id);
	reply_header(a, "Location", location);
	contacts_reply(a, 201, &c);
	return idempotency_after(a, location);
}

static int
has_tag(const struct contact *c, const char *name)
{
	for (size_t i = 0; i < c->n_tags; i++)
		if (text_is(c->tags[i], name))
			return 1;
	return 0;
}

/* Puts on what AFTER has more than BEFORE, takes off what it has not. */
static int
change_tags(
    struct action *a, const struct contact *before, const struct contact *after)
{
	for (size_t i = 0; i < before->n_tags; i++)
		if (!has_tag(after, before->tags[i]) &&
		    contact_untag(a->session, a->id, before->tags[i], a->now) ==
			-1)
			return -1;
	for (size_t i = 0; i < after->n_tags; i++)
		if (!has_tag(before, after->tags[i]) &&
		    contact_tag(a->session, a->id, after->tags[i], a->now) ==
			-1)
			return -1;
	return 0;
}

int
contacts_change(struct action *a)
{
	struct contact before, after;
	int64_t other = 0;
	int rc = contact_get(a->session, a->pool, a->id, &before);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	after = before;
	read_contact(a, &after);
	if (contact_fields_read(a, &after) == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = contact_change(a->session, a->pool, &after, a->now, &other);
	if (rc != 1)
		return rc == 0 ? taken(a, &after, other) : -1;
	if (change_tags(a, &before, &after) == -1 ||
	    contact_field_put(
		a->session, a->id, after.values, after.n_values, a->now) == -1)
		return -1;
	a->wake = 1; /* for its words in the search */
	return contacts_get(a);
}

int
contacts_delete(struct action *a)
{
	int rc = contact_delete(a->session, a->id);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	return reply_empty(a);
}

/* Field KEY of the body, as it is stored, into *VALUE. */
static void
read_choice(
    struct action *a, const char *key, input_check *check, const char **value)
{
	const char *text = NULL, *why = NULL;

	if (input_text(a, key, &text) != INPUT_THERE)
		return;
	*value = check(a->pool, text, &why);
	if (*value == NULL)
		input_wrong(a, key, why);
}

/* What both contacts have, and only one can keep. */
static int
reply_choose(struct action *a, const struct contact_merge *m)
{
	input_wrong(
	    a, m->choose, "must be one of the two that these contacts have");
	return reply_wrong(a);
}

int
contacts_merge(struct action *a)
{
	struct contact_merge m = { .keep = a->id };
	enum input_found found = input_id(a, "contact_id", &m.gone);

	if (found == INPUT_ABSENT || found == INPUT_NULL)
		input_wrong(a, "contact_id", "is needed");
	read_choice(a, "phone", contact_validate_phone, &m.phone);
	read_choice(a, "user_id", contact_validate_user_id, &m.user_id);
	if (a->wrong != NULL)
		return reply_wrong(a);
	switch (contact_merge(a->session, a->pool, &m, a->now)) {
	case CONTACT_MERGE_DONE:
		a->wake = 1; /* for its words in the search */
		return contacts_get(a);
	case CONTACT_MERGE_NO_KEEP:
		return reply_not_found(a);
	case CONTACT_MERGE_NO_GONE:
		input_wrong(a, "contact_id", "is no other contact");
		return reply_wrong(a);
	case CONTACT_MERGE_CHOOSE:
		return reply_choose(a, &m);
	case CONTACT_MERGE_MANY:
		return reply_conflict(a,
		    pool_printf(a->pool,
			"Contact %" PRId64 " has more than %d conversations.",
			m.gone, CONTACT_MERGE_MAX),
		    "contact_id", m.gone);
	case CONTACT_MERGE_FAILED:
		break;
	}
	return -1;
}
