/*
 * waspool conversation: what members do with one (conversation_act.c,
 * conversation_work.c),
 * participants: who is in a group, and split: splits a conversation that has
 * messages of two customers, as far as the messages show whom they were with
 * (inbox/customer/people_split.c).
 */
#include <sysexits.h>

#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/group_participant_list.h"
#include "inbox/conversation/merge.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_split.h"
#include "inbox/job/job.h"
#include "inbox/workspace/number.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/conversation/conversation_act.h"
#include "cli/conversation/conversation_files.h"
#include "cli/conversation/conversation_show.h"
#include "cli/conversation/conversation_work.h"
#include "cli/output.h"
#include "cli/print.h"

enum { PART, N_SQL };

static const char *const cmd_conversation_sql[N_SQL] = {
	[PART] = "SELECT c.id, c.phone, c.user_id, c.profile_name, (SELECT"
		 " COUNT(*) FROM messages AS m WHERE m.workspace_id = $1"
		 " AND m.conversation_id = c.id), c.last_message_at"
		 " FROM conversations AS c WHERE c.workspace_id = $1"
		 " AND c.id = $2",
};

static const struct statements cmd_conversation_statements = {
	.sql = cmd_conversation_sql,
	.n = N_SQL,
	.also = STATEMENTS(&job_statements, &people_split_statements),
};

static const struct statements participants_statements = {
	.also = STATEMENTS(
	    &conversation_statements, &group_participant_list_statements),
};

static void
participants(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "ID"), after = 0;
	struct session *m = cli_db_seal(c, &participants_statements);
	struct group_participant_row page[CMD_PAGE];
	struct output *s;
	int n;

	if (cli_db_ok(c, conversation_has(m, id)) == 0)
		cli_fail(EX_DATAERR, "the workspace has no conversation %lld",
		    (long long)id);
	s = output_list(c);
	do {
		n = cli_db_ok(c, group_participant_list_read(
				     m, c->pool, id, after, page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			after = page[i].id;
			output_row(s);
			output_text(s, "phone", page[i].phone);
			output_text(s, "user_id", page[i].user_id);
			output_text(s, "name", page[i].name);
			output_text(s, "is", page[i].is_in ? "in" : "out");
			output_time(s, "seen_at", page[i].seen_at);
			output_time(s, "left_at", page[i].left_at);
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

/* Shows conversation ID, if it exists: 1, 0. */
static int
show_part(struct cli *c, struct output *s, const struct number_key *number,
    int64_t id)
{
	struct db_rows *r = db_query(c->inbox, cmd_conversation_sql[PART],
	    DB_ARGS(db_int(number->workspace_id), db_int(id)));
	int rc = cli_db_ok(c, db_next(r));

	if (rc == 1) {
		output_row(s);
		output_int(s, "id", db_col_int(r, 0));
		output_text(s, "phone", db_col_copy(r, c->pool, 1));
		output_text(s, "user_id", db_col_copy(r, c->pool, 2));
		output_text(s, "profile_name", db_col_copy(r, c->pool, 3));
		output_int(s, "messages", db_col_int(r, 4));
		output_time(s, "last_message_at", db_col_int(r, 5));
	}
	db_end(r);
	return rc;
}

/* Shows the conversations that ID was split into: how many. */
static int
show_parts(struct cli *c, const struct number_key *number, int64_t id,
    const struct people *people)
{
	struct output *s = output_list(c);
	int n = show_part(c, s, number, id);

	for (int i = 0; i < people->n_made; i++)
		n += show_part(c, s, number, people->made[i]);
	output_end(s);
	return n;
}

static void
split(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "ID"), after = 0, told = 0;
	struct db *db = cli_db_inbox(c, DB_WRITE);
	struct number_key number;
	struct people *people;
	int rc, is_group;

	if (db_prepare_all(db, &cmd_conversation_statements) == -1)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	if (cli_db_ok(c, people_split_find(db, id, &number, &is_group)) == 0)
		cli_fail(
		    EX_DATAERR, "there is no conversation %lld", (long long)id);
	if (is_group)
		cli_fail(EX_DATAERR,
		    "conversation %lld is a group's, which cannot be split",
		    (long long)id);
	cli_db_ok(c,
	    job_finish(db, c->pool, number.workspace_id, "merge", id, c->now));
	do {
		cli_db_begin(c);
		rc = cli_db_ok(c,
		    people_split_read(db, c->pool, &number, id, &after, &told));
		cli_db_commit(c);
	} while (rc == 1);
	cli_db_begin(c);
	cli_db_ok(c, people_split(db, c->pool, &number, id, c->now, &people));
	cli_db_commit(c);
	if (show_parts(c, &number, id, people) < 2)
		print_hint(c,
		    "Nothing shows that conversation %lld has two customers.",
		    (long long)id);
}

static const struct cli_option options_conversation[] = {
	{ "workspace", "ID", "whose; not needed when there is only one" },
	{ 0 },
};

const struct cli_verb cmd_conversation[] = {
	{ "block", "ID", 1, 1, "Blocks the customer of a conversation",
	    "The customer can write to the number no more, and nothing can be "
	    "sent to\nthem.  The provider does it, and only for who wrote "
	    "within "
	    "the last 24\nhours; the command waits for its answer, a minute at "
	    "most.",
	    "waspool conversation block 2", conversation_act_options,
	    conversation_act_block },
	{ "unblock", "ID", 1, 1, "Lets the customer write again", NULL,
	    "waspool conversation unblock 2", conversation_act_options,
	    conversation_act_unblock },
	{ "typing", "ID", 1, 1, "Shows the customer that somebody types",
	    "For 25 seconds, or until the next message.  It also tells that "
	    "the newest\nmessage was read.",
	    "waspool conversation typing 2", conversation_act_typing_options,
	    conversation_act_typing },
	{ "open", "ID", 1, 1, "Opens a conversation again", NULL,
	    "waspool conversation open 2", conversation_work_options,
	    conversation_work_open },
	{ "close", "ID", 1, 1, "Closes a conversation",
	    "A message of the customer opens it again.",
	    "waspool conversation close 2", conversation_work_options,
	    conversation_work_close },
	{ "pending", "ID", 1, 1, "Sets it aside until the customer writes",
	    NULL, "waspool conversation pending 2", conversation_work_options,
	    conversation_work_pending },
	{ "snooze", "ID UNTIL", 2, 2, "Sets it aside until a time",
	    "Or until the customer writes.",
	    "waspool conversation snooze 2 2026-01-30T12:00:00Z",
	    conversation_work_options, conversation_work_snooze },
	{ "note", "ID TEXT", 2, 2, "Writes a private note, for members",
	    "No customer ever sees it.",
	    "waspool conversation note 2 'Wants the blue one.'",
	    conversation_work_options, conversation_work_note },
	{ "assign", "ID", 1, 1, "Gives it to a member, a team, or both",
	    "What is not given stays.",
	    "waspool conversation assign 2 --user ann@example.com --team "
	    "Support",
	    conversation_work_assign_options, conversation_work_assign },
	{ "label", "ID LABEL", 2, 2, "Puts a label on a conversation", NULL,
	    "waspool conversation label 2 Refund", conversation_work_options,
	    conversation_work_label },
	{ "unlabel", "ID LABEL", 2, 2, "Takes a label off a conversation", NULL,
	    "waspool conversation unlabel 2 Refund", conversation_work_options,
	    conversation_work_unlabel },
	{ "list", "", 0, 0, "Lists conversations, the newest first",
	    "First the active ones.  With --marketing by id.  What was said is "
	    "not\nshown.  With --contact also by which phones, and to which "
	    "numbers, a\ncustomer writes.",
	    "waspool conversation list --marketing stopped",
	    conversation_show_options, conversation_show_list },
	{ "show", "ID", 1, 1, "Shows with whom a conversation is",
	    "Whether the customer wants marketing messages, too, since when, "
	    "and how\nthat is known: user_preferences, or a message that was "
	    "refused.",
	    "waspool conversation show 2", NULL, conversation_show },
	{ "files", "ID", 1, 1, "Lists the files of a conversation",
	    "Images, videos, audio and documents, the newest first.  state: as "
	    "in\nwaspool media list.",
	    "waspool conversation files 2", conversation_files_options,
	    conversation_files },
	{ "participants", "ID", 1, 1, "Lists who is in a group, and who was",
	    "As far as is known: who joined or left while the provider told, "
	    "and\nwho wrote.",
	    "waspool conversation participants 7", options_conversation,
	    participants },
	{ "split", "ID", 1, 1, "Splits a conversation of two customers",
	    "Older versions merged two customers when a phone number went "
	    "from\none to the other.  Their messages are separated as far as "
	    "they\nshow whose they are: by the number in the provider's "
	    "message ids,\nby announced changes, by statuses.  One customer "
	    "keeps the id; the\nother messages stay there.  Make a backup "
	    "before: waspool backup.",
	    "waspool conversation split 2", NULL, split },
	{ 0 },
};
