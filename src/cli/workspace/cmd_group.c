/*
 * waspool group: the groups of a workspace's numbers; has one made, changed or
 * ended at the provider, which the processor asks.
 */
#include <inttypes.h>
#include <stddef.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/group_participant_list.h"
#include "inbox/media/upload.h"
#include "inbox/own_group/own_group.h"
#include "inbox/workspace/number_choose.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/send_file.h"

static const struct statements group_member_statements = {
	.also = STATEMENTS(&own_group_statements, &number_choose_statements,
	    &group_participant_list_statements, &upload_statements)
};

static void
put_group(struct cli *c, struct output *s, const struct own_group *g)
{
	output_int(s, "id", g->id);
	output_text(s, "number", g->phone_number_id);
	output_text(s, "state", g->state);
	output_text(s, "subject", g->subject);
	output_text(s, "group_id", g->group_id);
	output_json(s, "conversation",
	    g->conversation_id == 0
		? NULL
		: pool_printf(c->pool, "%" PRId64, g->conversation_id));
	output_text(s, "invite_link", g->invite_link);
	output_text(s, "asked", g->asked);
	output_json(s, "error", g->error);
}

static void
list_groups(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	struct output *s = output_list(c);
	struct own_group page[CMD_PAGE];
	int64_t after = 0;
	int n;

	do {
		n = cli_db_ok(
		    c, own_group_list(m, c->pool, NULL, after, page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_group(c, s, &page[i]);
			after = page[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

/* Commits, wakes the processor, and shows the group. */
static void
end_wish(struct cli *c, struct session *m, int64_t id)
{
	struct own_group g;
	struct output *s;

	cli_db_commit_member(m);
	cli_db_wake(c);
	cli_db_ok(c, own_group_get(m, c->pool, id, &g));
	s = output_object(c);
	put_group(c, s, &g);
	output_end(s);
	print_hint(c, "The processor asks the provider: waspool group list");
}

static const char *
check_subject(struct cli *c, const char *typed)
{
	const char *s = text_fold(c->pool, typed, OWN_GROUP_SUBJECT_MAX + 1);

	if (s == NULL || text_points(s) > OWN_GROUP_SUBJECT_MAX)
		cli_usage(c, "SUBJECT is empty, or longer than %d characters",
		    OWN_GROUP_SUBJECT_MAX);
	return s;
}

static const char *
check_description(struct cli *c)
{
	const char *s = cli_option(c, "description");

	if (s != NULL && text_points(s) > OWN_GROUP_DESCRIPTION_MAX)
		cli_usage(c, "--description is longer than %d characters",
		    OWN_GROUP_DESCRIPTION_MAX);
	return s;
}

static void
create_group(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	const char *subject = check_subject(c, c->args[0]), *why = NULL;
	const char *approval =
	    cli_option(c, "approval") != NULL ? "approval_required" : NULL;
	int64_t number = 0, id = 0;

	cli_db_begin_member(m);
	if (cli_db_ok(c, number_choose(m, c->pool, cli_option(c, "number"),
			     c->config.phone_number_id, &number, &why)) == 0)
		cli_fail(EX_DATAERR, "--number %s", why);
	if (cli_db_ok(c, own_group_create(m, number, subject,
			     check_description(c), approval, c->now, &id)) == 0)
		cli_fail(EX_DATAERR, "the number is being moved");
	end_wish(c, m, id);
}

/* Begins a transaction, and sees that WISH can be asked for. */
static int64_t
begin_wish(struct cli *c, struct session *m, enum own_group_wish wish)
{
	int64_t id = cli_number(c, c->args[0], "a group's id");
	struct own_group g;
	const char *why;

	cli_db_begin_member(m);
	if (cli_db_ok(c, own_group_get(m, c->pool, id, &g)) == 0)
		cli_fail(EX_DATAERR, "there is no group %lld", (long long)id);
	why = own_group_why_not(c->pool, &g, wish);
	if (why != NULL)
		cli_fail(EX_DATAERR, "%s", why);
	return id;
}

static void
change_group(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	const char *subject =
	    c->n_args > 1 ? check_subject(c, c->args[1]) : NULL;
	const char *description = check_description(c);
	int64_t id;

	if (subject == NULL && description == NULL)
		cli_usage(c, "a SUBJECT, or --description");
	id = begin_wish(c, m, OWN_GROUP_CHANGE);
	cli_db_ok(c,
	    own_group_ask(m, id, OWN_GROUP_CHANGE,
		own_group_change_body(c->pool, subject, description), c->now));
	end_wish(c, m, id);
}

static void
remove_from_group(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	const char *who[OWN_GROUP_PARTICIPANTS_MAX], *why = NULL;
	int n = 0;
	int64_t id;

	for (; n + 1 < c->n_args; n++) {
		who[n] = phone_e164(c->pool, c->args[n + 1], 1);
		if (who[n] == NULL)
			who[n] = contact_validate_user_id(
			    c->pool, c->args[n + 1], &why);
		if (who[n] == NULL)
			cli_usage(c, "%s is no phone with + and no user id",
			    c->args[n + 1]);
	}
	id = begin_wish(c, m, OWN_GROUP_REMOVE);
	cli_db_ok(c, own_group_ask(m, id, OWN_GROUP_REMOVE,
			 own_group_remove_body(c->pool, who, n), c->now));
	end_wish(c, m, id);
}

/* The file is stored first, in a transaction of its own. */
static void
set_group_picture(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	struct json_out *o = json_new(c->pool);
	const char *body, *why = NULL;
	int64_t id, upload = 0;
	size_t len;

	if (send_file_is_link(c->args[1]))
		cli_usage(c, "a picture is a file of this machine");
	json_open_object(o, NULL);
	send_file(c, o, "image", c->args[1]);
	json_close(o);
	body = json_end(o, &len);
	json_int(json_parse(c->pool, body, len, NULL), "upload", &upload);
	id = begin_wish(c, m, OWN_GROUP_PICTURE);
	cli_db_ok(c, own_group_check_picture(m, c->pool, upload, &why));
	if (why != NULL)
		cli_fail(EX_DATAERR, "%s %s", c->args[1], why);
	cli_db_ok(c, own_group_ask(m, id, OWN_GROUP_PICTURE, body, c->now));
	end_wish(c, m, id);
}

static void
reset_link(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	int64_t id = begin_wish(c, m, OWN_GROUP_LINK);

	cli_db_ok(c, own_group_ask(m, id, OWN_GROUP_LINK,
			 own_group_change_body(c->pool, NULL, NULL), c->now));
	end_wish(c, m, id);
}

static void
list_asking(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a group's id"), after = 0;
	struct session *m = cli_db_seal(c, &group_member_statements);
	struct group_asking_row page[CMD_PAGE];
	struct own_group g;
	struct output *s;
	int n;

	if (cli_db_ok(c, own_group_get(m, c->pool, id, &g)) == 0)
		cli_fail(EX_DATAERR, "there is no group %lld", (long long)id);
	s = output_list(c);
	do {
		n = cli_db_ok(c, group_participant_list_asking(m, c->pool,
				     g.conversation_id, after, page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			output_text(s, "request", page[i].request_id);
			output_text(s, "phone", page[i].phone);
			output_text(s, "user_id", page[i].user_id);
			output_text(s, "name", page[i].name);
			output_time(s, "asked_at", page[i].asked_at);
			after = page[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static void
sync_asking(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	int64_t id = begin_wish(c, m, OWN_GROUP_REQUESTS);

	cli_db_ok(c, own_group_ask(m, id, OWN_GROUP_REQUESTS, NULL, c->now));
	end_wish(c, m, id);
}

static void
answer_asking(struct cli *c, enum own_group_wish wish)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	const char *requests[OWN_GROUP_ANSWERS_MAX];
	int64_t id = begin_wish(c, m, wish);
	struct own_group g;
	int n = 0;

	cli_db_ok(c, own_group_get(m, c->pool, id, &g));
	for (; n + 1 < c->n_args; n++) {
		requests[n] = c->args[n + 1];
		if (cli_db_ok(c, group_participant_list_asks(
				     m, g.conversation_id, requests[n])) == 0)
			cli_fail(EX_DATAERR,
			    "%s is no request that waits for an answer",
			    requests[n]);
	}
	cli_db_ok(c, own_group_ask(m, id, wish,
			 own_group_answer_body(c->pool, requests, n), c->now));
	end_wish(c, m, id);
}

static void
approve_asking(struct cli *c)
{
	answer_asking(c, OWN_GROUP_APPROVE);
}

static void
reject_asking(struct cli *c)
{
	answer_asking(c, OWN_GROUP_REJECT);
}

static void
end_group(struct cli *c)
{
	struct session *m = cli_db_seal(c, &group_member_statements);
	int64_t id = begin_wish(c, m, OWN_GROUP_END);

	cli_db_ok(c, own_group_ask(m, id, OWN_GROUP_END, NULL, c->now));
	end_wish(c, m, id);
}

#define WORKSPACE                                                              \
	{                                                                      \
		"workspace", "ID",                                             \
		    "its workspace; not needed when there is only one"         \
	}
#define DESCRIPTION                                                            \
	{                                                                      \
		"description", "TEXT", "what the group is for"                 \
	}

static const struct cli_option group_options_create[] = {
	DESCRIPTION,
	{ "approval", NULL, "who has the link asks to join, first" },
	{ "number", "ID", "whose group; not needed when there is only one" },
	WORKSPACE,
	{ 0 },
};

static const struct cli_option group_options_change[] = {
	DESCRIPTION,
	WORKSPACE,
	{ 0 },
};

static const struct cli_option group_options[] = {
	WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_group[] = {
	{ "list", "", 0, 0, "Lists the groups of the numbers",
	    "Those that were asked for, and all that deliveries have named.",
	    "waspool group list", group_options, list_groups },
	{ "create", "SUBJECT", 1, 1, "Has a group made at the provider",
	    "Nobody is added: who gets the invite link joins, 8 at most.",
	    "waspool group create 'Order 4711'", group_options_create,
	    create_group },
	{ "change", "ID [SUBJECT]", 1, 2, "Has a group called otherwise", NULL,
	    "waspool group change 4 'Order 4711, delivered'",
	    group_options_change, change_group },
	{ "picture", "ID FILE", 2, 2, "Has a group given a picture",
	    "A JPEG of at most 5 MB, a square of at least 192 by 192.",
	    "waspool group picture 4 tea.jpg", group_options,
	    set_group_picture },
	{ "link", "ID", 1, 1, "Has a group given another invite link",
	    "The links before it let nobody in any more.",
	    "waspool group link 4", group_options, reset_link },
	{ "requests", "ID", 1, 1, "Lists who asks to join a group", NULL,
	    "waspool group requests 4", group_options, list_asking },
	{ "sync", "ID", 1, 1, "Has the provider's list of who asks read",
	    "For a group from before waspool had the number.",
	    "waspool group sync 4", group_options, sync_asking },
	{ "approve", "ID REQUEST ...", 2, OWN_GROUP_ANSWERS_MAX + 1,
	    "Lets people join who asked to: ids of waspool group requests",
	    NULL, "waspool group approve 4 MTY1MDU1NTEyMzQ6MTIw", group_options,
	    approve_asking },
	{ "reject", "ID REQUEST ...", 2, OWN_GROUP_ANSWERS_MAX + 1,
	    "Lets people not join who asked to", NULL,
	    "waspool group reject 4 MTY1MDU1NTEyMzQ6MTIw", group_options,
	    reject_asking },
	{ "remove", "ID WHO ...", 2, OWN_GROUP_PARTICIPANTS_MAX + 1,
	    "Has participants removed: phones with +, or user ids", NULL,
	    "waspool group remove 4 +16505551234", group_options,
	    remove_from_group },
	{ "end", "ID", 1, 1, "Has a group ended, for all who are in it", NULL,
	    "waspool group end 4", group_options, end_group },
	{ 0 },
};
