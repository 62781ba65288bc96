/*
 * waspool user: users, by their e-mail address.
 */
#include <sysexits.h>

#include "inbox/workspace/user.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

static void
add_user(struct cli *c)
{
	const char *email = c->args[0];
	const char *name = cli_name(c, c->args[1], "the name");
	struct db *db;
	struct output *s;
	struct user other;
	int64_t id;

	if (!user_is_email(email))
		cli_usage(c, "'%s' is no e-mail address", email);
	db = cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	if (!cli_db_ok(c, user_add(db, email, name, c->now, &id))) {
		cli_db_user(c, email, &other);
		cli_fail(EX_DATAERR, "user %lld (%s) has the address %s",
		    (long long)other.id, other.name, other.email);
	}
	cli_db_commit(c);
	s = output_object(c);
	output_int(s, "id", id);
	output_text(s, "email", email);
	output_text(s, "name", name);
	output_end(s);
}

static void
list_user(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct user *u;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(c, user_list(db, c->pool, after, CMD_PAGE, &u, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			output_int(s, "id", u[i].id);
			output_text(s, "email", u[i].email);
			output_text(s, "name", u[i].name);
			output_int(s, "workspaces", u[i].workspaces);
			output_time(s, "created_at", u[i].created_at);
			after = u[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static void
remove_user(struct cli *c)
{
	struct user u;
	int64_t alone;
	int done;

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	cli_db_user(c, c->args[0], &u);
	if (cli_db_ok(c, user_is_alone(c->inbox, u.id, &alone)))
		cli_fail(EX_DATAERR,
		    "%s is the only member of workspace %lld: type 'waspool "
		    "member add %lld EMAIL' for another one first, or 'waspool "
		    "workspace remove %lld'",
		    u.email, (long long)alone, (long long)alone,
		    (long long)alone);
	if (cli_option(c, "yes") == NULL)
		cli_fail(EX_USAGE,
		    "nothing is removed: %s (%s) is a member of %lld "
		    "workspaces; type 'waspool user remove %s --yes'",
		    u.email, u.name, (long long)u.workspaces, u.email);
	while (!(done = cli_db_ok(c, user_remove(c->inbox, u.id)))) {
		cli_db_commit(c);
		cli_db_begin(c);
	}
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(c, "removed", u.id, "the user %s is removed", u.email);
}

static const struct cli_option remove_options[] = {
	{ "yes", NULL, "really; without it, only says what would be removed" },
	{ 0 },
};

const struct cli_verb cmd_user[] = {
	{ "add", "EMAIL NAME", 2, 2, "Adds a user",
	    "A user sees nothing before 'waspool member add'.",
	    "waspool user add ann@example.com 'Ann Example'", NULL, add_user },
	{ "remove", "EMAIL", 1, 1, "Removes a user from all workspaces",
	    "Tokens end at once, event streams before the next event.  "
	    "Their\nconversations become unassigned; what the user sent stays, "
	    "without\na name.",
	    "waspool user remove ann@example.com --yes", remove_options,
	    remove_user },
	{ "list", "", 0, 0, "Lists the users", NULL, "waspool user list", NULL,
	    list_user },
	{ 0 },
};
