/*
 * waspool workspace: adds, lists, removes.  Removing is a job of the
 * processor (inbox/job/workspace_remove.c) and asks for --yes when anything
 * would be lost.
 */
#include <sysexits.h>
#include <unistd.h>

#include "base/text.h"

#include "inbox/job/workspace_remove.h"
#include "inbox/workspace/workspace.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/workspace/workspace_set.h"

#define LOOK_MS	   100
#define PATIENCE_S 60

/* Names must be unique, since people choose workspaces by them. */
static void
refuse_twin(struct cli *c, const char *name)
{
	int64_t id = cli_db_workspace_named(c, name);

	if (id != 0)
		cli_fail(EX_DATAERR,
		    "workspace %lld has the name %s; choose another",
		    (long long)id, name);
}

static void
add_workspace(struct cli *c)
{
	const char *name = cli_name(c, c->args[0], "the name");
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct output *s;
	int64_t id;

	cli_db_begin(c);
	refuse_twin(c, name);
	cli_db_ok(c, workspace_add(db, name, c->now, &id));
	cli_db_commit(c);
	s = output_object(c);
	output_int(s, "id", id);
	output_text(s, "name", name);
	output_end(s);
}

static void
list_workspace(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct workspace *w;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(
		    c, workspace_list(db, c->pool, after, CMD_PAGE, &w, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			output_int(s, "id", w[i].id);
			output_text(s, "name", w[i].name);
			output_int(s, "members", w[i].members);
			output_int(s, "numbers", w[i].numbers);
			output_int(s, "conversations", w[i].conversations);
			output_int(s, "file_bytes", w[i].file_bytes);
			output_time(s, "created_at", w[i].created_at);
			output_text(s, "reactions",
			    w[i].reactions_unread ? "unread" : "quiet");
			output_bool(s, "second_factor", w[i].second_factor);
			output_bool(s, "removing", w[i].removing);
			after = w[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

/* Ends the program when something prevents the removal, and says what to
 * type. */
static void
refuse_used(struct cli *c, int64_t id)
{
	struct workspace_remove_hindrance h;
	struct workspace *list_workspace;
	int others = 0, n;

	if (c->config.default_workspace == id)
		cli_fail(EX_DATAERR,
		    "workspace %lld is the default one: change "
		    "WHATSAPP_DEFAULT_WORKSPACE_ID in the configuration, or "
		    "remove it, restart the programs, and type this again",
		    (long long)id);
	cli_db_ok(c, workspace_list(
			 c->inbox, c->pool, 0, CMD_PAGE, &list_workspace, &n));
	for (int i = 0; i < n; i++)
		others +=
		    list_workspace[i].id != id && !list_workspace[i].removing;
	if (others == 0)
		cli_fail(EX_DATAERR,
		    "workspace %lld is the only one: type 'waspool workspace "
		    "add NAME' first",
		    (long long)id);
	cli_db_ok(c, workspace_remove_look(c->inbox, id, &h));
	if (h.moves > 0)
		cli_fail(EX_DATAERR,
		    "%lld numbers are being moved to or from workspace %lld: "
		    "wait until 'waspool number list' shows none",
		    (long long)h.moves, (long long)id);
	if (h.erasures > 0)
		cli_fail(EX_DATAERR,
		    "%lld customers of workspace %lld are being erased: wait "
		    "until 'waspool contact erasures --workspace %lld' says "
		    "done",
		    (long long)h.erasures, (long long)id, (long long)id);
}

/* Waits for the processor, as long as its steps do something. */
static int
wait_for_removal(struct cli *c, int64_t id)
{
	int64_t sign = 0, before = -1;
	int idle = 0;

	while (cli_db_ok(c, workspace_remove_is_on(c->inbox, id, &sign)) == 1) {
		idle = sign == before ? idle + 1 : 0;
		before = sign;
		if (idle > PATIENCE_S * 1000 / LOOK_MS)
			return 0;
		cli_db_wake(c);
		usleep(LOOK_MS * 1000);
	}
	return 1;
}

static void
ask_first(struct cli *c, const struct workspace *w)
{
	if (cli_option(c, "yes") != NULL)
		return;
	cli_fail(EX_USAGE,
	    "nothing is removed: workspace %lld (%s) has %lld numbers, %lld "
	    "conversations and %lld members, and all of it would be deleted "
	    "for good; type 'waspool workspace remove %lld --yes'",
	    (long long)w->id, w->name, (long long)w->numbers,
	    (long long)w->conversations, (long long)w->members,
	    (long long)w->id);
}

static void
remove_workspace(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a workspace");
	struct workspace w;

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	if (!cli_db_ok(c, workspace_get(c->inbox, c->pool, id, &w)))
		cli_fail(EX_DATAERR,
		    "there is no workspace %lld: 'waspool workspace list' has "
		    "them",
		    (long long)id);
	if (!w.removing) {
		refuse_used(c, id);
		ask_first(c, &w);
		cli_db_ok(c, workspace_remove_begin(c->inbox, id));
	}
	cli_db_commit(c);
	if (!wait_for_removal(c, id))
		cli_fail(EX_TEMPFAIL,
		    "nothing was deleted for %d s: does waspool-process run?  "
		    "Nobody can use the workspace any more, and the rest is "
		    "deleted by itself; until then 'waspool workspace list' "
		    "shows it",
		    PATIENCE_S);
	print_done(c, "removed", id, "workspace %lld (%s) is removed",
	    (long long)id, w.name);
	print_hint(c, "Raw copies of its deliveries stay in the spool for "
		      "WASPOOL_KEEP_DELIVERIES, and backups keep theirs.");
}

static const struct cli_option remove_options[] = {
	{ "yes", NULL, "really; without it, only says what would be removed" },
	{ 0 },
};

const struct cli_verb cmd_workspace[] = {
	{ "add", "NAME", 1, 1, "Adds a workspace", NULL,
	    "waspool workspace add 'Example Ltd'", NULL, add_workspace },
	{ "remove", "WORKSPACE_ID", 1, 1,
	    "Removes a workspace with all its data",
	    "Its tokens and event streams end at once, and nothing is sent "
	    "any\nmore.  Then numbers, conversations, files, contacts, events "
	    "and\nmembers are deleted in small steps; the processor does it, "
	    "also\nwhen this command is interrupted.  Users stay, and so do "
	    "raw copies\nof deliveries, until their retention is over.  "
	    "Deliveries for its\nnumbers wait until 'waspool number add' "
	    "registers them for another\nworkspace.",
	    "waspool workspace remove 2 --yes", remove_options,
	    remove_workspace },
	{ "set", "WORKSPACE_ID", 1, 1, "Changes a setting of a workspace",
	    "It holds for what comes from then on.",
	    "waspool workspace set 1 --reactions quiet", workspace_set_options,
	    workspace_set_run },
	{ "show", "WORKSPACE_ID", 1, 1, "Shows what is set for a workspace",
	    NULL, "waspool workspace show 1", NULL, workspace_set_show },
	{ "list", "", 0, 0, "Lists the workspaces", NULL,
	    "waspool workspace list", NULL, list_workspace },
	{ 0 },
};
