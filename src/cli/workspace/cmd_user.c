/*
 * waspool user: users, by their e-mail address.
 */
#include <sysexits.h>

#include "base/config.h"
#include "base/pool.h"

#include "inbox/account/account.h"
#include "inbox/account/invitation.h"
#include "inbox/account/invitation_link.h"
#include "inbox/account/login.h"
#include "inbox/workspace/member_validate.h"
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

	if (!member_validate_email(email))
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
	while (!(done = cli_db_ok(c, user_remove(c->inbox, u.id, c->now)))) {
		cli_db_commit(c);
		cli_db_begin(c);
	}
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(c, "removed", u.id, "the user %s is removed", u.email);
}

static void
invite(struct cli *c)
{
	struct output *s;
	struct user u;
	int64_t expires_at = 0;
	const char *secret;

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	cli_db_user(c, c->args[0], &u);
	secret = invitation_create(
	    c->inbox, c->pool, u.email, u.name, c->now, &expires_at);
	cli_db_ok(c, secret == NULL ? -1 : 0);
	cli_db_commit(c);
	s = output_object(c);
	output_text(s, "email", u.email);
	output_text(s, "link", invitation_link(&c->config, c->pool, secret));
	output_time(s, "expires_at", expires_at);
	output_end(s);
	print_hint(c, "The link sets a password, once; whoever has it is %s.",
	    u.email);
}

static void
sign_out(struct cli *c)
{
	struct user u;

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	cli_db_user(c, c->args[0], &u);
	cli_db_ok(c, login_end_others(c->inbox, u.id, 0));
	if (cli_option(c, "second-factor") != NULL)
		cli_db_ok(c, account_delete_factor(c->inbox, u.id));
	cli_db_commit(c);
	print_done(
	    c, "signed_out", u.id, "%s is signed out everywhere", u.email);
}

static const struct cli_option sign_out_options[] = {
	{ "second-factor", NULL,
	    "and the second factor is off, for who has lost it" },
	{ 0 },
};

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
	{ "invite", "EMAIL", 1, 1,
	    "Makes a link that sets the user's password, once, within 72 hours",
	    "Also for who has forgotten it: all sessions end when another one "
	    "is\nset.  A newer link takes the place of the older.",
	    "waspool user invite ann@example.com", NULL, invite },
	{ "signout", "EMAIL", 1, 1, "Ends all sessions of a user",
	    "API tokens stay: 'waspool token revoke' ends those.",
	    "waspool user signout ann@example.com", sign_out_options,
	    sign_out },
	{ "list", "", 0, 0, "Lists the users", NULL, "waspool user list", NULL,
	    list_user },
	{ 0 },
};
