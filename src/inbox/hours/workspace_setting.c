/*
 * The settings of a workspace: what follows from them.  Others read and write
 * them (workspace_setting_store.c, workspace_setting_member.c).
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "whatsapp/compose/compose.h"

#include "inbox/hours/opening_hours.h"
#include "inbox/hours/workspace_setting.h"

const char *
workspace_setting_compose(
    struct pool *pool, const char *text, struct compose *c)
{
	struct json_out *out = json_new(pool);
	struct compose_wrong *wrong = NULL;
	const char *body;
	size_t len;

	json_open_object(out, NULL);
	json_put_text(out, "type", "text");
	json_open_object(out, "text");
	json_put_text(out, "body", text);
	json_close(out);
	json_close(out);
	body = json_end(out, &len);
	if (compose_read(pool, json_parse(pool, body, len, NULL), c, &wrong) ==
	    0)
		return NULL;
	return wrong != NULL ? wrong->message : "is no text";
}

const char *
workspace_setting_event(
    struct pool *pool, int64_t user_id, const char *changed, int64_t now)
{
	struct json_out *out = json_new(pool);

	json_open_object(out, NULL);
	json_put_time(out, "at", now);
	json_put_id(out, "user_id", user_id);
	json_put_raw(out, "changed", changed);
	json_close(out);
	return json_end(out, NULL);
}

struct zone *
workspace_setting_zone(const struct workspace_setting *s)
{
	struct zone *z = zone_open(s->time_zone);

	if (z != NULL)
		return z;
	log_warn("time zone %s is not in /usr/share/zoneinfo (tzdata) any "
		 "more: UTC is taken for it",
	    s->time_zone);
	return zone_open(WORKSPACE_SETTING_ZONE);
}

int
workspace_setting_look(struct pool *pool, const struct workspace_setting *s,
    const struct zone *zone, int64_t now, struct opening_state *state)
{
	struct opening_hours *h;

	if (s->opening_hours == NULL || zone == NULL)
		return 0;
	h = pool_alloc(pool, sizeof(*h));
	if (opening_hours_read(pool,
		json_parse(
		    pool, s->opening_hours, strlen(s->opening_hours), NULL),
		h) != NULL)
		return 0;
	opening_hours_look(h, zone, now, state);
	return 1;
}
