/*
 * waspool conversation list and show: with whom, and what is known of them.
 * Not what was said, which only members may read.
 */
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/conversation/conversation_show.h"
#include "cli/output.h"
#include "cli/print.h"

enum { LIST, LIST_MARKETING, LIST_CONTACT, CONTACT, ONE, N_SQL };

#define LIST_MAX 10000

#define ROW                                                                    \
	"SELECT c.id, c.workspace_id, n.phone_number_id, c.phone, c.user_id,"  \
	" c.group_id, k.name, c.phone_book_name, c.profile_name, c.username,"  \
	" c.status,"                                                           \
	" c.unread_count, c.marketing, c.marketing_at, c.marketing_source,"    \
	" c.last_customer_message_at, c.last_message_at, c.created_at"         \
	" FROM conversations AS c"                                             \
	" LEFT JOIN numbers AS n ON n.id = c.number_id"                        \
	" LEFT JOIN contacts AS k ON k.id = c.contact_id"

static const char *const conversation_show_sql[N_SQL] = {
	/* By the only list of all: the two statuses after each other. */
	[LIST] = ROW " WHERE c.workspace_id = $1"
		     " AND c.status IN ('active', 'archived')"
		     " ORDER BY c.status, c.last_message_at DESC, c.id DESC"
		     " LIMIT $2",
	[LIST_MARKETING] = ROW " WHERE c.workspace_id = $1"
			       " AND c.marketing IS NOT NULL"
			       " AND c.marketing = $3 ORDER BY c.id LIMIT $2",
	[LIST_CONTACT] = ROW " WHERE c.workspace_id = $1"
			     " AND c.contact_id = $3 ORDER BY c.id DESC"
			     " LIMIT $2",
	[CONTACT] =
	    "SELECT 1 FROM contacts WHERE workspace_id = $1 AND id = $2",
	[ONE] = ROW " WHERE c.id = $1",
};

static const struct statements conversation_show_statements = {
	.sql = conversation_show_sql,
	.n = N_SQL,
};

static struct db *
open_inbox(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);

	if (db_prepare_all(db, &conversation_show_statements) == -1)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	return db;
}

static void
put_conversation(struct cli *c, struct output *s, struct db_rows *r)
{
	static const char *const texts[] = { "number", "phone", "user_id",
		"group_id", "contact", "phone_book_name", "profile_name",
		"username", "status" };
	int col = 2;

	output_int(s, "id", db_col_int(r, 0));
	output_int(s, "workspace_id", db_col_int(r, 1));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		output_text(s, texts[i], db_col_copy(r, c->pool, col++));
	output_int(s, "unread", db_col_int(r, col++));
	output_text(s, "marketing", db_col_copy(r, c->pool, col++));
	output_time(s, "marketing_since", db_col_int(r, col++));
	output_text(s, "marketing_source", db_col_copy(r, c->pool, col++));
	output_time(s, "last_customer_message_at", db_col_int(r, col++));
	output_time(s, "last_message_at", db_col_int(r, col++));
	output_time(s, "created_at", db_col_int(r, col));
}

/* The list of a contact, which the workspace has. */
static struct db_rows *
list_of_contact(struct cli *c, struct db *db, int64_t workspace, int64_t max)
{
	int64_t id = cli_number(c, cli_option(c, "contact"), "--contact"), one;

	if (cli_db_ok(c, db_get_int(db, conversation_show_sql[CONTACT],
			     DB_ARGS(db_int(workspace), db_int(id)), &one)) ==
	    0)
		cli_fail(EX_DATAERR, "the workspace has no contact %lld",
		    (long long)id);
	return db_query(db, conversation_show_sql[LIST_CONTACT],
	    DB_ARGS(db_int(workspace), db_int(max), db_int(id)));
}

static struct db_rows *
list_wanted(struct cli *c, struct db *db, int64_t workspace, int64_t max)
{
	const char *state = cli_option(c, "marketing");

	if (cli_option(c, "contact") != NULL)
		return list_of_contact(c, db, workspace, max);
	if (state != NULL)
		return db_query(db, conversation_show_sql[LIST_MARKETING],
		    DB_ARGS(db_int(workspace), db_int(max), db_text(state)));
	return db_query(db, conversation_show_sql[LIST],
	    DB_ARGS(db_int(workspace), db_int(max)));
}

void
conversation_show_list(struct cli *c)
{
	const char *state = cli_option(c, "marketing");
	int64_t max = cli_option_number(c, "limit", 1000);
	struct db *db = open_inbox(c);
	struct output *s = output_list(c);
	struct db_rows *r;
	int64_t n = 0;

	if (state != NULL && !text_is(state, "stopped") &&
	    !text_is(state, "allowed"))
		cli_usage(
		    c, "marketing is stopped or allowed, not '%s'", state);
	if (state != NULL && cli_option(c, "contact") != NULL)
		cli_usage(c, "--contact does not go with --marketing");
	if (max > LIST_MAX)
		max = LIST_MAX;
	r = list_wanted(
	    c, db, cli_db_workspace(c, cli_option(c, "workspace")), max);
	while (cli_db_ok(c, db_next(r)) == 1) {
		output_row(s);
		put_conversation(c, s, r);
		n++;
	}
	db_end(r);
	output_end(s);
	if (n == max)
		print_hint(c, "There may be more: --limit");
}

void
conversation_show(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "ID");
	struct db *db = open_inbox(c);
	struct db_rows *r =
	    db_query(db, conversation_show_sql[ONE], DB_ARGS(db_int(id)));
	struct output *s;

	if (cli_db_ok(c, db_next(r)) != 1)
		cli_fail(
		    EX_DATAERR, "there is no conversation %lld", (long long)id);
	s = output_object(c);
	put_conversation(c, s, r);
	db_end(r);
	output_end(s);
}

const struct cli_option conversation_show_options[] = {
	CMD_WORKSPACE,
	{ "marketing", "STATE",
	    "only of customers who want none (stopped), or said that they do "
	    "(allowed)" },
	{ "contact", "ID", "only those of a contact, the newest first" },
	{ "limit", "N", "at most so many (1000, and not over 10000)" },
	{ 0 },
};
