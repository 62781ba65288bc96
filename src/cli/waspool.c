/*
 * waspool: the command line, for the person who runs the inbox.
 * Reads the configuration, spool.db, inbox.db, a CSV file, files to be sent.
 * Writes inbox.db and files of messages; init also creates directories and
 * databases.
 * Never appends to the spool but deliveries of a backup or another spool; only
 * webhook and doctor read secrets and talk to the provider.
 * Answers tables or --json on stdout, errors on stderr, codes of sysexits(3).
 */
#include "cli/cmd.h"

static const struct cli_noun nouns[] = {
	{ "init", "make directories and databases", cmd_init },
	{ "upgrade", "bring the databases to this version", cmd_upgrade },
	{ "backup", "copy the databases while all goes on", cmd_backup },
	{ "restore", "put a backup in place", cmd_restore },
	{ "workspace", "workspaces: add, remove, list", cmd_workspace },
	{ "user", "people: add, remove, list", cmd_user },
	{ "member", "who belongs to a workspace: add, remove, list",
	    cmd_member },
	{ "token", "what lets programs in: create, list, revoke", cmd_token },
	{ "conversation", "two customers in one conversation: split",
	    cmd_conversation },
	{ "message", "from a line of the log to a message: show", cmd_message },
	{ "number",
	    "our phone numbers: add, list, provider, remove, move, waiting",
	    cmd_number },
	{ "contact", "the address book: import, list, erase, erasures, export",
	    cmd_contact },
	{ "search", "which messages have these words", cmd_search },
	{ "send", "messages: text, image, template, buttons, …", cmd_send },
	{ "outbox", "what is to be sent: list, retry, cancel", cmd_outbox },
	{ "media", "files of messages: list, fetch, verify, prune", cmd_media },
	{ "webhook", "where the provider delivers to: get, set, token, tokens",
	    cmd_webhook },
	{ "spool", "deliveries: list, show, retry, replay, discard, import",
	    cmd_spool },
	{ "events", "what the provider says beside messages: list",
	    cmd_events },
	{ "tail", "what changes, as it happens", cmd_tail },
	{ "stats", "how much there is", cmd_stats },
	{ "doctor", "what is wrong, and what to type", cmd_doctor },
	{ 0 },
};

int
main(int argc, char **argv)
{
	/* doctor reads the configuration itself, to say what is wrong with
	 * it. */
	return cli_main(nouns, cmd_doctor, argc, argv);
}
