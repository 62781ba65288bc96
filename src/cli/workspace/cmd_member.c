#include <sysexits.h>

#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "cli/cmd.h"
#include "cli/say.h"
#include "cli/show.h"
#include "cli/store.h"

static void
put(struct show *s, const struct workspace_member *m)
{
	show_int(s, "workspace_id", m->workspace_id);
	show_int(s, "user_id", m->user_id);
	show_text(s, "email", m->email);
	show_text(s, "name", m->name);
	show_text(s, "role", m->role);
}

static void
add(struct cli *c)
{
	const char *role = cli_option(c, "role");
	struct db *db;
	struct show *s;
	struct user u;
	struct workspace_member m;
	int64_t id;

	if (role == NULL)
		role = "agent";
	if (!workspace_is_role(role))
		cli_usage(c, "a role is owner, admin or agent, not '%s'", role);
	db = store_inbox(c, DB_WRITE);
	store_begin(c);
	id = store_workspace(c, c->args[0]);
	store_user(c, c->args[1], &u);
	store_ok(c, workspace_put_member(db, id, u.id, role, c->now));
	store_ok(c, workspace_get_member(db, c->pool, id, u.id, &m));
	store_commit(c);
	s = show_object(c);
	put(s, &m);
	show_end(s);
}

static void
remove_member(struct cli *c)
{
	struct db *db = store_inbox(c, DB_WRITE);
	struct user u;
	int64_t id;

	store_begin(c);
	id = store_workspace(c, c->args[0]);
	store_user(c, c->args[1], &u);
	if (!store_ok(c, workspace_remove_member(db, id, u.id)))
		cli_fail(EX_DATAERR, "%s is no member of workspace %lld",
		    u.email, (long long)id);
	store_commit(c);
	say_done(c, "removed", u.id,
	    "%s is no member of workspace %lld any more", u.email,
	    (long long)id);
}

static void
list(struct cli *c)
{
	struct db *db = store_inbox(c, DB_READ);
	int64_t id = store_workspace(c, c->args[0]);
	struct show *s = show_list(c);
	struct workspace_member *m;
	int64_t after = 0;
	int i, n;

	do {
		store_ok(c, workspace_list_members(
				db, c->pool, id, after, CMD_PAGE, &m, &n));
		for (i = 0; i < n; i++) {
			show_row(s);
			put(s, &m[i]);
			show_time(s, "created_at", m[i].created_at);
			after = m[i].user_id;
		}
	} while (n == CMD_PAGE);
	show_end(s);
}

static const struct cli_option add_options[] = {
	{ "role", "ROLE", "owner, admin or agent (the default)" },
	{ 0 },
};

const struct cli_verb cmd_member[] = {
	{ "add", "WORKSPACE_ID EMAIL", 2, 2,
	    "Makes a user a member of a workspace, or changes its role", NULL,
	    "waspool member add 1 ann@example.com --role admin", add_options,
	    add },
	{ "remove", "WORKSPACE_ID EMAIL", 2, 2,
	    "Takes a member out of a workspace",
	    "Its tokens of this workspace are deleted, and conversations that\n"
	    "were assigned to it are assigned to nobody.",
	    "waspool member remove 1 ann@example.com", NULL, remove_member },
	{ "list", "[WORKSPACE_ID]", 0, 1, "Lists the members of a workspace",
	    NULL, "waspool member list 1", NULL, list },
	{ 0 },
};
