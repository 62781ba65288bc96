/*
 * waspool conversation files: which messages of a conversation are a file, page
 * by page as GET /conversations/{id}/messages?files=true has them.  The files
 * themselves stay where they are.
 */
#include <sysexits.h>

#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/conversation.h"
#include "inbox/message/message_files.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/conversation/conversation_files.h"
#include "cli/output.h"
#include "cli/print.h"

#define LIST_MAX 10000

static const struct statements conversation_files_statements = {
	.also = STATEMENTS(&conversation_statements, &message_files_statements,
	    &message_list_statements),
};

static void
put_file(struct cli *c, struct session *m, struct pool *pool, struct output *s,
    const struct message_list_row *row)
{
	struct message_list_file f = { 0 };

	cli_db_ok(c, message_list_file(m, pool, row->id, &f));
	output_row(s);
	output_int(s, "message_id", row->id);
	output_time(s, "sent_at", row->sent_at);
	output_text(s, "direction", row->direction);
	output_text(s, "type", row->type);
	output_text(s, "state", f.state);
	output_text(s, "mime_type", f.mime_type);
	output_text(s, "filename", f.filename);
}

/* The page before *AT, which then is where the next one begins: how many. */
static int
put_page(struct cli *c, struct session *m, struct output *s, int64_t id,
    struct message_list_place *at, int max, int64_t *next)
{
	struct pool *pool = pool_new();
	struct message_list_row page[CMD_PAGE];
	int n =
	    cli_db_ok(c, message_files_read(m, pool, id, *at, page, max, next));

	for (int i = 0; i < n; i++)
		put_file(c, m, pool, s, &page[i]);
	if (*next != 0 &&
	    cli_db_ok(c, message_list_find(m, id, *next, at)) == 0)
		cli_fail(
		    EX_TEMPFAIL, "messages were deleted meanwhile; try again");
	pool_free(pool);
	return n;
}

void
conversation_files(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "ID"), next;
	int64_t left = cli_option_number(c, "limit", 1000);
	struct session *m = cli_db_seal(c, &conversation_files_statements);
	struct message_list_place at = MESSAGE_LIST_END;
	struct output *s;

	if (cli_db_ok(c, conversation_has(m, id)) == 0)
		cli_fail(EX_DATAERR, "the workspace has no conversation %lld",
		    (long long)id);
	if (left > LIST_MAX)
		left = LIST_MAX;
	s = output_list(c);
	do
		left -= put_page(c, m, s, id, &at,
		    left < CMD_PAGE ? (int)left : CMD_PAGE, &next);
	while (next != 0 && left > 0);
	output_end(s);
	if (next != 0)
		print_hint(c, "There may be more: --limit");
}

const struct cli_option conversation_files_options[] = {
	CMD_WORKSPACE,
	{ "limit", "N", "at most so many (1000, and not over 10000)" },
	{ 0 },
};
