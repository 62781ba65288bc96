/*
 * waspool search: shows which messages of a workspace have these words, as a
 * member finds them (api/resource/search_results.c).
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/message/message_list.h"
#include "inbox/search/search.h"
#include "inbox/words/words_query.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define TEXT_MAX 200 /* code points */

/* All arguments: who does not quote means them all. */
static const char *
read_words(struct cli *c)
{
	struct buf b = { .pool = c->pool };
	const char *q;

	for (int i = 0; i < c->n_args; i++) {
		if (i > 0)
			buf_char(&b, ' ');
		buf_text(&b, c->args[i]);
	}
	q = buf_end(&b);
	if (!text_is_utf8(q, b.len))
		cli_usage(c, "these words are not UTF-8");
	if (words_query_read(c->pool, q) == NULL)
		cli_usage(c, "there is no word: type letters or digits");
	return q;
}

static void
show_found(struct cli *c, struct session *m, struct output *s, int64_t id)
{
	struct message_list_row row;
	const char *text;

	if (cli_db_ok(c, message_list_get(m, c->pool, id, &row)) != 1 ||
	    cli_db_ok(c, message_list_text(m, c->pool, id, &text)) != 1)
		return;
	output_row(s);
	output_int(s, "id", row.id);
	output_int(s, "conversation_id", row.conversation_id);
	output_time(s, "sent_at", row.sent_at);
	output_text(s, "direction", row.direction);
	output_text(s, "type", row.type);
	output_text(s, "text",
	    c->json || text == NULL ? text
				    : text_fold(c->pool, text, TEXT_MAX));
}

static void
search(struct cli *c)
{
	int64_t left = cli_option_number(c, "limit", 50), below = 0;
	const char *q = read_words(c);
	struct session *m = cli_db_member(c);
	struct output *s = output_list(c);
	struct search_message found[CMD_PAGE];
	int n, complete;

	do {
		n = cli_db_ok(c, search_messages(m, c->pool, q, below, found,
				     left < CMD_PAGE ? (int)left : CMD_PAGE,
				     &below, &complete));
		for (int i = 0; i < n; i++)
			show_found(c, m, s, found[i].id);
		left -= n;
	} while (below != 0 && left > 0);
	output_end(s);
	if (below != 0)
		print_hint(c, "There may be more: --limit");
	if (!complete)
		print_hint(c,
		    "There may be more: the search took too long, or its index "
		    "is being rebuilt (waspool stats).");
}

static const struct cli_option options_search[] = {
	{ "workspace", "ID", "whose; not needed when there is only one" },
	{ "limit", "N", "at most so many (50)" },
	{ 0 },
};

const struct cli_verb cmd_search[] = {
	{ "", "WORD…", 1, 16, "Lists messages that have these words",
	    "Those that came last come first.  Each word has to begin a word "
	    "of\n"
	    "the message; docs/search.md says which are alike.",
	    "waspool search 'invoice 2026'", options_search, search },
	{ 0 },
};
