/*
 * waspool workspace set and show: settings, of which an event is kept.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "whatsapp/compose/compose.h"

#include "inbox/hours/opening_hours.h"
#include "inbox/hours/workspace_setting.h"
#include "inbox/workspace/workspace.h"
#include "inbox/workspace/workspace_event.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/workspace/workspace_set.h"

static void
no_workspace(int64_t id)
{
	cli_fail(EX_DATAERR,
	    "there is no workspace %lld: 'waspool workspace list' has them",
	    (long long)id);
}

/* One of two words: 1 the first, 0 the second; -1 the option is not there. */
static int
either(struct cli *c, const char *option, const char *yes, const char *no)
{
	const char *word = cli_option(c, option);

	if (word != NULL && !text_is(word, yes) && !text_is(word, no))
		cli_fail(EX_USAGE, "--%s: %s or %s", option, yes, no);
	return word == NULL ? -1 : text_is(word, yes);
}

/* Why *HOURS are none; NULL: they are some, and *HOURS is as it is stored. */
static const char *
hours_why(struct cli *c, const char **hours)
{
	struct opening_hours *h = pool_alloc(c->pool, sizeof(*h));
	const char *why = NULL;
	const struct json *value =
	    json_parse(c->pool, *hours, strlen(*hours), &why);

	if (value == NULL)
		return why != NULL ? why : "is not JSON";
	*hours = json_write(c->pool, value);
	return opening_hours_read(c->pool, value, h);
}

/* What is new of the hours, and is written into CHANGED. */
static int
read_hours(struct cli *c, struct workspace_setting *s, struct json_out *changed)
{
	const char *zone_name = cli_option(c, "time-zone");
	const char *hours = cli_option(c, "opening-hours");
	const char *answer = cli_option(c, "automatic-answer");

	if (zone_name != NULL) {
		struct zone *zone = zone_open(zone_name);

		if (zone == NULL)
			cli_fail(EX_USAGE,
			    "%s is no time zone: 'ls /usr/share/zoneinfo' has "
			    "them, as Europe/Berlin",
			    zone_name);
		zone_close(zone);
		s->time_zone = zone_name;
		json_put_text(changed, "time_zone", zone_name);
	}
	if (hours != NULL) {
		const char *why = NULL;

		s->opening_hours = text_is(hours, "none") ? NULL : hours;
		if (s->opening_hours != NULL)
			why = hours_why(c, &s->opening_hours);
		if (why != NULL)
			cli_fail(EX_USAGE, "--opening-hours: %s", why);
		json_put_raw(changed, "opening_hours", s->opening_hours);
	}
	if (answer != NULL) {
		struct compose composed;
		const char *why = NULL;

		s->automatic_answer = text_is(answer, "none") ? NULL : answer;
		if (s->automatic_answer != NULL)
			why = workspace_setting_compose(
			    c->pool, s->automatic_answer, &composed);
		if (why != NULL)
			cli_fail(EX_USAGE, "--automatic-answer: %s", why);
		json_put_text(changed, "automatic_answer", s->automatic_answer);
	}
	return zone_name != NULL || hours != NULL || answer != NULL;
}

/* Stores them: 1, 0 nothing of it was named. */
static int
set_hours(struct cli *c, int64_t id, struct json_out *changed)
{
	struct workspace_setting s;

	cli_db_ok(c, workspace_setting_get(c->inbox, c->pool, id, &s));
	if (!read_hours(c, &s, changed))
		return 0;
	cli_db_ok(c, workspace_setting_put(c->inbox, id, &s, c->now));
	return 1;
}

static void
note_change(struct cli *c, int64_t id, struct json_out *changed)
{
	struct workspace_event event = { .workspace_id = id,
		.field = WORKSPACE_SETTING_FIELD,
		.at = c->now };

	json_close(changed);
	event.raw = workspace_setting_event(
	    c->pool, 0, json_end(changed, NULL), c->now);
	cli_db_ok(c, workspace_event_put(c->inbox, &event, c->now));
}

void
workspace_set_run(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a workspace");
	int reactions = either(c, "reactions", "unread", "quiet");
	int factor = either(c, "second-factor", "wanted", "free");
	struct json_out *changed = json_new(c->pool);
	struct workspace w;

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	if (!cli_db_ok(c, workspace_get(c->inbox, c->pool, id, &w)))
		no_workspace(id);
	json_open_object(changed, NULL);
	if (!set_hours(c, id, changed) && reactions == -1 && factor == -1)
		cli_fail(EX_USAGE,
		    "say what: --reactions, --second-factor, --time-zone, "
		    "--opening-hours or --automatic-answer");
	if (reactions != -1) {
		cli_db_ok(c, workspace_set_reactions(c->inbox, id, reactions));
		json_put_bool(changed, "reactions_unread", reactions);
	}
	if (factor != -1) {
		cli_db_ok(c, workspace_set_factor(c->inbox, id, factor));
		json_put_bool(changed, "second_factor", factor);
	}
	note_change(c, id, changed);
	cli_db_commit(c);
	print_done(
	    c, "set", id, "workspace %lld (%s) is set", (long long)id, w.name);
}

void
workspace_set_show(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a workspace");
	struct output *out = output_object(c);
	struct opening_state state = { 0 };
	struct workspace_setting s;
	struct workspace w;
	struct zone *zone;

	cli_db_inbox(c, DB_READ);
	if (!cli_db_ok(c, workspace_get(c->inbox, c->pool, id, &w)))
		no_workspace(id);
	cli_db_ok(c, workspace_setting_get(c->inbox, c->pool, id, &s));
	zone = workspace_setting_zone(&s);
	output_int(out, "id", id);
	output_text(out, "name", w.name);
	output_text(out, "reactions", w.reactions_unread ? "unread" : "quiet");
	output_bool(out, "second_factor", w.second_factor);
	output_text(out, "time_zone", s.time_zone);
	output_json(out, "opening_hours", s.opening_hours);
	output_text(out, "automatic_answer", s.automatic_answer);
	if (workspace_setting_look(c->pool, &s, zone, c->now, &state)) {
		output_bool(out, "open", state.open);
		output_time(
		    out, state.open ? "closes_at" : "opens_at", state.until);
	}
	zone_close(zone);
	output_end(out);
}

const struct cli_option workspace_set_options[] = {
	{ "reactions", "HOW",
	    "unread: a customer's reaction makes the conversation unread; "
	    "quiet: it does not" },
	{ "second-factor", "HOW",
	    "wanted: whoever signs in there needs a second factor; free: "
	    "who has one" },
	{ "time-zone", "ZONE",
	    "by whose clock its hours and its reports go: Europe/Berlin" },
	{ "opening-hours", "JSON",
	    "when it is open, as PATCH /workspace takes it; none: that is not "
	    "said" },
	{ "automatic-answer", "TEXT",
	    "what is answered, once, to who writes while it is closed; none: "
	    "nothing" },
	{ 0 },
};
