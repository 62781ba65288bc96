/*
 * waspool message show: from our id, which is in the log, to the provider's
 * wamid, and back.  It does not show the content, which only members may read.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "inbox/message_columns.h"
#include "inbox/outbox/outbox_list.h"

#include "lib/sql/statements.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

enum { BY_ID, BY_WAMID, STATUSES, N_SQL };

#define MESSAGE                                                                \
	"SELECT m.id, m.workspace_id, m.conversation_id, m.number_id,"         \
	" n.phone_number_id, m.wamid, m.direction, " MESSAGE_SOURCE(           \
	    "m.") ", m.type,"                                                  \
		  " m.status, m.error, m.sent_at, m.created_at, m.edited_at,"  \
		  " m.revoked_at FROM "

static const char *const cmd_message_sql[N_SQL] = {
	[BY_ID] = MESSAGE "messages AS m LEFT JOIN numbers AS n"
			  " ON n.id = m.number_id WHERE m.id = $1",
	/* For each number, since the index begins with it. */
	[BY_WAMID] = MESSAGE "numbers AS n CROSS JOIN messages AS m"
			     " WHERE m.workspace_id = n.workspace_id"
			     " AND m.number_id = n.id AND m.wamid = $1",
	[STATUSES] = "SELECT status, at, participant, error"
		     " FROM message_statuses WHERE workspace_id = $1"
		     " AND number_id = $2 AND wamid = $3"
		     " ORDER BY at, status, participant",
};

static const struct statements cmd_message_statements = {
	.sql = cmd_message_sql,
	.n = N_SQL,
};

/* Adds the row of the outbox, if there is one. */
static void
show_outbox(struct cli *c, struct output *s, int64_t workspace_id, int64_t id)
{
	struct outbox_item o;
	int64_t row;

	if (cli_db_ok(c, outbox_of_message(c->inbox, workspace_id, id, &row)) !=
		1 ||
	    cli_db_ok(c, outbox_get(c->inbox, c->pool, row, c->now, &o)) != 1)
		return;
	output_section(s, "outbox");
	output_int(s, "id", o.id);
	output_text(s, "state", o.state);
	output_int(s, "attempts", o.attempts);
	output_time(s, "queued_at", o.created_at);
	output_time(s, "due_at", text_is(o.state, "queued") ? o.due_at : 0);
	output_text(s, "reason", o.reason);
	output_text(s, "paused", o.paused);
	output_time(s, "paused_until", o.paused_until);
}

static void
show_statuses(struct cli *c, struct output *s, int64_t workspace_id,
    int64_t number_id, const char *wamid)
{
	struct db_rows *r = db_query(c->inbox, cmd_message_sql[STATUSES],
	    DB_ARGS(db_int(workspace_id), db_int(number_id), db_text(wamid)));
	int open = 0;

	while (cli_db_ok(c, db_next(r)) == 1) {
		const char *who = db_col_copy(r, c->pool, 2);
		const char *status = db_col_copy(r, c->pool, 0);

		if (!open)
			output_section(s, "statuses");
		open = 1;
		output_time(s,
		    who[0] == '\0' ? status
				   : pool_printf(c->pool, "%s %s", status, who),
		    db_col_int(r, 1));
	}
	db_end(r);
}

static void
show_message(struct cli *c)
{
	const char *given = c->args[0], *wamid;
	int is_wamid = strchr(given, '.') != NULL; /* also of a call */
	struct db *db = cli_db_inbox(c, DB_READ);
	int64_t id = is_wamid ? 0 : cli_number(c, given, "ID"), in, number;
	struct db_rows *r;
	struct output *s;

	if (db_prepare_all(db, &cmd_message_statements) == -1)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	r = db_query(db, cmd_message_sql[is_wamid ? BY_WAMID : BY_ID],
	    DB_ARGS(is_wamid ? db_text(given) : db_int(id)));
	if (cli_db_ok(c, db_next(r)) != 1)
		cli_fail(EX_DATAERR, "there is no message %s", given);
	s = output_object(c);
	id = db_col_int(r, 0);
	in = db_col_int(r, 1);
	number = db_col_int(r, 3);
	wamid = db_col_copy(r, c->pool, 5);
	output_int(s, "id", id);
	output_int(s, "workspace_id", in);
	output_int(s, "conversation_id", db_col_int(r, 2));
	output_text(s, "number", db_col_copy(r, c->pool, 4));
	output_text(s, "wamid", wamid);
	output_text(s, "direction", db_col_copy(r, c->pool, 6));
	output_text(s, "source", db_col_copy(r, c->pool, 7));
	output_text(s, "type", db_col_copy(r, c->pool, 8));
	output_text(s, "status", db_col_copy(r, c->pool, 9));
	output_json(s, "error", db_col_copy(r, c->pool, 10));
	output_time(s, "sent_at", db_col_int(r, 11));
	output_time(s, "created_at", db_col_int(r, 12));
	output_time(s, "edited_at", db_col_int(r, 13));
	output_time(s, "revoked_at", db_col_int(r, 14));
	db_end(r);
	if (wamid != NULL)
		show_statuses(c, s, in, number, wamid);
	show_outbox(c, s, in, id);
	output_end(s);
}

const struct cli_verb cmd_message[] = {
	{ "show", "ID | WAMID", 1, 1,
	    "Shows a message: its workspace, its conversation, its status",
	    "The log names messages by our id (message=41), since "
	    "the\nprovider's id, the wamid, contains the customer's phone.  "
	    "This\nshows both: ask 360dialog about the wamid, search the log "
	    "for the\nid.",
	    "waspool message show 41", NULL, show_message },
	{ 0 },
};
