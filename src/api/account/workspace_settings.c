/*
 * /workspace: what is set for it, for owners to change.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "whatsapp/compose/compose.h"

#include "inbox/hours/opening_hours.h"
#include "inbox/hours/workspace_setting.h"

#include "api/account/workspace_settings.h"
#include "api/input.h"
#include "api/reply.h"

#define FIELDS                                                                 \
	{                                                                      \
		"second_factor", "reactions_unread", "time_zone",              \
		    "opening_hours", "automatic_answer"                        \
	}

static int
reply_settings(struct action *a, const struct workspace_setting *s)
{
	struct json_out *out = json_new(a->pool);
	struct zone *zone =
	    s->opening_hours != NULL ? workspace_setting_zone(s) : NULL;
	struct opening_state state = { 0 };
	int hours = workspace_setting_look(a->pool, s, zone, a->now, &state);

	zone_close(zone);
	json_open_object(out, NULL);
	json_put_int(out, "id", a->who.workspace_id);
	json_put_text(out, "name", a->who.workspace);
	json_put_bool(out, "second_factor", s->second_factor);
	json_put_bool(out, "reactions_unread", s->reactions_unread);
	json_put_text(out, "time_zone", s->time_zone);
	json_put_raw(out, "opening_hours", s->opening_hours);
	json_put_text(out, "automatic_answer", s->automatic_answer);
	if (hours)
		json_put_bool(out, "open", state.open);
	else
		json_put_null(out, "open");
	json_put_time(out, state.open ? "closes_at" : "opens_at", state.until);
	json_put_time(out, state.open ? "opens_at" : "closes_at", 0);
	json_close(out);
	return reply_json(a, 200, out);
}

int
workspace_settings_get(struct action *a)
{
	struct workspace_setting s;

	if (workspace_setting_read(a->session, a->pool, &s) == -1)
		return -1;
	return reply_settings(a, &s);
}

static void
read_flag(struct action *a, const char *key, int *flag)
{
	const struct json *wanted = json_get(a->body, key);

	if (wanted == NULL)
		return;
	if (json_type(wanted) == JSON_BOOL)
		*flag = json_bool(a->body, key, 0);
	else
		input_wrong(a, key, "is not true or false");
}

static void
read_zone(struct action *a, struct workspace_setting *s)
{
	const char *name = NULL;
	struct zone *zone;
	enum input_found found = input_text(a, "time_zone", &name);

	if (found == INPUT_NULL)
		s->time_zone = WORKSPACE_SETTING_ZONE;
	if (found != INPUT_THERE)
		return;
	zone = zone_open(name);
	if (zone == NULL)
		input_wrong(a, "time_zone",
		    "is no time zone of the tz database, as Europe/Berlin");
	zone_close(zone);
	s->time_zone = name;
}

static void
read_hours(struct action *a, struct workspace_setting *s)
{
	const struct json *wanted = json_get(a->body, "opening_hours");
	struct opening_hours *h;
	const char *why;

	if (wanted == NULL)
		return;
	s->opening_hours = NULL;
	if (json_type(wanted) == JSON_NULL)
		return;
	h = pool_alloc(a->pool, sizeof(*h));
	why = opening_hours_read(a->pool, wanted, h);
	if (why != NULL)
		input_wrong(a, "opening_hours", why);
	s->opening_hours = json_write(a->pool, wanted);
}

static void
read_answer(struct action *a, struct workspace_setting *s)
{
	const char *text = NULL, *why;
	enum input_found found = input_text(a, "automatic_answer", &text);
	struct compose c;

	if (found == INPUT_NULL)
		s->automatic_answer = NULL;
	if (found != INPUT_THERE)
		return;
	why = workspace_setting_compose(a->pool, text, &c);
	if (why != NULL)
		input_wrong(a, "automatic_answer", why);
	s->automatic_answer = text;
}

/* What of BODY is another setting than before, as JSON in POOL; NULL
 * nothing. */
static const char *
changes_of(struct action *a, const struct workspace_setting *old,
    const struct workspace_setting *new)
{
	struct json_out *out = json_new(a->pool);
	int differs[] = { old->second_factor != new->second_factor,
		old->reactions_unread != new->reactions_unread,
		!text_is(old->time_zone, new->time_zone),
		(old->opening_hours != NULL || new->opening_hours != NULL) &&
		    !text_is(old->opening_hours, new->opening_hours),
		(old->automatic_answer != NULL ||
		    new->automatic_answer != NULL) &&
		    !text_is(old->automatic_answer, new->automatic_answer) };
	static const char *const fields[] = FIELDS;
	int any = 0;

	json_open_object(out, NULL);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (differs[i])
			json_put(out, fields[i], json_get(a->body, fields[i]));
		any |= differs[i];
	}
	json_close(out);
	return any ? json_end(out, NULL) : NULL;
}

int
workspace_settings_change(struct action *a)
{
	struct workspace_setting old, new;
	const char *changed;

	if (json_count(a->body) == 0)
		input_wrong(a, "time_zone", "or another setting is missing");
	if (workspace_setting_read(a->session, a->pool, &old) == -1)
		return -1;
	new = old;
	read_flag(a, "second_factor", &new.second_factor);
	read_flag(a, "reactions_unread", &new.reactions_unread);
	read_zone(a, &new);
	read_hours(a, &new);
	read_answer(a, &new);
	if (a->wrong != NULL)
		return reply_wrong(a);
	changed = changes_of(a, &old, &new);
	if (changed != NULL &&
	    (workspace_setting_write(a->session, &new, a->now) == -1 ||
		workspace_setting_note(a->session, a->pool, a->who.user_id,
		    changed, a->now) == -1))
		return -1;
	return reply_settings(a, &new);
}
