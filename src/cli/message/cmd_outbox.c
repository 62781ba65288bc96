/*
 * waspool outbox: lists messages that are queued or have failed; retry and
 * cancel.  It changes rows and wakes the processor, which talks to the
 * provider.
 */
#include <sysexits.h>

#include "base/clock.h"
#include "base/text.h"

#include "inbox/outbox/outbox_list.h"
#include "inbox/outbox/outbox_stop.h"
#include "inbox/outbox/submit.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define LIST_MAX 10000

static void
put_outbox(struct output *s, const struct outbox_item *o)
{
	output_row(s);
	output_int(s, "id", o->id);
	output_int(s, "workspace_id", o->workspace_id);
	output_int(s, "conversation_id", o->conversation_id);
	output_int(s, "message_id", o->message_id);
	output_text(s, "number", o->phone_number_id);
	output_text(s, "to", o->to);
	output_text(s, "kind", o->kind);
	output_text(s, "preview", o->preview);
	output_text(s, "state", o->state);
	output_text(s, "status", o->status);
	output_int(s, "attempts", o->attempts);
	output_time(s, "due_at", text_is(o->state, "queued") ? o->due_at : 0);
	output_text(s, "reason", o->reason);
	output_time(s, "paused_until", o->paused_until);
	output_text(s, "paused", o->paused);
	output_text(s, "wamid", o->wamid);
	output_time(s, "created_at", o->created_at);
}

static int
is_state(const char *s)
{
	return text_is(s, "queued") || text_is(s, "sending") ||
	       text_is(s, "done") || text_is(s, "failed");
}

static void
list_outbox(struct cli *c)
{
	const char *state = cli_option(c, "state");
	const char *in = cli_option(c, "workspace");
	int64_t left = cli_option_number(c, "limit", 1000);
	struct db *db = cli_db_inbox(c, DB_READ);
	struct output *s = output_list(c);
	struct outbox_item *o;
	int64_t workspace, after = 0;
	int i, n, max;

	if (state != NULL && !is_state(state))
		cli_usage(c,
		    "a state is queued, sending, done or failed, not '%s'",
		    state);
	workspace = in == NULL ? 0 : cli_db_workspace(c, in);
	if (left > LIST_MAX)
		left = LIST_MAX;
	do {
		max = left < CMD_PAGE ? (int)left : CMD_PAGE;
		cli_db_ok(c, outbox_list(db, c->pool, workspace, state, after,
				 max, c->now, &o, &n));
		for (i = 0; i < n; i++) {
			put_outbox(s, &o[i]);
			after = o[i].id;
		}
		left -= n;
	} while (n == CMD_PAGE && left > 0);
	output_end(s);
	if (left == 0)
		print_hint(c, "There may be more: --limit");
}

/* The row of the argument, inside a transaction. */
static int64_t
begin_outbox(struct cli *c, struct outbox_item *o)
{
	int64_t id = cli_number(c, c->args[0], "an id of the outbox");

	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	if (!cli_db_ok(c, outbox_get(c->inbox, c->pool, id, c->now, o)))
		cli_fail(
		    EX_DATAERR, "the outbox has no row %lld", (long long)id);
	return id;
}

/* As in the API: outside the 24 h window only a template can be retried. */
static void
check_window(struct cli *c, const struct outbox_item *o)
{
	if (!text_is(o->status, "failed") || text_is(o->type, "template") ||
	    o->window_ends > c->now)
		return;
	if (o->window_ends == 0)
		cli_fail(EX_DATAERR,
		    "the customer has not written yet: only a template can be "
		    "sent");
	cli_fail(EX_DATAERR,
	    "the window closed at %s, 24 hours after the customer's last "
	    "message: only a template can be sent",
	    clock_text(c->pool, o->window_ends));
}

static void
retry(struct cli *c)
{
	struct outbox_item o;
	int64_t id = begin_outbox(c, &o);
	const char *why;

	check_window(c, &o);
	why = submit_enough(c->pool, o.error, o.tried_at, c->now);
	if (why == NULL)
		cli_db_ok(c, outbox_stop(c->inbox, c->pool, o.number_id, o.type,
				 o.content, o.stopped_at, &why));
	if (why != NULL && text_is(o.status, "failed"))
		cli_fail(EX_DATAERR, "%s", why);
	if (!cli_db_ok(c, outbox_retry(c->inbox, id, c->now)))
		cli_fail(EX_DATAERR, "row %lld has not failed: it is %s",
		    (long long)id, o.state);
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(c, "retried", id, "message %lld is queued again",
	    (long long)o.message_id);
}

static void
cancel(struct cli *c)
{
	struct outbox_item o;
	int64_t id = begin_outbox(c, &o);

	if (!cli_db_ok(c, outbox_cancel(c->inbox, id)))
		cli_fail(EX_DATAERR, "row %lld cannot be canceled: it is %s",
		    (long long)id, o.state);
	cli_db_commit(c);
	print_done(c, "canceled", id, "message %lld will not be sent",
	    (long long)o.message_id);
}

static const struct cli_option list_options_outbox[] = {
	{ "workspace", "ID", "only of this workspace" },
	{ "state", "STATE", "only queued, sending, done or failed ones" },
	{ "limit", "N", "at most so many (1000, and not over 10000)" },
	{ 0 },
};

const struct cli_verb cmd_outbox[] = {
	{ "list", "", 0, 0, "Lists messages to be sent, oldest first",
	    "queued: is sent at due_at, or when its number is no longer "
	    "paused.\nsending: was sent, and no answer has come yet.  failed: "
	    "waits for\nyou (retry).  done: the provider has it; only shown on "
	    "request.",
	    "waspool outbox list --state failed", list_options_outbox,
	    list_outbox },
	{ "retry", "OUTBOX_ID", 1, 1, "Sends a failed message again",
	    "The customer may get it twice when the outcome of the "
	    "first\nattempt is unknown.  When the 24 h window is closed only "
	    "a\ntemplate can be sent again.",
	    "waspool outbox retry 17", NULL, retry },
	{ "cancel", "OUTBOX_ID", 1, 1, "Cancels a message that is still queued",
	    NULL, "waspool outbox cancel 17", NULL, cancel },
	{ 0 },
};
