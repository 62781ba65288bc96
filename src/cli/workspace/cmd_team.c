/*
 * waspool team: members who answer together.
 */
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "session/session.h"

#include "inbox/mark/mark.h"
#include "inbox/mark/team_member.h"
#include "inbox/workspace/member_list.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/workspace/mark_verbs.h"

static void
list_teams(struct cli *c)
{
	mark_verbs_list(c, MARK_TEAM);
}

static void
add_team(struct cli *c)
{
	mark_verbs_add(c, MARK_TEAM, NULL);
}

static void
rename_team(struct cli *c)
{
	mark_verbs_change(c, MARK_TEAM, c->args[1], NULL);
}

static void
delete_team(struct cli *c)
{
	mark_verbs_delete(c, MARK_TEAM);
}

/* The member of the second argument. */
static int64_t
find_address(struct cli *c, struct session *m)
{
	int64_t id = 0;

	if (cli_db_ok(c, member_list_find(m, c->pool, c->args[1], &id)) == 0)
		cli_fail(EX_DATAERR, "no member has the address %s",
		    text_visible(c->pool, c->args[1]));
	return id;
}

static void
join_team(struct cli *c)
{
	struct session *m;
	struct mark team = mark_verbs_begin(c, MARK_TEAM, &m);

	if (cli_db_ok(c, team_member_add(m, team.id, find_address(c, m))) == 0)
		cli_fail(EX_DATAERR, "the team has %d members already",
		    TEAM_MEMBER_MAX);
	mark_verbs_end(c, m, &team);
}

static void
leave_team(struct cli *c)
{
	struct session *m;
	struct mark team = mark_verbs_begin(c, MARK_TEAM, &m);

	cli_db_ok(c, team_member_remove(m, team.id, find_address(c, m)));
	mark_verbs_end(c, m, &team);
}

static const struct cli_option team_options[] = {
	CMD_WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_team[] = {
	{ "list", "", 0, 0, "Lists the teams with their members", NULL,
	    "waspool team list", team_options, list_teams },
	{ "add", "NAME", 1, 1, "Makes a team", NULL, "waspool team add Support",
	    team_options, add_team },
	{ "rename", "NAME NEW_NAME", 2, 2, "Renames a team", NULL,
	    "waspool team rename Support 'First level'", team_options,
	    rename_team },
	{ "delete", "NAME", 1, 1, "Deletes a team",
	    "Its conversations are in no team then, and stay assigned to whom "
	    "they\nare.",
	    "waspool team delete Support", team_options, delete_team },
	{ "join", "NAME EMAIL", 2, 2, "Puts a member into a team", NULL,
	    "waspool team join Support ann@example.com", team_options,
	    join_team },
	{ "leave", "NAME EMAIL", 2, 2, "Takes a member out of a team",
	    "Its conversations stay with the team, and with whom they are "
	    "assigned to.",
	    "waspool team leave Support ann@example.com", team_options,
	    leave_team },
	{ 0 },
};
