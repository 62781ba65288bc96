/*
 * waspool endpoint: where a workspace's changes are posted to.  It writes what
 * is wanted; waspool-dispatch posts.
 */
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/webhook/endpoint.h"
#include "inbox/webhook/endpoint_events.h"
#include "inbox/webhook/endpoint_url.h"
#include "inbox/webhook/webhook_delivery.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct statements endpoint_member_statements = {
	.also = STATEMENTS(&endpoint_statements, &webhook_delivery_statements)
};

static struct session *
open_endpoints(struct cli *c)
{
	return cli_db_seal(c, &endpoint_member_statements);
}

static void
put_cmd_endpoint(struct output *s, const struct endpoint *e)
{
	output_int(s, "id", e->id);
	output_text(s, "url", e->url);
	output_text(s, "state", e->state);
	output_text(s, "reason", e->reason);
	output_int(s, "behind", e->last_seq - e->after_seq);
	output_int(s, "failures", e->failures);
	output_text(s, "error", e->error);
	output_time(s, "delivered_at", e->delivered_at);
	output_text(s, "events", e->events);
	output_text(s, "description", e->description);
}

static void
list_endpoints(struct cli *c)
{
	struct session *m = open_endpoints(c);
	struct endpoint page[ENDPOINT_MAX];
	struct output *s = output_list(c);
	int n = endpoint_list(m, c->pool, 0, page, ENDPOINT_MAX);

	cli_db_ok(c, n);
	for (int i = 0; i < n; i++) {
		output_row(s);
		put_cmd_endpoint(s, &page[i]);
	}
	output_end(s);
}

/* The program ends when there is none. */
static void
get_endpoint(struct cli *c, struct session *m, int64_t id, struct endpoint *e)
{
	if (cli_db_ok(c, endpoint_get(m, c->pool, id, e)) == 0)
		cli_fail(
		    EX_DATAERR, "there is no endpoint %lld", (long long)id);
}

/* The id of the first argument, of an endpoint that there is. */
static int64_t
find_endpoint(struct cli *c, struct session *m)
{
	int64_t id = cli_number(c, c->args[0], "an endpoint's id");
	struct endpoint e;

	get_endpoint(c, m, id, &e);
	return id;
}

/* SECRET: shown once; NULL: not. */
static void
show_endpoint(struct cli *c, struct session *m, int64_t id, const char *secret)
{
	struct output *s = output_object(c);
	struct endpoint e;

	get_endpoint(c, m, id, &e);
	put_cmd_endpoint(s, &e);
	output_int(s, "after_seq", e.after_seq);
	output_int(s, "last_seq", e.last_seq);
	output_time(s, "failing_since", e.failing_since);
	output_time(s, "next_attempt_at", e.due_at > c->now ? e.due_at : 0);
	output_time(s, "old_secret_until", e.old_secret_until);
	output_time(s, "created_at", e.created_at);
	if (secret != NULL)
		output_text(s, "secret", secret);
	output_end(s);
	if (secret != NULL)
		print_hint(c, "Keep the secret now: it is not shown again.");
}

static void
show_one(struct cli *c)
{
	struct session *m = open_endpoints(c);

	show_endpoint(
	    c, m, cli_number(c, c->args[0], "an endpoint's id"), NULL);
}

/* --events a,b: with blanks between. */
static const char *
read_types(struct cli *c)
{
	const char *s = cli_option(c, "events");
	struct buf b = { .pool = c->pool };

	if (s == NULL || text_is(s, ENDPOINT_EVENTS_ALL))
		return ENDPOINT_EVENTS_ALL;
	while (*s != '\0') {
		size_t len = strcspn(s, ",");
		const char *type = pool_text(c->pool, s, len);

		if (!text_among(type, endpoint_events_types))
			cli_usage(c, "--events: there is no type '%s'", type);
		if (!endpoint_events_want(buf_end(&b), type)) {
			buf_text(&b, b.len > 0 ? " " : "");
			buf_text(&b, type);
		}
		s += len + (s[len] == ',');
	}
	return buf_end(&b);
}

static void
add_endpoint(struct cli *c)
{
	const char *about = cli_option(c, "description");
	struct endpoint e = { .url = c->args[0], .events = read_types(c) };
	struct session *m = open_endpoints(c);
	struct endpoint_url url;
	const char *wrong =
	    endpoint_url_read(&url, e.url, &c->config.webhook_allow);
	char *secret;

	if (wrong != NULL)
		cli_usage(c, "URL %s", wrong);
	if (about != NULL)
		e.description =
		    text_fold(c->pool, about, ENDPOINT_DESCRIPTION_MAX);
	cli_db_begin_member(m);
	secret = endpoint_add(m, c->pool, &e, c->now, &e.id);
	cli_db_ok(c, secret == NULL ? -1 : 0);
	if (e.id == 0)
		cli_fail(EX_DATAERR, "the workspace has %d endpoints already",
		    ENDPOINT_MAX);
	cli_db_commit_member(m);
	show_endpoint(c, m, e.id, secret);
}

static void
set_endpoint_state(
    struct cli *c, int (*set)(struct session *, int64_t id, int64_t now))
{
	struct session *m = open_endpoints(c);
	int64_t id;

	cli_db_begin_member(m);
	id = find_endpoint(c, m);
	cli_db_ok(c, set(m, id, c->now));
	cli_db_commit_member(m);
	show_endpoint(c, m, id, NULL);
}

static void
pause_one(struct cli *c)
{
	set_endpoint_state(c, endpoint_pause);
}

static void
resume_one(struct cli *c)
{
	set_endpoint_state(c, endpoint_resume);
}

static void
renew_secret(struct cli *c)
{
	const char *span = cli_option(c, "overlap");
	struct session *m = open_endpoints(c);
	int64_t id, overlap = ENDPOINT_OVERLAP;
	char *secret;

	if (span != NULL && (clock_parse_span(span, &overlap) != 0 ||
				overlap > ENDPOINT_OVERLAP_MAX))
		cli_usage(c, "--overlap is a time such as 12h, 7d at most");
	cli_db_begin_member(m);
	id = find_endpoint(c, m);
	secret =
	    endpoint_renew_secret(m, c->pool, id, c->now + overlap, c->now);
	cli_db_ok(c, secret == NULL ? -1 : 0);
	cli_db_commit_member(m);
	show_endpoint(c, m, id, secret);
}

static void
replay_one(struct cli *c)
{
	int64_t id, after = 0;
	struct session *m = open_endpoints(c);

	if (strcmp(c->args[1], "0") != 0)
		after = cli_number(c, c->args[1], "a seq");
	cli_db_begin_member(m);
	id = find_endpoint(c, m);
	if (cli_db_ok(c, endpoint_replay(m, id, after)) == 0)
		cli_fail(EX_DATAERR,
		    "changes after %lld are not kept any more, or it never was "
		    "a seq",
		    (long long)after);
	cli_db_commit_member(m);
	show_endpoint(c, m, id, NULL);
}

static void
remove_one(struct cli *c)
{
	struct session *m = open_endpoints(c);
	int64_t id;

	cli_db_begin_member(m);
	id = find_endpoint(c, m);
	cli_db_ok(c, endpoint_delete(m, id));
	cli_db_commit_member(m);
	print_done(c, "removed", id,
	    "nothing is posted to endpoint %lld any more", (long long)id);
}

/* ------------------------------------------------------------ deliveries */

static void
put_cmd_delivery(struct output *s, const struct webhook_delivery *d)
{
	output_int(s, "id", d->id);
	output_int(s, "endpoint_id", d->endpoint_id);
	output_text(s, "type", d->type);
	output_int(s, "seq", d->seq);
	output_text(s, "state", d->state);
	output_int(s, "attempts", d->attempts);
	output_int(s, "status", d->status);
	output_text(s, "error", d->error);
	output_time(s, "tried_at", d->tried_at);
	output_time(
	    s, "next_attempt_at", text_is(d->state, "waiting") ? d->due_at : 0);
}

static void
list_deliveries(struct cli *c)
{
	struct session *m = open_endpoints(c);
	struct webhook_delivery page[CMD_PAGE];
	struct output *s = output_list(c);
	int64_t id = find_endpoint(c, m), before = INT64_MAX;
	int n;

	do {
		n = webhook_delivery_list(
		    m, c->pool, id, before, page, CMD_PAGE);
		cli_db_ok(c, n);
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_cmd_delivery(s, &page[i]);
			before = page[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

/* The program ends when there is none. */
static void
get_delivery(
    struct cli *c, struct session *m, int64_t id, struct webhook_delivery *d)
{
	if (cli_db_ok(c, webhook_delivery_get(m, c->pool, id, d)) == 0)
		cli_fail(
		    EX_DATAERR, "there is no delivery %lld", (long long)id);
}

static void
show_delivery(struct cli *c, struct session *m, int64_t id)
{
	struct output *s = output_object(c);
	struct webhook_delivery d;

	get_delivery(c, m, id, &d);
	put_cmd_delivery(s, &d);
	output_end(s);
}

/* Ends the program unless the endpoint takes part. */
static void
must_be_active(struct cli *c, struct session *m, int64_t id)
{
	struct endpoint e;

	get_endpoint(c, m, id, &e);
	if (!text_is(e.state, "active"))
		cli_fail(EX_DATAERR, "the endpoint is paused: resume it first");
}

static void
too_many_wait(void)
{
	cli_fail(EX_DATAERR, "too much waits for the endpoint already");
}

static void
test_one(struct cli *c)
{
	struct session *m = open_endpoints(c);
	int64_t endpoint_id = cli_number(c, c->args[0], "an endpoint's id");
	int64_t id;

	cli_db_begin_member(m);
	must_be_active(c, m, endpoint_id);
	cli_db_ok(c, webhook_delivery_add_test(m, endpoint_id, c->now, &id));
	if (id == 0)
		too_many_wait();
	cli_db_commit_member(m);
	show_delivery(c, m, id);
	print_hint(c,
	    "waspool-dispatch posts it now: waspool endpoint deliveries %lld",
	    (long long)endpoint_id);
}

static void
retry_one(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a delivery's id");
	struct session *m = open_endpoints(c);
	struct webhook_delivery d;

	cli_db_begin_member(m);
	get_delivery(c, m, id, &d);
	must_be_active(c, m, d.endpoint_id);
	cli_db_ok(c, webhook_delivery_again(m, id, c->now));
	get_delivery(c, m, id, &d);
	if (!text_is(d.state, "waiting"))
		too_many_wait();
	cli_db_commit_member(m);
	show_delivery(c, m, id);
}

#define OF_WORKSPACE                                                           \
	{                                                                      \
		"workspace", "ID",                                             \
		    "its workspace; not needed when there is only one"         \
	}

static const struct cli_option endpoint_options[] = { OF_WORKSPACE, { 0 } };

static const struct cli_option endpoint_options_add[] = {
	{ "events", "TYPE,…", "which changes; without it, all" },
	{ "description", "TEXT", "what it is for" },
	OF_WORKSPACE,
	{ 0 },
};

static const struct cli_option endpoint_options_secret[] = {
	{ "overlap", "SPAN", "so long the old one signs, too (24h)" },
	OF_WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_endpoint[] = {
	{ "add", "URL", 1, 1, "Has changes posted to an address",
	    "As docs/webhooks.md says, from now on. The secret, by which a\n"
	    "receiver knows that it was us, is shown once.",
	    "waspool endpoint add https://crm.example.com/waspool "
	    "--events message.created",
	    endpoint_options_add, add_endpoint },
	{ "list", "", 0, 0, "Lists the endpoints, and how that goes", NULL,
	    "waspool endpoint list", endpoint_options, list_endpoints },
	{ "show", "ID", 1, 1, "Shows one endpoint", NULL,
	    "waspool endpoint show 1", endpoint_options, show_one },
	{ "pause", "ID", 1, 1, "Posts nothing until it is resumed", NULL,
	    "waspool endpoint pause 1", endpoint_options, pause_one },
	{ "resume", "ID", 1, 1, "Goes on where it was, at once",
	    "Also when it was paused since it failed for three days, answered\n"
	    "410, or the inbox is a restored copy.",
	    "waspool endpoint resume 1", endpoint_options, resume_one },
	{ "secret", "ID", 1, 1, "Makes a new secret; for a while both sign",
	    NULL, "waspool endpoint secret 1 --overlap 7d",
	    endpoint_options_secret, renew_secret },
	{ "test", "ID", 1, 1, "Posts a test, once", NULL,
	    "waspool endpoint test 1", endpoint_options, test_one },
	{ "deliveries", "ID", 1, 1,
	    "Lists what was not taken at the first attempt, and tests", NULL,
	    "waspool endpoint deliveries 1", endpoint_options,
	    list_deliveries },
	{ "retry", "DELIVERY_ID", 1, 1, "Posts a delivery again at once", NULL,
	    "waspool endpoint retry 12", endpoint_options, retry_one },
	{ "replay", "ID AFTER", 2, 2,
	    "Posts all changes after a seq, perhaps once more", NULL,
	    "waspool endpoint replay 1 4711", endpoint_options, replay_one },
	{ "remove", "ID", 1, 1, "Posts nothing there any more", NULL,
	    "waspool endpoint remove 1", endpoint_options, remove_one },
	{ 0 },
};
