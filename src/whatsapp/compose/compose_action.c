/*
 * Reads interactive messages with one action: a link, a form (Flow), a request
 * for the location, for the phone or to call.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define BUTTON_MAX 20
#define CTA_MAX	   30
#define TOKEN_MAX  200 /* ours: the provider names no limit */
#define NAME_MAX   200 /* ours */

void
compose_put_link(struct compose_part *c, const struct json *o, const char *path)
{
	const char *title =
	    compose_get_text(c, o, path, "button", BUTTON_MAX, 1);
	const char *url = compose_get_link(c, o, path, "url");

	compose_also(c, title);
	json_put_text(c->out, "name", "cta_url");
	json_open_object(c->out, "parameters");
	json_put_text(c->out, "display_text", title);
	json_put_text(c->out, "url", url);
	json_close(c->out);
}

void
compose_cta_url(struct compose_part *c)
{
	compose_open_interactive(c, "cta_url", 0);
	compose_put_link(c, c->body, "");
	json_close(c->out);
}

/* An action that is only a name. */
static void
put_named(
    struct compose_part *c, const char *type, const char *name, unsigned frame)
{
	compose_open_interactive(c, type, frame);
	json_put_text(c->out, "name", name);
	json_close(c->out);
}

void
compose_location_request(struct compose_part *c)
{
	put_named(c, "location_request_message", "send_location", 0);
}

void
compose_request_contact_info(struct compose_part *c)
{
	put_named(c, "request_contact_info", "request_contact_info", 0);
}

void
compose_call_permission(struct compose_part *c)
{
	c->label = "Call permission request";
	put_named(c, "call_permission_request", "call_permission_request",
	    COMPOSE_NO_BODY);
}

/* One of WORDS, or NULL when it is absent; another word is an error. */
static const char *
get_word(struct compose_part *c, const struct json *o, const char *key,
    const char *const *words)
{
	const char *s = compose_get_text(c, o, "flow", key, NAME_MAX, 0);

	if (s == NULL || text_among(s, words))
		return s;
	compose_note(c, compose_path(c, "flow", key), "must be %s or %s",
	    words[0], words[1]);
	return NULL;
}

/* What the form begins with: a screen, and values for it. */
static void
put_begin(struct compose_part *c, const struct json *o, const char *action)
{
	const char *screen =
	    compose_get_text(c, o, "flow", "screen", NAME_MAX, 0);
	const struct json *data = json_get(o, "data");

	if (data != NULL &&
	    (json_type(data) != JSON_OBJECT || json_count(data) == 0))
		compose_note(
		    c, "flow.data", "must be an object that is not empty");
	if (screen == NULL && data != NULL)
		compose_note(
		    c, "flow.screen", "is needed, for data are those of it");
	if ((screen != NULL || data != NULL) &&
	    text_is(action, "data_exchange"))
		compose_note(c, screen != NULL ? "flow.screen" : "flow.data",
		    "is for the action navigate");
	if (screen == NULL)
		return;
	json_open_object(c->out, "flow_action_payload");
	json_put_text(c->out, "screen", screen);
	if (data != NULL)
		json_put(c->out, "data", data);
	json_close(c->out);
}

static void
put_flow(struct compose_part *c, const struct json *o)
{
	static const char *const modes[] = { "published", "draft", NULL };
	static const char *const actions[] = { "navigate", "data_exchange",
		NULL };
	static const char *const keys[][2] = { { "id", "flow_id" },
		{ "name", "flow_name" }, { "token", "flow_token" } };
	const char *mode = get_word(c, o, "mode", modes);
	const char *action = get_word(c, o, "action", actions);
	const char *cta = compose_get_text(c, o, "flow", "cta", CTA_MAX, 1);
	const char *values[3];

	compose_also(c, cta);
	compose_only(c, o, "flow", "id name cta token mode action screen data");
	for (int i = 0; i < 3; i++)
		values[i] =
		    compose_get_text(c, o, "flow", keys[i][0], TOKEN_MAX, 0);
	if ((values[0] == NULL) == (values[1] == NULL))
		compose_note(c, "flow", "must have exactly one of id and name");
	json_put_text(c->out, "flow_message_version", "3");
	for (int i = 0; i < 3; i++)
		if (values[i] != NULL)
			json_put_text(c->out, keys[i][1], values[i]);
	json_put_text(c->out, "flow_cta", cta);
	if (mode != NULL)
		json_put_text(c->out, "mode", mode);
	if (action != NULL)
		json_put_text(c->out, "flow_action", action);
	put_begin(c, o, action);
}

void
compose_flow(struct compose_part *c)
{
	const struct json *o = compose_get_object(c, c->body, "", "flow");

	compose_open_interactive(c, "flow", 0);
	json_put_text(c->out, "name", "flow");
	json_open_object(c->out, "parameters");
	if (o != NULL)
		put_flow(c, o);
	json_close(c->out);
	json_close(c->out);
}
