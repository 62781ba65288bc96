/*
 * waspool member: the members of a workspace, and their roles.
 */
#include <sysexits.h>

#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

enum { OWNER, N_SQL };

static const char *const cmd_member_sql[N_SQL] = {
	[OWNER] = "SELECT user_id FROM workspace_members"
		  " WHERE workspace_id = $1 AND role = 'owner' LIMIT 1",
};

static const struct statements cmd_member_statements = {
	.sql = cmd_member_sql,
	.n = N_SQL,
};

/* Who was an owner is none any more: is there another one?  The API keeps the
 * last; the operator may have a reason. */
static void
hint_owner(struct cli *c, int64_t id)
{
	int64_t owner;

	if (db_prepare_all(c->inbox, &cmd_member_statements) == -1)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	if (cli_db_ok(c, db_get_int(c->inbox, cmd_member_sql[OWNER],
			     DB_ARGS(db_int(id)), &owner)) == 0)
		print_hint(c,
		    "Workspace %lld has no owner now, who invites members and "
		    "sets it up: waspool member add %lld EMAIL --role owner",
		    (long long)id, (long long)id);
}

static void
put_cmd_member(struct output *s, const struct workspace_member *m)
{
	output_int(s, "workspace_id", m->workspace_id);
	output_int(s, "user_id", m->user_id);
	output_text(s, "email", m->email);
	output_text(s, "name", m->name);
	output_text(s, "role", m->role);
}

static void
note_role(struct cli *c, int64_t id, int64_t user_id, const char *from,
    const char *to)
{
	const struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_MEMBER,
		.workspace_id = id,
		.at = c->now,
		.user_id = user_id,
		.from = from,
		.to = to };

	cli_db_ok(c, workspace_audit_put(c->inbox, &entry));
}

static void
add_member(struct cli *c)
{
	const char *role = cli_option(c, "role");
	struct db *db;
	struct output *s;
	struct user u;
	struct workspace_member m = { 0 };
	int64_t id;
	int was_owner;

	if (role != NULL && !member_validate_role(role))
		cli_usage(c, "a role is owner, admin or agent, not '%s'", role);
	db = cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	id = cli_db_workspace(c, c->args[0]);
	cli_db_user(c, c->args[1], &u);
	cli_db_ok(c, workspace_get_member(db, c->pool, id, u.id, &m));
	if (role == NULL)
		role = m.role != NULL ? m.role : "agent";
	was_owner = text_is(m.role, "owner");
	if (!text_is(role, m.role))
		note_role(c, id, u.id, m.role, role);
	cli_db_ok(c, workspace_put_member(db, id, u.id, role, c->now));
	cli_db_ok(c, workspace_get_member(db, c->pool, id, u.id, &m));
	cli_db_commit(c);
	s = output_object(c);
	put_cmd_member(s, &m);
	output_end(s);
	if (was_owner)
		hint_owner(c, id);
}

static void
remove_member(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct workspace_member m;
	struct user u;
	int64_t id;

	cli_db_begin(c);
	id = cli_db_workspace(c, c->args[0]);
	cli_db_user(c, c->args[1], &u);
	if (!cli_db_ok(c, workspace_get_member(db, c->pool, id, u.id, &m)))
		cli_fail(EX_DATAERR, "%s is no member of workspace %lld",
		    u.email, (long long)id);
	note_role(c, id, u.id, m.role, NULL);
	cli_db_ok(c, workspace_remove_member(db, id, u.id, c->now));
	cli_db_commit(c);
	print_done(c, "removed", u.id,
	    "%s is no member of workspace %lld any more", u.email,
	    (long long)id);
	if (text_is(m.role, "owner"))
		hint_owner(c, id);
}

static void
list_member(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	int64_t id = cli_db_workspace(c, c->args[0]);
	struct output *s = output_list(c);
	struct workspace_member *m;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(c, workspace_list_members(
				 db, c->pool, id, after, CMD_PAGE, &m, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			put_cmd_member(s, &m[i]);
			output_time(s, "created_at", m[i].created_at);
			after = m[i].user_id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static const struct cli_option add_options[] = {
	{ "role", "ROLE", "owner, admin or agent; a member keeps its own" },
	{ 0 },
};

const struct cli_verb cmd_member[] = {
	{ "add", "WORKSPACE_ID EMAIL", 2, 2,
	    "Makes a user a member of a workspace, or changes its role",
	    "Without --role who is no member yet becomes an agent.",
	    "waspool member add 1 ann@example.com --role admin", add_options,
	    add_member },
	{ "remove", "WORKSPACE_ID EMAIL", 2, 2,
	    "Removes a member from a workspace",
	    "Its tokens of this workspace are deleted, and conversations that\n"
	    "were assigned to it are assigned to nobody.",
	    "waspool member remove 1 ann@example.com", NULL, remove_member },
	{ "list", "[WORKSPACE_ID]", 0, 1, "Lists the members of a workspace",
	    NULL, "waspool member list 1", NULL, list_member },
	{ 0 },
};
