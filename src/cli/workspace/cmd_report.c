/*
 * waspool report: how much was said in a span of days, and how fast customers
 * were answered, as GET /reports/… of the API has it.
 */
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"
#include "lib/zone/zone.h"

#include "session/session.h"

#include "inbox/hours/workspace_setting.h"
#include "inbox/mark/mark.h"
#include "inbox/mark/team_member.h"
#include "inbox/report/report.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"

static const struct statements report_verb_statements = {
	.also = STATEMENTS(&mark_statements, &report_statements,
	    &team_member_statements, &workspace_setting_member_statements),
};

static void
read_date(struct cli *c, const char *option, int64_t *day)
{
	const char *s = cli_option(c, option);

	if (s != NULL && zone_date_parse(s, day) == -1)
		cli_fail(
		    EX_USAGE, "--%s: %s is no date, as 2026-03-29", option, s);
}

static void
read_by(struct cli *c, struct report_ask *ask)
{
	static const char *const words[] = { "day", "member", "number", NULL };
	const char *by = cli_option(c, "by");
	int i = 0;

	while (by != NULL && words[i] != NULL && !text_is(by, words[i]))
		i++;
	if (words[i] == NULL)
		cli_fail(EX_USAGE, "--by: day, member or number");
	ask->by = (enum report_by)i;
}

static void
read_days(struct cli *c, struct report_ask *ask)
{
	ask->to = zone_day(ask->zone, c->now);
	read_date(c, "to", &ask->to);
	ask->from = ask->to - REPORT_DAYS + 1;
	read_date(c, "from", &ask->from);
	if (ask->from > ask->to || ask->to - ask->from >= REPORT_DAYS_MAX)
		cli_fail(EX_USAGE, "--from, --to: that is not 1 to %d days",
		    REPORT_DAYS_MAX);
}

/* Only what the members of a team did. */
static void
read_team(struct cli *c, struct session *m, struct report_ask *ask)
{
	const char *name = cli_option(c, "team");
	struct team_member *members;
	int64_t id = 0, *users;
	int n;

	if (name == NULL)
		return;
	if (cli_db_ok(c, mark_find(m, MARK_TEAM, name, &id)) == 0)
		cli_fail(EX_DATAERR, "there is no team '%s': waspool team list",
		    text_visible(c->pool, name));
	n = cli_db_ok(c, team_member_list(m, c->pool, id, &members));
	users = pool_alloc(c->pool, sizeof(*users) * ((size_t)n + 1));
	for (int i = 0; i < n; i++)
		users[i] = members[i].user_id;
	ask->users = users;
	ask->n_users = n;
}

static void
put_seconds(struct output *out, const char *key, int64_t seconds)
{
	if (seconds == -1)
		output_text(out, key, NULL);
	else
		output_int(out, key, seconds);
}

static void
put_sum(struct output *out, const struct report_sum *s, enum report_by by)
{
	char date[ZONE_DATE_TEXT];

	output_row(out);
	zone_date_write(date, s->key);
	if (by == REPORT_BY_DAY)
		output_text(out, "date", date);
	else
		output_int(out, "id", s->key);
	if (by == REPORT_BY_MEMBER)
		output_text(out, "name", s->name);
	if (by == REPORT_BY_NUMBER)
		output_text(out, "phone_number_id", s->number);
	output_int(out, "received", s->received);
	output_int(out, "sent", s->sent);
	output_int(out, "automatic", s->automatic);
	output_int(out, "started", s->started);
	output_int(out, "closed", s->closed);
	output_int(out, "first_answers", s->answers);
	put_seconds(out, "median_s", s->median);
	put_seconds(out, "p90_s", s->p90);
}

static void
show_report(struct cli *c)
{
	struct session *m = cli_db_seal(c, &report_verb_statements);
	struct output *out = output_list(c);
	struct report_ask ask = { .by = REPORT_BY_DAY };
	struct workspace_setting setting;
	struct report report;
	struct zone *zone;

	if (workspace_setting_read(m, c->pool, &setting) == -1)
		cli_db_fail(session_error(m));
	zone = workspace_setting_zone(&setting);
	if (zone == NULL)
		cli_fail(EX_UNAVAILABLE,
		    "/usr/share/zoneinfo is missing: apt-get install tzdata");
	ask.zone = zone;
	read_by(c, &ask);
	read_days(c, &ask);
	read_team(c, m, &ask);
	switch (report_read(m, c->pool, &ask, &report)) {
	case -1:
		cli_db_fail(session_error(m));
	case 0:
		cli_fail(EX_DATAERR, "that is too much for one report: name "
				     "fewer days with --from and --to");
	}
	zone_close(zone);
	for (int i = 0; i < report.n; i++)
		put_sum(out, &report.sums[i], ask.by);
	output_end(out);
}

static const struct cli_option report_options[] = {
	{ "workspace", "ID", "of which workspace, when there are several" },
	{ "by", "WHAT", "day (the default), member or number" },
	{ "team", "NAME", "only what its members did" },
	{ "from", "DATE", "the first day; 30 days unless it is named" },
	{ "to", "DATE", "the last day; today unless it is named" },
	{ 0 },
};

const struct cli_verb cmd_report[] = {
	{ "", "", 0, 0, "How much was said, and how fast it was answered",
	    "Days are those of the workspace's time zone ('waspool workspace "
	    "set').\nTimes are seconds from the first message of a customer "
	    "that nobody has\nanswered to the first answer of a person.",
	    "waspool report --by member --from 2026-01-01 --to 2026-01-31",
	    report_options, show_report },
	{ 0 },
};
