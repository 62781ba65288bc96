/*
 * Queues a message from the command line as the API would, and waits until the
 * processor has sent it or it has failed.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/phone.h"

#include "inbox/outbox/outbox_list.h"
#include "inbox/outbox/submit.h"

#include "session/session.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/message/send_queue.h"
#include "cli/output.h"

#define LOOK_MS 50 /* between two looks for the result */

struct json_out *
send_queue_begin(struct cli *c, const char *type)
{
	struct json_out *body = json_new(c->pool);
	int64_t reply_to = cli_option_number(c, "reply-to", 0);

	if ((cli_option(c, "to") == NULL) ==
	    (cli_option(c, "conversation") == NULL))
		cli_usage(c, "to whom? --to PHONE, or --conversation ID");
	json_open_object(body, NULL);
	json_put_text(body, "type", type);
	if (reply_to != 0)
		json_put_int(body, "reply_to", reply_to);
	return body;
}

static void
read_body(struct cli *c, struct json_out *body, struct compose *message)
{
	struct compose_wrong *wrong = NULL;
	const struct json *parsed;
	const char *text, *why = NULL;
	size_t len;

	json_close(body);
	text = json_end(body, &len);
	parsed = json_parse(c->pool, text, len, &why);
	if (parsed == NULL)
		cli_fail(EX_DATAERR, "the message is not JSON: %s", why);
	if (compose_read(c->pool, parsed, message, &wrong) == 0)
		return;
	for (; wrong != NULL && wrong->next != NULL; wrong = wrong->next)
		fprintf(stderr, "%s: %s\n", wrong->field, wrong->message);
	if (wrong == NULL)
		cli_fail(EX_DATAERR, "the message is refused");
	cli_fail(EX_DATAERR, "%s: %s", wrong->field, wrong->message);
}

static void
read_to(struct cli *c, struct submit_to *to)
{
	const char *s = cli_option(c, "to");

	memset(to, 0, sizeof(*to));
	to->phone_number_id = cli_option(c, "number");
	to->default_number_id = c->config.phone_number_id;
	to->phone = phone_e164(c->pool, s, 1);
	/* A user id, US.1349…: two letters of a country, a dot, and the
	 * provider's part. */
	if (to->phone == NULL && strlen(s) > 3 && strchr(s, '.') == s + 2 &&
	    strchr(s, ' ') == NULL)
		to->user_id = s;
	if (to->phone == NULL && to->user_id == NULL)
		cli_usage(c,
		    "--to is a number with + and country code, or a user id, "
		    "not '%s': %s",
		    s, phone_why(c->pool, s));
}

/* Ends the program unless the message was queued. */
static void
check_send_queue(struct cli *c, struct session *m, enum submit_result result,
    const struct submission *p)
{
	switch (result) {
	case SUBMIT_QUEUED:
		return;
	case SUBMIT_FAILED:
		cli_db_fail(session_error(m));
	case SUBMIT_NOT_FOUND:
		cli_fail(EX_DATAERR,
		    "there is no such conversation or message in this "
		    "workspace");
	case SUBMIT_CLOSED:
		if (p->closed_at == 0)
			cli_fail(EX_DATAERR,
			    "the customer has not written yet: only a "
			    "template may be sent");
		cli_fail(EX_DATAERR,
		    "the 24 h window closed at %s: only a template may be sent",
		    clock_text(c->pool, p->closed_at));
	case SUBMIT_WRONG:
	case SUBMIT_UNREACHABLE:
	case SUBMIT_BLOCKED:
	case SUBMIT_STOPPED:
	case SUBMIT_CONFLICT:
	case SUBMIT_FULL:
		break;
	}
	cli_fail(EX_DATAERR, "%s%s%s", p->field == NULL ? "" : p->field,
	    p->field == NULL ? "" : ": ", p->why);
}

static void
queue(struct cli *c, const struct compose *message, struct submission *p)
{
	int64_t conversation = cli_option_number(c, "conversation", 0);
	struct session *m = cli_db_member(c);
	struct submit_to to;
	enum submit_result result;

	if (conversation == 0)
		read_to(c, &to);
	cli_db_begin_member(m);
	result = conversation != 0
		     ? submit_to_conversation(
			   m, c->pool, conversation, message, c->now, p)
		     : submit_to_phone(m, c->pool, &to, message, c->now, p);
	check_send_queue(c, m, result, p);
	cli_db_commit_member(m);
	cli_db_wake(c);
}

/* Waits until the row is done or has failed, or SEND_QUEUE_WAIT is over. */
static void
wait_for(struct cli *c, int64_t id, struct outbox_item *o)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t end =
	    clock_ticks_ms() +
	    (cli_option(c, "no-wait") == NULL ? SEND_QUEUE_WAIT * 1000 : 0);
	struct pool *pool = pool_new();

	for (;;) {
		pool_reset(pool);
		cli_db_ok(c, outbox_get(c->inbox, pool, id, clock_now(), o));
		if (text_is(o->state, "done") || text_is(o->state, "failed") ||
		    clock_ticks_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	pool_free(pool);
	cli_db_ok(c, outbox_get(c->inbox, c->pool, id, clock_now(), o));
}

static void
show_queue(struct cli *c, const struct outbox_item *o)
{
	struct output *s = output_object(c);

	output_int(s, "id", o->message_id);
	output_int(s, "conversation_id", o->conversation_id);
	output_text(s, "number", o->phone_number_id);
	output_text(s, "to", o->to);
	output_text(s, "status", o->status);
	output_text(s, "wamid", o->wamid);
	if (c->json)
		output_json(s, "error", o->error);
	output_int(s, "outbox_id", o->id);
	output_end(s);
}

/* The provider's words. */
static void
refused(struct cli *c, const struct outbox_item *o)
{
	const struct json *error =
	    o->error == NULL
		? NULL
		: json_parse(c->pool, o->error, strlen(o->error), NULL);
	const char *title = json_text(error, "title");
	const char *detail = json_text(error, "detail");
	const char *code = json_text(error, "code");

	if (title == NULL)
		title = o->reason == NULL ? "not sent" : o->reason;
	cli_fail(EX_UNAVAILABLE, "%s%s%s%s%s%s", title,
	    detail == NULL ? "" : ": ", detail == NULL ? "" : detail,
	    code == NULL ? "" : " (", code == NULL ? "" : code,
	    code == NULL ? "" : ")");
}

/* 1 when a process holds the lock of waspool-process. */
static int
is_processed(struct cli *c)
{
	struct lock *lock =
	    lock_open(config_run_path(&c->config, "process.lock"));
	int is = lock != NULL && lock_take(lock, 0) == 0;

	lock_close(lock);
	return is;
}

static const char *
why_open(struct cli *c, const struct outbox_item *o)
{
	if (o->paused != NULL)
		return o->paused;
	if (o->reason != NULL)
		return o->reason;
	if (!text_is(o->state, "queued"))
		return "the provider has not answered";
	return is_processed(c) ? "waspool-process runs, and has not sent it yet"
			       : "waspool-process does not run";
}

void
send_queue_message(struct cli *c, struct json_out *body)
{
	struct compose message;
	struct outbox_item o;
	struct submission p = { 0 };
	int64_t workspace, id;

	read_body(c, body, &message);
	queue(c, &message, &p);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	if (!cli_db_ok(
		c, outbox_of_message(c->inbox, workspace, p.message_id, &id)))
		cli_fail(EX_SOFTWARE, "the message is not in the outbox");
	wait_for(c, id, &o);
	show_queue(c, &o);
	if (text_is(o.state, "failed"))
		refused(c, &o);
	if (!text_is(o.state, "done") && cli_option(c, "no-wait") == NULL)
		cli_fail(EX_TEMPFAIL, "still %s after %d s: %s", o.state,
		    SEND_QUEUE_WAIT, why_open(c, &o));
}
