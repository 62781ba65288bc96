/*
 * waspool conversation block, unblock, typing: as a member does it, and until
 * the provider has answered.
 */
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/block.h"
#include "inbox/outbox/submit.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/conversation/conversation_act.h"
#include "cli/output.h"
#include "cli/print.h"

#define WAIT_S	60
#define LOOK_MS 50

static const struct statements conversation_act_statements = {
	.also = STATEMENTS(&block_statements, &submit_read_statements),
};

const struct cli_option conversation_act_options[] = {
	CMD_WORKSPACE,
	{ "no-wait", NULL, "does not wait for the provider's answer" },
	{ 0 },
};

const struct cli_option conversation_act_typing_options[] = {
	CMD_WORKSPACE,
	{ 0 },
};

static struct session *
begin_act(struct cli *c)
{
	struct session *m = cli_db_seal(c, &conversation_act_statements);

	cli_db_begin_member(m);
	return m;
}

static void
commit_act(struct cli *c, struct session *m)
{
	cli_db_commit_member(m);
	cli_db_wake(c);
}

static void __attribute__((noreturn)) no_conversation(int64_t id)
{
	cli_fail(EX_DATAERR, "there is no conversation %lld in this workspace",
	    (long long)id);
}

static int
is_answered(const struct block_state *b)
{
	return !text_is(b->state, "blocking") &&
	       !text_is(b->state, "unblocking");
}

/* Until the provider has answered, or WAIT_S are over. */
static void
wait_act(struct cli *c, struct session *m, int64_t id, struct block_state *b)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t end = clock_ticks_ms() +
		      (cli_option(c, "no-wait") == NULL ? WAIT_S * 1000 : 0);
	struct pool *pool = pool_new();

	for (;;) {
		pool_reset(pool);
		cli_db_ok(c, block_get(m, pool, id, b));
		if (b->state == NULL || is_answered(b) ||
		    clock_ticks_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	pool_free(pool);
	*b = (struct block_state){ 0 };
	cli_db_ok(c, block_get(m, c->pool, id, b));
}

static void
show_act(struct cli *c, int64_t id, const struct block_state *b)
{
	struct output *s = output_object(c);

	output_int(s, "id", id);
	output_text(s, "state", b->state != NULL ? b->state : "unblocked");
	output_time(s, "asked_at", b->asked_at);
	if (c->json)
		output_json(s, "error", b->error);
	output_end(s);
}

/* The provider's words. */
static const char *
words_act(struct cli *c, const struct block_state *b)
{
	const struct json *error =
	    b->error == NULL
		? NULL
		: json_parse(c->pool, b->error, strlen(b->error), NULL);
	const char *title = json_text(error, "title");
	const char *detail = json_text(error, "detail");

	return pool_printf(c->pool, "%s%s%s",
	    title != NULL ? title : "waspool-process has not asked yet",
	    detail != NULL ? ": " : "", detail != NULL ? detail : "");
}

static void
act(struct cli *c, int on)
{
	int64_t id = cli_number(c, c->args[0], "ID");
	struct session *m = begin_act(c);
	const char *why = NULL;
	struct block_state b = { 0 };

	switch (on ? block_begin(m, c->pool, id, c->now, &why)
		   : block_end(m, c->pool, id, c->now)) {
	case BLOCK_FAILED:
		cli_db_fail(session_error(m));
	case BLOCK_NOT_FOUND:
		no_conversation(id);
	case BLOCK_CLOSED:
	case BLOCK_CONFLICT:
		cli_fail(EX_DATAERR, "%s", why);
	case BLOCK_DONE:
	case BLOCK_ASKED:
		break;
	}
	commit_act(c, m);
	wait_act(c, m, id, &b);
	show_act(c, id, &b);
	if (is_answered(&b) && b.error != NULL)
		cli_fail(EX_UNAVAILABLE, "%s", words_act(c, &b));
	if (!is_answered(&b) && cli_option(c, "no-wait") == NULL)
		cli_fail(EX_TEMPFAIL, "still %s after %d s: %s", b.state,
		    WAIT_S, words_act(c, &b));
}

void
conversation_act_block(struct cli *c)
{
	act(c, 1);
}

void
conversation_act_unblock(struct cli *c)
{
	act(c, 0);
}

void
conversation_act_typing(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "ID");
	struct session *m = begin_act(c);
	const char *why = NULL;

	switch (submit_typing(m, id, c->now, &why)) {
	case SUBMIT_QUEUED:
		break;
	case SUBMIT_FAILED:
		cli_db_fail(session_error(m));
	case SUBMIT_NOT_FOUND:
		no_conversation(id);
	default:
		cli_fail(EX_DATAERR, "%s", why);
	}
	commit_act(c, m);
	print_done(c, "typing", id,
	    "The customer of conversation %lld sees that somebody types.",
	    (long long)id);
}
