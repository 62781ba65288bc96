/*
 * Reads what is neither message nor status: new user ids, chunks of history,
 * errors, what a customer wants, the phone's address book, groups.  Arrays
 * without a reader are kept whole, as notices.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"
#include "whatsapp/phone.h"
#include "whatsapp/preview/preview_words.h"
#include "whatsapp/value.h"

/* {"previous","current"}, or a text, which is the current id. */
static const char *
before(const struct json *pair)
{
	return json_text(pair, "previous");
}

static const char *
after(const struct json *pair)
{
	const char *plain = json_string(pair);

	return plain != NULL ? plain : json_text(pair, "current");
}

void
value_identity(struct event_list *s, const struct json *u)
{
	const struct json *wa_id = json_get(u, "wa_id");
	const struct json *user_id = json_get(u, "user_id");
	const struct json *parent = json_get(u, "parent_user_id");
	struct customer old = { .wa_id = NULL };
	const char *new_wa_id = NULL;
	struct event *e;

	if (json_type(wa_id) == JSON_OBJECT)
		customer_add_id(s, &old, before(wa_id), before(user_id));
	else
		customer_add_id(s, &old, json_string(wa_id), before(user_id));
	old.parent_user_id = before(parent);
	if (json_type(wa_id) == JSON_OBJECT)
		new_wa_id = after(wa_id);
	if (!customer_is_known(&old) ||
	    (after(user_id) == NULL && new_wa_id == NULL)) {
		event_list_add_other(s, s->field, u);
		return;
	}
	customer_join(s, &old, 0);
	e = event_list_add(s, EVENT_IDENTITY, u);
	e->customer = old;
	e->customer.new_wa_id = new_wa_id;
	e->customer.new_user_id = after(user_id);
	e->customer.new_parent_user_id = after(parent);
	e->field = s->field;
	e->raw = json_write(s->pool, u);
}

static void
read_thread(struct event_list *s, const struct json *thread)
{
	const struct json *list = json_get(thread, "messages"), *m;
	const char *id = json_text(thread, "id");

	if (json_type(list) != JSON_ARRAY) {
		event_list_add_other(s, s->field, thread);
		return;
	}
	for (m = json_first(list); m != NULL && !s->too_many; m = json_next(m))
		value_past(s, m, id);
}

void
value_history(struct event_list *s, const struct json *chunk)
{
	const struct json *threads = json_get(chunk, "threads");
	const struct json *errors = json_get(chunk, "errors"), *e;

	if (json_type(threads) != JSON_ARRAY &&
	    json_type(errors) != JSON_ARRAY) {
		event_list_add_other(s, s->field, chunk);
		return;
	}
	for (e = json_first(errors); e != NULL && !s->too_many;
	     e = json_next(e))
		event_list_add_other(s, "history", e);
	for (e = json_first(threads); e != NULL && !s->too_many;
	     e = json_next(e))
		read_thread(s, e);
}

void
value_error(struct event_list *s, const struct json *error)
{
	event_list_add_other(s, "errors", error);
}

void
value_notice(struct event_list *s, const struct json *element)
{
	const struct json *own = json_get(element, "metadata");
	struct event *e;

	/* In the field "messages" the name of the array says more than the
	 * field. */
	e = event_list_add_other(
	    s, text_is(s->field, "messages") ? s->key : s->field, element);
	e->at = event_list_time(own, "timestamp", e->at);
	customer_add_id(s, &e->customer, json_text(element, "wa_id"),
	    json_text(element, "user_id"));
	e->customer.group_id = json_text(element, "group_id");
}

/* Does the customer want marketing?  Kept as a notice, and told in the
 * conversation. */
void
value_preference(struct event_list *s, const struct json *element)
{
	static const struct {
		const char *value, *state, *line;
	} said[] = {
		{ "stop", "stopped", "Wants no marketing messages" },
		{ "resume", "allowed", "Wants marketing messages again" },
		{ "signup", "allowed", "Wants marketing messages" },
	};
	const char *value = json_text(element, "value");
	struct customer c = { .wa_id = NULL };

	value_notice(s, element);
	customer_add_id(
	    s, &c, json_text(element, "wa_id"), json_text(element, "user_id"));
	if (!customer_is_known(&c) ||
	    !text_is(json_text(element, "category"), "marketing_messages"))
		return;
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		struct event *e;

		if (!text_is(value, said[i].value))
			continue;
		customer_join(s, &c, 0);
		e = event_list_add(s, EVENT_MARKETING, element);
		e->customer = c;
		e->inbound = 1;
		e->field = s->field;
		e->raw = json_write(s->pool, element);
		e->state = said[i].state;
		e->type = "system";
		e->content = pool_printf(s->pool,
		    "{\"body\":\"%s\",\"type\":\"user_preferences\","
		    "\"marketing\":\"%s\"}",
		    said[i].line, said[i].state);
		e->preview = e->text = said[i].line;
	}
}

/* An entry of the phone's address book was added, changed or removed. */
void
value_phone_book(struct event_list *s, const struct json *element)
{
	const struct json *contact = json_get(element, "contact");
	const char *typed = json_text(contact, "phone_number"), *phone;
	const char *name = json_text(contact, "full_name");
	int removed = text_is(json_text(element, "action"), "remove");
	struct event *e;

	value_notice(s, element);
	if (name == NULL)
		name = json_text(contact, "first_name");
	phone = typed == NULL ? NULL : phone_e164(s->pool, typed, 0);
	if (phone != NULL) /* the notice is of that person */
		s->events[s->n - 1].customer.wa_id = phone + 1;
	if (!text_is(json_text(element, "type"), "contact") || phone == NULL ||
	    (name == NULL && !removed))
		return;
	e = event_list_add(s, EVENT_PHONE_BOOK, element);
	e->at =
	    event_list_time(json_get(element, "metadata"), "timestamp", e->at);
	e->customer.wa_id = phone + 1;
	e->customer.profile_name =
	    removed ? NULL : customer_name(s->pool, name);
	e->field = s->field;
	e->raw = json_write(s->pool, element);
}

/* -------------------------------------------------------------- groups */

#define ID_MAX 255 /* bytes; user ids have 131 */

/* What happened in group ELEMENT, as a line of its conversation; WHO: of whom,
 * or NULL. */
static struct event *
tell_group(struct event_list *s, const struct json *element, const char *line,
    const struct customer *who)
{
	struct event *e = event_list_add(s, EVENT_GROUP, element);
	struct json_out *o = json_new(s->pool);

	e->inbound = 1;
	e->customer.group_id = json_text(element, "group_id");
	if (who != NULL) {
		e->customer = *who;
		e->customer.group_id = json_text(element, "group_id");
	}
	e->type = "system";
	json_open_object(o, NULL);
	json_put_text(o, "body", line);
	json_put_text(o, "type", json_text(element, "type"));
	json_put_text(o, "group_id", e->customer.group_id);
	if (who != NULL)
		json_put_text(o, "participant",
		    who->wa_id != NULL ? who->wa_id : who->user_id);
	json_close(o);
	e->content = json_end(o, NULL);
	e->text = line;
	e->preview = text_fold(s->pool, line, PREVIEW_MAX);
	return e;
}

/* Longer than any id of WhatsApp: it stays in the workspace event. */
static int
is_too_long(const char *id)
{
	return id != NULL && strlen(id) > ID_MAX;
}

/* "+1650… joined"; JOINS as the event has it.  P: who, by ids or as we
 * asked.  NULL: nobody is named. */
static struct event *
tell_participant(struct event_list *s, const struct json *element,
    const struct json *p, const char *what, int joins)
{
	struct event *e;
	struct customer c = { .wa_id = NULL };
	const char *who, *name = json_text(p, "username");

	customer_add_id(s, &c, json_text(p, "wa_id"), json_text(p, "user_id"));
	if (c.wa_id == NULL && c.user_id == NULL)
		customer_add_id(s, &c, json_text(p, "input"), NULL);
	who = c.wa_id != NULL ? c.wa_id : c.user_id;
	if (who == NULL || is_too_long(c.wa_id) || is_too_long(c.user_id))
		return NULL;
	if (name != NULL)
		name += *name == '@';
	c.username = name == NULL || *name == '\0' ? NULL : name;
	e = tell_group(s, element,
	    pool_printf(
		s->pool, "%s%s %s", c.wa_id != NULL ? "+" : "", who, what),
	    &c);
	e->joins = joins;
	return e;
}

static void
tell_participants(struct event_list *s, const struct json *element,
    const struct json *list, const char *what, int joins)
{
	const struct json *p;

	for (p = json_first(list); p != NULL && !s->too_many; p = json_next(p))
		tell_participant(s, element, p, what, joins);
}

/* Whom an admin may let in, or not. */
static void
tell_request(struct event_list *s, const struct json *element)
{
	const char *type = json_text(element, "type");
	const char *id = json_text(element, "join_request_id");
	int asks = text_is(type, "group_join_request_created")	 ? 1
		   : text_is(type, "group_join_request_revoked") ? -1
								 : 0;
	struct event *e;

	if (asks == 0 || s->too_many)
		return;
	e = tell_participant(s, element, element,
	    asks > 0 ? "asks to join" : "no longer asks to join", 0);
	if (e == NULL || (asks > 0 && (id == NULL || is_too_long(id))))
		return;
	e->asks = asks;
	e->asks_id = asks > 0 ? id : NULL;
}

/* A group that was made gets its name, and no line before anybody wrote. */
static void
tell_subject(
    struct event_list *s, const struct json *element, const char *subject)
{
	struct event *e;

	if (subject == NULL)
		return;
	e = tell_group(s, element,
	    pool_printf(s->pool, "The group has a new name: %s", subject),
	    NULL);
	e->subject = subject;
	if (text_is(json_text(element, "type"), "group_create"))
		e->preview = e->text = NULL;
}

/* Of a change of the settings, what did not fail. */
static int
is_set(const struct json *setting)
{
	return json_type(setting) == JSON_OBJECT &&
	       json_bool(setting, "update_successful", 1);
}

static void
tell_settings(struct event_list *s, const struct json *element)
{
	const struct json *subject = json_get(element, "group_subject");

	if (is_set(subject))
		tell_subject(s, element, json_text(subject, "text"));
	if (is_set(json_get(element, "group_description")))
		tell_group(s, element, "The group has a new description", NULL);
	if (is_set(json_get(element, "profile_picture")))
		tell_group(s, element, "The group has a new picture", NULL);
}

/* What has no part of its own says its type. */
static void
tell_kind(struct event_list *s, const struct json *element)
{
	static const struct {
		const char *type;
		const char *line;
	} kinds[] = {
		{ "group_delete", "The group was deleted" },
		{ "group_suspend", "The group was suspended" },
		{ "group_suspend_cleared", "The group is suspended no longer" },
	};
	const char *type = json_text(element, "type");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (text_is(type, kinds[i].type))
			tell_group(s, element, kinds[i].line, NULL);
}

#define TEXT_MAX 8192 /* bytes: a description has 2048 code points */

static const char *
short_text(const struct json *o, const char *key)
{
	const char *text = json_text(o, key);

	return text != NULL && strlen(text) <= TEXT_MAX ? text : NULL;
}

/* Why it failed, in all or in a setting; NULL it did not. */
static const char *
group_error(struct event_list *s, const struct json *element)
{
	static const char *const parts[] = { "group_subject",
		"group_description", "profile_picture" };
	int64_t code;
	const char *error =
	    content_error(s->pool, json_get(element, "errors"), &code);

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct json *part = json_get(element, parts[i]);

		if (error == NULL && part != NULL && !is_set(part))
			error = content_error(
			    s->pool, json_get(part, "errors"), &code);
	}
	return error;
}

/* What our own group becomes: the notice carries it. */
static void
add_news(struct event_list *s, const struct json *element)
{
	const struct json *description = json_get(element, "group_description");
	struct event_group *g;

	if (s->too_many || is_too_long(json_text(element, "group_id")))
		return;
	g = pool_alloc(s->pool, sizeof(*g));
	*g = (struct event_group){
		.type = json_text(element, "type"),
		.group_id = json_text(element, "group_id"),
		.request_id = short_text(element, "request_id"),
		.subject = short_text(element, "subject"),
		.description = is_set(description)
				   ? short_text(description, "text")
				   : short_text(element, "description"),
		.invite_link = short_text(element, "invite_link"),
		.approval = short_text(element, "join_approval_mode"),
		.error = group_error(s, element),
	};
	if (!text_is(g->approval, "auto_approve") &&
	    !text_is(g->approval, "approval_required"))
		g->approval = NULL;
	s->events[s->n - 1].group = g;
}

void
value_group(struct event_list *s, const struct json *element)
{
	int64_t at = event_list_time(element, "timestamp", 0);
	const char *type = json_text(element, "type");

	value_notice(s, element);
	add_news(s, element);
	/* Without a time it cannot be told from the same one later. */
	if (json_text(element, "group_id") == NULL || at == 0)
		return;
	/* Also where others could not be removed (errors). */
	tell_participants(
	    s, element, json_get(element, "removed_participants"), "left", -1);
	if (json_get(element, "errors") != NULL)
		return;
	if (text_is(type, "group_create") &&
	    json_get(element, "removed_participants") == NULL)
		tell_subject(s, element, json_text(element, "subject"));
	tell_settings(s, element);
	tell_participants(
	    s, element, json_get(element, "added_participants"), "joined", 1);
	tell_request(s, element);
	tell_kind(s, element);
}
