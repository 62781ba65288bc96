#include "inbox/workspace/events.h"

#include "cli/cmd.h"
#include "cli/show.h"
#include "cli/store.h"

#define EVENTS_MAX 1000

static void
list(struct cli *c)
{
	int64_t max = cli_option_number(c, "limit", 50);
	struct db *db = store_inbox(c, DB_READ);
	int64_t workspace = store_workspace(c, cli_option(c, "workspace"));
	struct show *s = show_list(c);
	struct workspace_event *e;
	int i, n;

	if (max > EVENTS_MAX)
		max = EVENTS_MAX;
	store_ok(c, events_list(db, c->pool, workspace, (int)max, &e, &n));
	for (i = 0; i < n; i++) {
		show_row(s);
		show_int(s, "id", e[i].id);
		show_time(s, "at", e[i].at);
		show_text(s, "field", e[i].field);
		show_text(s, "phone_number_id", e[i].phone_number_id);
		show_json(s, "value", e[i].raw);
	}
	show_end(s);
}

static const struct cli_option list_options[] = {
	{ "workspace", "ID", "whose; not needed when there is only one" },
	{ "limit", "N", "at most so many (50, and not over 1000)" },
	{ 0 },
};

const struct cli_verb cmd_events[] = {
	{ "list", "", 0, 0,
	    "Lists what the provider said that is no message, newest first",
	    "Changes of templates, account and numbers, errors, preferences.\n"
	    "They may hold personal data.",
	    "waspool events list --limit 10", list_options, list },
	{ 0 },
};
