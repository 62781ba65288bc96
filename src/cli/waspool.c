/*
 * waspool: the command line, for the person who runs the inbox.
 * Reads the configuration, spool.db, inbox.db, a CSV file, files to be sent.
 * Writes inbox.db and files of messages; init also creates directories and
 * databases.
 * setup writes the configuration, a key, and a site of nginx.
 * Never appends to the spool but deliveries of a backup or another spool; only
 * setup, webhook and doctor read secrets and talk to the provider.
 * Answers tables or --json on stdout, errors on stderr, codes of sysexits(3).
 */
#include "cli/cmd.h"

static const struct cli_noun nouns[] = {
	{ "setup", "from a number and its key to an inbox that answers",
	    cmd_setup },
	{ "init", "create directories and databases", cmd_init },
	{ "upgrade", "upgrade the databases to this version", cmd_upgrade },
	{ "backup", "copy the databases while the programs run", cmd_backup },
	{ "restore", "restore a backup", cmd_restore },
	{ "workspace", "workspaces: add, set, show, remove, list",
	    cmd_workspace },
	{ "user", "users: add, invite, signout, remove, list", cmd_user },
	{ "member", "members of a workspace: add, remove, list", cmd_member },
	{ "token", "API tokens: create, list, revoke", cmd_token },
	{ "team", "teams: list, add, rename, delete, join, leave", cmd_team },
	{ "label", "labels of conversations: list, add, set, delete",
	    cmd_label },
	{ "conversation", "close, open, snooze, note, assign, label, block, …",
	    cmd_conversation },
	{ "message", "show a message by its id in the log", cmd_message },
	{ "number",
	    "our phone numbers: add, list, provider, remove, move, waiting",
	    cmd_number },
	{ "template", "message templates: list, create, delete, sync",
	    cmd_template },
	{ "group", "groups of the numbers: list, create, change, remove, …",
	    cmd_group },
	{ "canned", "canned replies: list, set, delete", cmd_canned },
	{ "contact", "contacts: import, list, merge, erase, erasures, export",
	    cmd_contact },
	{ "field", "own fields of contacts: list, add, remove", cmd_field },
	{ "tag", "tags of contacts: list, rename, delete", cmd_tag },
	{ "search", "which messages have these words", cmd_search },
	{ "send", "send a message: text, image, template, buttons, …",
	    cmd_send },
	{ "broadcast",
	    "one template to many: create, add, start, pause, stop, list, "
	    "show, recipients",
	    cmd_broadcast },
	{ "outbox", "messages to be sent: list, retry, cancel", cmd_outbox },
	{ "media", "files of messages: list, fetch, verify, prune", cmd_media },
	{ "webhook", "the provider's webhook: get, set, token, tokens",
	    cmd_webhook },
	{ "endpoint", "webhooks out: add, list, pause, resume, test, replay, …",
	    cmd_endpoint },
	{ "spool", "deliveries: list, show, retry, replay, discard, import",
	    cmd_spool },
	{ "events", "workspace events (what is no message): list", cmd_events },
	{ "tail", "changes of a workspace, as they happen", cmd_tail },
	{ "report", "how much was said, and how fast it was answered",
	    cmd_report },
	{ "move", "the inbox to PostgreSQL, or back", cmd_move },
	{ "reindex", "make the indexes of the search anew", cmd_reindex },
	{ "stats", "counts of rows, files and bytes", cmd_stats },
	{ "doctor", "find out what is wrong, and what to type", cmd_doctor },
	{ "completion", "what completes these words in a shell",
	    cmd_completion },
	{ 0 },
};

/* doctor says what is wrong with the configuration, and setup writes it. */
static const struct cli_verb *const own[] = { cmd_doctor, cmd_setup,
	cmd_completion, NULL };

int
main(int argc, char **argv)
{
	return cli_main(nouns, own, argc, argv);
}
