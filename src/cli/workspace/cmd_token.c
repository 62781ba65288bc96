/*
 * waspool token: API tokens of members.  The token is shown once, when it is
 * created; the database has its hash only.
 */
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"

#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/token.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

/* When a token created now expires; 0 never. */
static int64_t
expiry(struct cli *c)
{
	const char *span = cli_option(c, "expires");
	int64_t seconds;

	if (span == NULL)
		return 0;
	if (clock_parse_span(span, &seconds) != 0 || seconds <= 0 ||
	    seconds > INT64_MAX - c->now)
		cli_usage(c, "--expires is a time such as 12h or 90d, not '%s'",
		    span);
	if (strpbrk(span, "smhd") == NULL)
		cli_usage(c,
		    "--expires %s: of what?  Days are %sd, hours %sh, seconds "
		    "%ss",
		    span, span, span, span);
	return c->now + seconds;
}

static void
show_token(struct cli *c, const struct token *t, const char *text)
{
	struct output *s = output_object(c);

	output_int(s, "id", t->id);
	output_text(s, "token", text);
	output_int(s, "workspace_id", t->workspace_id);
	output_text(s, "user", t->email);
	output_text(s, "name", t->name);
	output_time(s, "expires_at", t->expires_at);
	output_end(s);
	print_hint(c, "Keep the token now: it is not shown again.");
}

static void
note_token(
    struct cli *c, const struct token *t, const char *from, const char *to)
{
	const struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_TOKEN,
		.workspace_id = t->workspace_id,
		.at = c->now,
		.id = t->id,
		.user_id = t->user_id,
		.from = from,
		.to = to };

	cli_db_ok(c, workspace_audit_put(c->inbox, &entry));
}

static void
create(struct cli *c)
{
	const char *name = cli_option(c, "name");
	struct token t = { .expires_at = expiry(c) };
	struct workspace_member m;
	struct user u;
	struct db *db;
	char *text;

	t.name = cli_name(c, name == NULL ? "command line" : name, "--name");
	db = cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	t.workspace_id = cli_db_workspace(c, c->args[0]);
	cli_db_user(c, c->args[1], &u);
	t.user_id = u.id;
	t.email = u.email;
	if (!cli_db_ok(
		c, workspace_get_member(db, c->pool, t.workspace_id, u.id, &m)))
		cli_fail(EX_DATAERR,
		    "%s is no member of workspace %lld: type "
		    "'waspool member add %lld %s'",
		    u.email, (long long)t.workspace_id,
		    (long long)t.workspace_id, u.email);
	text = token_create(db, c->pool, &t, c->now, &t.id);
	cli_db_ok(c, text == NULL ? -1 : 0);
	note_token(c, &t, NULL, "valid");
	cli_db_commit(c);
	show_token(c, &t, text);
}

static const char *
state(const struct cli *c, const struct token *t)
{
	return t->revoked_at != 0			       ? "revoked"
	       : t->expires_at != 0 && t->expires_at <= c->now ? "expired"
							       : "valid";
}

static void
list_token(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	int64_t id = c->n_args == 0 ? 0 : cli_db_workspace(c, c->args[0]);
	struct output *s = output_list(c);
	struct token *t;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(
		    c, token_list(db, c->pool, id, after, CMD_PAGE, &t, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			output_int(s, "id", t[i].id);
			output_int(s, "workspace_id", t[i].workspace_id);
			output_text(s, "user", t[i].email);
			output_text(s, "name", t[i].name);
			output_text(s, "state", state(c, &t[i]));
			output_time(s, "created_at", t[i].created_at);
			output_time(s, "last_used_at", t[i].last_used_at);
			output_time(s, "expires_at", t[i].expires_at);
			output_time(s, "revoked_at", t[i].revoked_at);
			after = t[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static void
revoke(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a token's id");
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct token t;

	cli_db_begin(c);
	if (cli_db_ok(c, token_get(db, c->pool, id, &t)) && t.revoked_at == 0)
		note_token(c, &t, "valid", "revoked");
	if (!cli_db_ok(c, token_revoke(db, id, c->now)))
		cli_fail(EX_DATAERR, "there is no token %lld", (long long)id);
	cli_db_commit(c);
	print_done(c, "revoked", id, "token %lld is revoked", (long long)id);
}

static const struct cli_option create_options[] = {
	{ "name", "NAME", "what it is for" },
	{ "expires", "SPAN", "such as 12h or 90d; without it, never" },
	{ 0 },
};

const struct cli_verb cmd_token[] = {
	{ "create", "WORKSPACE_ID EMAIL", 2, 2,
	    "Creates a token for a program, which acts as that member",
	    "The token is shown once: the database keeps only its SHA-256.",
	    "waspool token create 1 ann@example.com --name laptop "
	    "--expires 90d",
	    create_options, create },
	{ "list", "[WORKSPACE_ID]", 0, 1, "Lists the tokens", NULL,
	    "waspool token list", NULL, list_token },
	{ "revoke", "TOKEN_ID", 1, 1, "Revokes a token, at once", NULL,
	    "waspool token revoke 3", NULL, revoke },
	{ 0 },
};
