/*
 * waspool events: lists workspace events, which are what is no message.
 */
#include "inbox/workspace/workspace_event_list.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"

#define EVENTS_MAX 1000

static void
list_cmd_events(struct cli *c)
{
	int64_t max = cli_option_number(c, "limit", 50);
	struct db *db = cli_db_inbox(c, DB_READ);
	int64_t workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	struct output *s = output_list(c);
	struct workspace_event_row *e;
	int i, n;

	if (max > EVENTS_MAX)
		max = EVENTS_MAX;
	cli_db_ok(
	    c, workspace_event_list(db, c->pool, workspace, (int)max, &e, &n));
	for (i = 0; i < n; i++) {
		output_row(s);
		output_int(s, "id", e[i].id);
		output_time(s, "at", e[i].at);
		output_text(s, "field", e[i].field);
		output_text(s, "phone_number_id", e[i].phone_number_id);
		output_json(s, "value", e[i].raw);
	}
	output_end(s);
}

static const struct cli_option list_options_events[] = {
	CMD_WORKSPACE,
	{ "limit", "N", "at most so many (50, and not over 1000)" },
	{ 0 },
};

const struct cli_verb cmd_events[] = {
	{ "list", "", 0, 0,
	    "Lists workspace events, which are no messages, newest first",
	    "Changes of templates, account and numbers, errors, preferences.\n"
	    "They may hold personal data.",
	    "waspool events list --limit 10", list_options_events,
	    list_cmd_events },
	{ 0 },
};
