#include <sysexits.h>

#include "cmd/cmd.h"
#include "cmd/show.h"
#include "cmd/store.h"
#include "inbox/user.h"

static void
add(struct cli *c)
{
	const char *email = c->args[0];
	const char *name = cli_name(c, c->args[1], "the name");
	struct db *db;
	struct show *s;
	struct user other;
	int64_t id;

	if (!user_is_email(email))
		cli_usage(c, "'%s' is no e-mail address", email);
	db = store_inbox(c, DB_WRITE);
	store_begin(c);
	if (!store_ok(c, user_add(db, email, name, c->now, &id))) {
		store_user(c, email, &other);
		cli_fail(EX_DATAERR, "user %lld (%s) has the address %s",
		    (long long)other.id, other.name, other.email);
	}
	store_commit(c);
	s = show_object(c);
	show_int(s, "id", id);
	show_text(s, "email", email);
	show_text(s, "name", name);
	show_end(s);
}

static void
list(struct cli *c)
{
	struct db *db = store_inbox(c, DB_READ);
	struct show *s = show_list(c);
	struct user *u;
	int64_t after = 0;
	int i, n;

	do {
		store_ok(c, user_list(db, c->pool, after, CMD_PAGE, &u, &n));
		for (i = 0; i < n; i++) {
			show_row(s);
			show_int(s, "id", u[i].id);
			show_text(s, "email", u[i].email);
			show_text(s, "name", u[i].name);
			show_int(s, "workspaces", u[i].workspaces);
			show_time(s, "created_at", u[i].created_at);
			after = u[i].id;
		}
	} while (n == CMD_PAGE);
	show_end(s);
}

const struct cli_verb cmd_user[] = {
	{ "add", "EMAIL NAME", 2, 2, "Makes a user",
	    "A user sees nothing before 'waspool member add'.",
	    "waspool user add ann@example.com 'Ann Example'", NULL, add },
	{ "list", "", 0, 0, "Lists the users", NULL, "waspool user list", NULL,
	    list },
	{ 0 },
};
