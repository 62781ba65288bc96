/*
 * waspool canned: texts that members put into their answers by a shortcut.
 */
#include <sysexits.h>

#include "lib/sql/statements.h"

#include "inbox/canned_reply/canned_reply.h"
#include "inbox/canned_reply/canned_reply_validate.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"

static void
put_canned(struct output *s, const struct canned_reply *reply)
{
	output_int(s, "id", reply->id);
	output_text(s, "shortcut", reply->shortcut);
	output_text(s, "text", reply->text);
	output_time(s, "updated_at", reply->updated_at);
}

static void
list_canned(struct cli *c)
{
	struct session *m = cli_db_seal(c, &canned_reply_statements);
	const char *prefix =
	    c->n_args > 0 ? canned_reply_key(c->pool, c->args[0]) : "";
	struct output *s = output_list(c);
	struct canned_reply page[CMD_PAGE];
	const char *after = "";
	int n;

	do {
		n = cli_db_ok(c, canned_reply_list(m, c->pool, prefix, after,
				     page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_canned(s, &page[i]);
			after = page[i].key;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

/* Adds REPLY, or changes the one that has its shortcut. */
static int
put_reply(struct session *m, struct canned_reply *reply, int64_t now)
{
	int rc = canned_reply_find(m, reply->key, &reply->id);

	if (rc == 1)
		return canned_reply_change(m, reply, now) == -1 ? -1 : 1;
	return rc == -1 ? -1 : canned_reply_add(m, reply, now, &reply->id);
}

static void
set_canned(struct cli *c)
{
	struct session *m = cli_db_seal(c, &canned_reply_statements);
	struct canned_reply reply = { 0 };
	struct output *s;
	const char *why = NULL;

	reply.shortcut =
	    canned_reply_validate_shortcut(c->pool, c->args[0], &why);
	if (reply.shortcut == NULL)
		cli_usage(c, "SHORTCUT %s", why);
	reply.text = canned_reply_validate_text(c->pool, c->args[1], &why);
	if (reply.text == NULL)
		cli_usage(c, "TEXT %s", why);
	reply.key = canned_reply_key(c->pool, reply.shortcut);
	cli_db_begin_member(m);
	if (cli_db_ok(c, put_reply(m, &reply, c->now)) == 0)
		cli_fail(EX_DATAERR,
		    "there are %d canned replies already: delete some",
		    CANNED_REPLIES_MAX);
	cli_db_commit_member(m);
	cli_db_ok(c, canned_reply_get(m, c->pool, reply.id, &reply));
	s = output_object(c);
	put_canned(s, &reply);
	output_end(s);
}

static void
delete_canned(struct cli *c)
{
	struct session *m = cli_db_seal(c, &canned_reply_statements);
	int64_t id = 0;

	cli_db_begin_member(m);
	if (cli_db_ok(c, canned_reply_find(m,
			     canned_reply_key(c->pool, c->args[0]), &id)) == 0)
		cli_fail(EX_DATAERR, "there is no canned reply %s", c->args[0]);
	cli_db_ok(c, canned_reply_delete(m, id));
	cli_db_commit_member(m);
}

static const struct cli_option canned_options[] = {
	{ "workspace", "ID",
	    "its workspace; not needed when there is only one" },
	{ 0 },
};

const struct cli_verb cmd_canned[] = {
	{ "list", "[PREFIX]", 0, 1, "Lists the canned replies",
	    "Those whose shortcut begins with PREFIX, whatever its case.",
	    "waspool canned list", canned_options, list_canned },
	{ "set", "SHORTCUT TEXT", 2, 2, "Adds a canned reply, or changes it",
	    "TEXT may have {{contact.name}}, {{contact.phone}} and\n"
	    "{{member.name}}: clients fill them before the text is sent.",
	    "waspool canned set thanks 'Thank you, {{contact.name}}!'",
	    canned_options, set_canned },
	{ "delete", "SHORTCUT", 1, 1, "Deletes a canned reply", NULL,
	    "waspool canned delete thanks", canned_options, delete_canned },
	{ 0 },
};
