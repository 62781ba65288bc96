/*
 * waspool number: our numbers, and the workspace of each.  Moving one is a job
 * of the processor (inbox/job/number_move.c): the command adds the job and
 * waits.
 */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/json/json.h"

#include "whatsapp/provider/provider.h"

#include "inbox/job/number_move.h"
#include "inbox/node/delivery_state.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define LOOK_MS		100
#define MOVE_PATIENCE_S 60

static void
put_cmd_number(struct output *s, const struct number *n)
{
	output_int(s, "id", n->id);
	output_int(s, "workspace_id", n->workspace_id);
	output_text(s, "phone_number_id", n->phone_number_id);
	output_text(s, "display_phone", n->display_phone);
	output_text(s, "provider", n->provider);
	output_bool(s, "registered", n->registered);
}

/* The number is being deleted with its workspace (workspace_remove.h). */
static void
refuse_removed(const struct number *n)
{
	if (n->moving_to == n->workspace_id)
		cli_fail(EX_DATAERR,
		    "the number %s is being removed with workspace %lld; it "
		    "can be added when 'waspool workspace list' does not show "
		    "that workspace any more",
		    n->phone_number_id, (long long)n->workspace_id);
}

static void
refuse(const struct number *n, int64_t wanted)
{
	refuse_removed(n);
	if (n->workspace_id == wanted)
		cli_fail(EX_DATAERR, "workspace %lld has the number %s already",
		    (long long)wanted, n->phone_number_id);
	cli_fail(EX_DATAERR,
	    "the number %s belongs to workspace %lld, with %lld "
	    "conversations; to move it with them: waspool number move %s "
	    "--workspace %lld",
	    n->phone_number_id, (long long)n->workspace_id,
	    (long long)n->conversations, n->phone_number_id, (long long)wanted);
}

static const char *
phone_number_id(struct cli *c)
{
	if (!number_admin_is_id(c->args[0]))
		cli_usage(c, "a phone_number_id has digits only, not '%s'",
		    c->args[0]);
	return c->args[0];
}

/* The value of --provider, checked; or NULL. */
static const char *
provider_name(struct cli *c, const char *name)
{
	if (name != NULL && provider_find(name) == NULL)
		cli_usage(c, "a provider is one of %s, not '%s'",
		    provider_names(c->pool), name);
	return name;
}

static void
add_cmd_number(struct cli *c)
{
	const char *id = phone_number_id(c);
	const char *display = cli_option(c, "display");
	const char *account = cli_option(c, "account");
	const char *provider = provider_name(c, cli_option(c, "provider"));
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct number n;
	struct output *s;
	int64_t workspace;
	int given, due;

	if (display != NULL)
		display = cli_name(c, display, "--display");
	if (account != NULL && !number_admin_is_id(account))
		cli_usage(
		    c, "an account's id has digits only, not '%s'", account);
	cli_db_begin(c);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	given = cli_db_ok(
	    c, number_admin_add(db, workspace, id, display, provider, c->now));
	cli_db_ok(c, number_admin_get(db, c->pool, id, &n));
	if (!given)
		refuse(&n, workspace);
	due = cli_db_ok(c, delivery_state_arrived(
			       db, delivery_state_number(c->pool, id), c->now));
	if (account != NULL) {
		cli_db_ok(c, number_learn(db, n.id, account, NULL));
		due += cli_db_ok(
		    c, delivery_state_arrived(db,
			   delivery_state_account(c->pool, account), c->now));
	}
	cli_db_commit(c);
	cli_db_wake(c);
	s = output_object(c);
	put_cmd_number(s, &n);
	output_int(s, "deliveries_due", due);
	output_end(s);
}

/* How it is, as the provider says; what stands in its way comes first. */
static void
put_cmd_health(struct cli *c, struct output *s, const struct number *n)
{
	const struct json *said =
	    n->health == NULL
		? NULL
		: json_parse(c->pool, n->health, strlen(n->health), NULL);
	const struct json *error = n->health_error == NULL
				       ? NULL
				       : json_parse(c->pool, n->health_error,
					     strlen(n->health_error), NULL);

	output_text(s, "quality", json_text(said, "quality_rating"));
	output_text(s, "messaging_limit", json_text(said, "messaging_limit"));
	output_text(s, "name_status", json_text(said, "name_status"));
	output_text(s, "can_send", json_text(said, "can_send"));
	output_text(s, "not_asked", json_text(error, "reason"));
	output_time(s, "asked_at", n->health_at);
}

static void
list_number(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct number *l;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(
		    c, number_admin_list(db, c->pool, after, CMD_PAGE, &l, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			put_cmd_number(s, &l[i]);
			output_text(s, "waba_id", l[i].waba_id);
			output_int(s, "conversations", l[i].conversations);
			output_int(s, "moving_to", l[i].moving_to);
			output_time(s, "created_at", l[i].created_at);
			put_cmd_health(c, s, &l[i]);
			after = l[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static void
provider_number(struct cli *c)
{
	const char *id = phone_number_id(c);
	const char *name = provider_name(c, c->args[1]);
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct number n;

	cli_db_begin(c);
	if (!cli_db_ok(c, number_admin_get(db, c->pool, id, &n)))
		cli_fail(EX_DATAERR, "there is no number %s", id);
	cli_db_ok(c, number_admin_provider(db, n.id, name));
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(c, "changed", n.id,
	    "the number %s uses %s now; its key is the file %s/%s", id, name,
	    c->config.key_dir, id);
}

static void
remove_number(struct cli *c)
{
	const char *id = phone_number_id(c);
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct number n;

	cli_db_begin(c);
	if (!cli_db_ok(c, number_admin_get(db, c->pool, id, &n)))
		cli_fail(EX_DATAERR, "there is no number %s", id);
	refuse_removed(&n);
	if (!cli_db_ok(c, number_admin_remove(db, &n)))
		cli_fail(EX_DATAERR,
		    "the number %s has %lld conversations, so it cannot be "
		    "removed; to move it to another workspace: waspool number "
		    "move %s --workspace ID",
		    id, (long long)n.conversations, id);
	cli_db_commit(c);
	print_done(c, "removed", n.id,
	    "the number is removed: workspace %lld, %s",
	    (long long)n.workspace_id, id);
}

/* Waits for the processor, as long as the number of conversations falls. */
static int
wait_for_move(struct cli *c, struct db *db, int64_t number_id)
{
	int64_t left = 0, before = -1;
	int idle = 0;

	while (cli_db_ok(c, number_move_is_on(db, number_id, &left)) == 1) {
		idle = left == before ? idle + 1 : 0;
		before = left;
		if (idle > MOVE_PATIENCE_S * 1000 / LOOK_MS)
			return 0;
		cli_db_wake(c);
		usleep(LOOK_MS * 1000);
	}
	return 1;
}

static void
move_number(struct cli *c)
{
	const char *id = phone_number_id(c);
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct number n;
	struct output *s;
	int64_t to;
	int begun;

	cli_db_begin(c);
	if (cli_option(c, "workspace") == NULL)
		cli_usage(
		    c, "say which workspace to move it to: --workspace ID");
	to = cli_db_workspace(c, cli_option(c, "workspace"));
	if (!cli_db_ok(c, number_admin_get(db, c->pool, id, &n)))
		cli_fail(EX_DATAERR, "there is no number %s", id);
	if (n.workspace_id == to)
		refuse(&n, to);
	refuse_removed(&n);
	begun = cli_db_ok(c, number_move_begin(db, n.id, n.workspace_id, to));
	if (!begun && n.moving_to != to)
		cli_fail(EX_DATAERR,
		    "the number %s is being moved to workspace %lld", id,
		    (long long)n.moving_to);
	cli_db_commit(c);
	if (!wait_for_move(c, db, n.id))
		cli_fail(EX_TEMPFAIL,
		    "nothing has moved for %d s: is waspool-process running, "
		    "or is a message being sent?  It continues by itself; "
		    "waspool number list shows the progress",
		    MOVE_PATIENCE_S);
	cli_db_ok(c, number_admin_get(db, c->pool, id, &n));
	s = output_object(c);
	put_cmd_number(s, &n);
	output_int(s, "conversations", n.conversations);
	output_end(s);
}

static void
waiting(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct delivery_state_awaited *l;
	const char *after = "";
	int i, n;

	do {
		cli_db_ok(c, delivery_state_waiting(
				 db, c->pool, after, CMD_PAGE, &l, &n));
		for (i = 0; i < n; i++) {
			output_row(s);
			output_text(s, "waits_for", l[i].waits_for);
			output_int(s, "deliveries", l[i].deliveries);
			output_text(s, "reason", l[i].reason);
			after = l[i].waits_for;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static const struct cli_option add_options[] = {
	CMD_WORKSPACE,
	{ "display", "PHONE", "the number as people write it" },
	{ "account", "WABA_ID", "its account (WABA)" },
	{ "provider", "NAME",
	    "360dialog (the default), or cloud: Meta itself" },
	{ 0 },
};

static const struct cli_option move_options[] = {
	{ "workspace", "ID", "the workspace to move it to" },
	{ 0 },
};

const struct cli_verb cmd_number[] = {
	{ "add", "PHONE_NUMBER_ID", 1, 1,
	    "Registers one of our phone numbers for a workspace",
	    "The provider names our numbers by phone_number_id.  Deliveries\n"
	    "that waited for the number are applied at once.  A number that\n"
	    "nobody registered, and that deliveries brought into the default\n"
	    "workspace, becomes registered there, or goes to another with\n"
	    "waspool number move.\n"
	    "With --provider cloud it talks to Meta's Cloud API itself, and\n"
	    "its file in WASPOOL_KEY_DIR holds an access token.",
	    "waspool number add 106540352242922 --workspace 1 "
	    "--display '+1 555 078 3881'",
	    add_options, add_cmd_number },
	{ "list", "", 0, 0, "Lists the numbers of all workspaces",
	    "With what the provider said of each when it was asked last, "
	    "which\n"
	    "is once a day and soon after it told of a change; not_asked: why\n"
	    "that failed since (no_key, wrong_key, refused, no_answer).",
	    "waspool number list", NULL, list_number },
	{ "provider", "PHONE_NUMBER_ID NAME", 2, 2,
	    "Sets the provider of a number",
	    "360dialog, or cloud, which is Meta's Cloud API itself.  Write "
	    "its\n"
	    "key or access token into WASPOOL_KEY_DIR first, and tell the\n"
	    "provider where to deliver to (waspool webhook set).",
	    "waspool number provider 106540352242922 cloud", NULL,
	    provider_number },
	{ "remove", "PHONE_NUMBER_ID", 1, 1,
	    "Removes a number without conversations", NULL,
	    "waspool number remove 106540352242922", NULL, remove_number },
	{ "move", "PHONE_NUMBER_ID", 1, 1,
	    "Moves a number with its conversations to another workspace",
	    "Each conversation is moved as a whole.  Meanwhile its "
	    "deliveries\nwait, and nothing is sent from it.  Contacts are "
	    "found by their\nphone there, or copied without their tags; "
	    "conversations of a\nmember who is none there become unassigned.  "
	    "The processor does\nit, also when this command is interrupted.",
	    "waspool number move 106540352242922 --workspace 2", move_options,
	    move_number },
	{ "waiting", "", 0, 0,
	    "Lists the numbers and accounts that deliveries wait for",
	    "Nobody has registered them: waspool number add.  Their "
	    "deliveries\nare kept for as long as that takes.",
	    "waspool number waiting", NULL, waiting },
	{ 0 },
};
