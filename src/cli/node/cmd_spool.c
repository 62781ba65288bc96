/*
 * waspool spool: shows deliveries as they were received; retry, replay and
 * discard of those that could not be applied.  It changes rows of the inbox
 * only; the spool is only read.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/delivery.h"

#include "spool/spool.h"

#include "inbox/node/delivery_discard.h"
#include "inbox/node/delivery_state.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/json_pretty.h"
#include "cli/output.h"
#include "cli/print.h"

#define LIST_MAX 10000

/* The cursor, and whether the spool is still the file that was read. */
struct cmd_spool_place {
	int64_t cursor;
	int fits;
};

/* The state of a delivery: waiting, applied, deferred, dead or discarded. */
static void
look_up(struct cli *c, const struct cmd_spool_place *place, int64_t id,
    struct delivery_held *h)
{
	memset(h, 0, sizeof(*h));
	if (place->fits && cli_db_ok(c, delivery_state_get(c->inbox, c->pool,
					    spool_node(c->spool), id, h)))
		return;
	if (!place->fits || id > place->cursor)
		h->state = "waiting";
	else if (cli_db_ok(c,
		     delivery_discard_has(c->inbox, spool_node(c->spool), id)))
		h->state = "discarded";
	else
		h->state = "applied";
}

static struct cmd_spool_place
find_place(struct cli *c)
{
	struct spool_delivery *none;
	const char *fingerprint;
	struct cmd_spool_place place;
	int n;

	cli_db_ok(c, delivery_state_place(c->inbox, c->pool,
			 spool_node(c->spool), &place.cursor, &fingerprint));
	place.fits = cli_db_ok(c, spool_follow(c->spool, c->pool, place.cursor,
				      fingerprint, 0, 0, &none, &n));
	return place;
}

#define MISFIT                                                                 \
	"this spool is not the file that was read last (an older copy was "    \
	"put back, or it was emptied or replaced): waspool-process applies "   \
	"all that is in it again when it runs"

/* For commands that show: warns of another spool. */
static struct cmd_spool_place
open_place(struct cli *c)
{
	struct cmd_spool_place place;

	cli_db_inbox(c, DB_READ);
	cli_db_spool(c);
	place = find_place(c);
	if (!place.fits)
		print_hint(c, "waspool: " MISFIT ".");
	return place;
}

/* For commands that change held deliveries: refuses another spool.  In the
 * transaction. */
static const char *
check_place(struct cli *c)
{
	if (!find_place(c).fits)
		cli_fail(EX_DATAERR, MISFIT "; nothing of it is held now");
	return spool_node(c->spool);
}

static void
put_spool(struct output *s, const struct spool_delivery *d,
    const struct delivery_held *h)
{
	output_int(s, "id", d->id);
	output_time(s, "received_at", d->received_at);
	output_int(s, "bytes", (int64_t)d->body_len);
	output_text(s, "credential", d->credential);
	output_text(s, "state", h->state);
	output_int(s, "attempts", h->attempts);
	output_time(s, "due_at", text_is(h->state, "deferred") ? h->due_at : 0);
	output_text(s, "number", h->phone_number_id);
	output_text(s, "reason", h->reason);
}

/* Lists held deliveries, which the inbox has; they are few. */
static void
list_held(struct cli *c, struct output *s, const char *state, int64_t max)
{
	const char *node = spool_node(c->spool);
	struct spool_delivery d;
	struct delivery_held *h;
	int64_t after = 0;
	int i, n;

	do {
		n = (int)(max < CMD_PAGE ? max : CMD_PAGE);
		cli_db_ok(c, delivery_state_list(c->inbox, c->pool, node, state,
				 after, n, &h, &n));
		for (i = 0; i < n; i++) {
			after = h[i].delivery_id;
			memset(&d, 0, sizeof(d));
			cli_db_ok(c, spool_get(c->spool, c->pool, after, &d));
			d.id = after;
			output_row(s);
			put_spool(s, &d, &h[i]);
		}
		max -= n;
	} while (n == CMD_PAGE && max > 0);
}

static void
list_any(struct cli *c, struct output *s, const struct cmd_spool_place *place,
    const char *state, int64_t max)
{
	int64_t before = cli_option_number(c, "before", 0);
	struct spool_delivery *d;
	struct delivery_held h;
	int i, n;

	do {
		cli_db_ok(
		    c, spool_list(c->spool, c->pool, before, CMD_PAGE, &d, &n));
		for (i = 0; i < n && max > 0; i++) {
			before = d[i].id;
			look_up(c, place, d[i].id, &h);
			if (state != NULL && !text_is(h.state, state))
				continue;
			output_row(s);
			put_spool(s, &d[i], &h);
			max--;
		}
	} while (n == CMD_PAGE && max > 0 && before > 1);
}

static void
list_spool(struct cli *c)
{
	const char *state = cli_option(c, "state");
	int64_t max = cli_option_number(c, "limit", 50);
	struct output *s = output_list(c);
	struct cmd_spool_place place = open_place(c);

	if (max > LIST_MAX)
		max = LIST_MAX;
	if (text_is(state, "deferred") || text_is(state, "dead"))
		list_held(c, s, state, place.fits ? max : 0);
	else if (state == NULL || text_is(state, "waiting") ||
		 text_is(state, "applied") || text_is(state, "discarded"))
		list_any(c, s, &place, state, max);
	else
		cli_usage(c,
		    "a state is waiting, applied, deferred, dead or "
		    "discarded, not '%s'",
		    state);
	output_end(s);
}

static void
get(struct cli *c, int64_t id, struct spool_delivery *d)
{
	if (!cli_db_ok(c, spool_get(cli_db_spool(c), c->pool, id, d)))
		cli_fail(EX_DATAERR,
		    "the spool has no delivery %lld (any "
		    "more)",
		    (long long)id);
}

static void
show_spool(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a delivery's id");
	struct spool_delivery d;
	const struct json *body;
	struct cmd_spool_place place;
	struct delivery_held h;
	struct output *s;
	const char *why;
	size_t plain_len;

	get(c, id, &d);
	plain_len = d.body_len;
	if (cli_option(c, "raw") != NULL) {
		fwrite(d.body, 1, d.body_len, stdout);
		print_check();
		return;
	}
	place = open_place(c);
	look_up(c, &place, id, &h);
	delivery_plain(
	    c->pool, (size_t)c->config.body_max, &d.body, &plain_len, &why);
	body = json_parse(c->pool, d.body, plain_len, NULL);
	s = output_object(c);
	put_spool(s, &d, &h);
	output_text(s, "remote", d.remote);
	if (d.body_len != d.received_len)
		output_text(s, "rewritten",
		    pool_printf(c->pool,
			"a person was erased from it; %zu bytes were received",
			d.received_len));
	if (c->json)
		output_json(s, "body", json_write(c->pool, body));
	output_end(s);
	if (!c->json)
		print_raw(pool_printf(c->pool, "\n%s",
		    body == NULL ? "not JSON: --raw shows the bytes"
				 : json_pretty(c->pool, body)));
}

static int64_t
retry_all(struct cli *c, const char *node)
{
	struct delivery_held *h;
	int64_t after = 0, done = 0;
	int i, n;

	do {
		cli_db_ok(c, delivery_state_list(c->inbox, c->pool, node, NULL,
				 after, CMD_PAGE, &h, &n));
		for (i = 0; i < n; i++) {
			after = h[i].delivery_id;
			done += cli_db_ok(c, delivery_state_retry(c->inbox,
						 node, after, c->now));
		}
	} while (n == CMD_PAGE);
	return done;
}

static void
retry(struct cli *c)
{
	int all = cli_option(c, "all") != NULL;
	int64_t id = 0, n;
	const char *node;

	if (all == (c->n_args == 1))
		cli_usage(c, "retry one delivery, or --all");
	if (!all)
		id = cli_number(c, c->args[0], "a delivery's id");
	cli_db_inbox(c, DB_WRITE);
	cli_db_spool(c);
	cli_db_begin(c);
	node = check_place(c);
	n = all ? retry_all(c, node)
		: cli_db_ok(
		      c, delivery_state_retry(c->inbox, node, id, c->now));
	if (!all && n == 0)
		cli_fail(
		    EX_DATAERR, "delivery %lld is not held", (long long)id);
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(c, "retried", n, "%lld due now", (long long)n);
}

static void
replay(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a delivery's id");
	struct spool_delivery d;
	const char *node;

	get(c, id, &d);
	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	node = check_place(c);
	if (!cli_db_ok(c, delivery_state_replay(c->inbox, node, id, c->now)))
		cli_fail(EX_DATAERR,
		    "delivery %lld waits to be applied for "
		    "the first time",
		    (long long)id);
	cli_db_ok(c, delivery_discard_undo(c->inbox, node, id));
	cli_db_commit(c);
	cli_db_wake(c);
	print_done(
	    c, "replayed", id, "delivery %lld is due now", (long long)id);
}

static void
discard(struct cli *c)
{
	int64_t id = cli_number(c, c->args[0], "a delivery's id");
	const char *node;

	cli_db_inbox(c, DB_WRITE);
	cli_db_spool(c);
	cli_db_begin(c);
	node = check_place(c);
	if (!cli_db_ok(c, delivery_discard_put(c->inbox, node, id, c->now)))
		cli_fail(
		    EX_DATAERR, "delivery %lld is not held", (long long)id);
	cli_db_commit(c);
	print_done(
	    c, "discarded", id, "delivery %lld is discarded", (long long)id);
}

static const struct cli_option list_options_spool[] = {
	{ "state", "STATE", "waiting, applied, deferred, dead or discarded" },
	{ "limit", "N", "at most so many (50, and not over 10000)" },
	{ "before", "ID", "only those with a smaller id" },
	{ 0 },
};

static const struct cli_option show_options[] = {
	{ "raw", NULL, "the bytes of the body as received, nothing else" },
	{ 0 },
};

static const struct cli_option retry_options[] = {
	{ "all", NULL, "all that are deferred or dead" },
	{ 0 },
};

const struct cli_verb cmd_spool[] = {
	{ "list", "", 0, 0, "Lists deliveries and their states, newest first",
	    "waiting: not applied yet.  applied: done.  deferred: will be "
	    "tried\nagain at due_at.  dead: waits for you (retry, discard).  "
	    "discarded:\ngiven up; replay applies it all the same.",
	    "waspool spool list --state dead", list_options_spool, list_spool },
	{ "show", "DELIVERY_ID", 1, 1, "Shows a delivery and its body",
	    "Bodies hold personal data: names, phone numbers, what "
	    "people\nwrote.  Nothing is masked here.",
	    "waspool spool show 41 --raw", show_options, show_spool },
	{ "retry", "[DELIVERY_ID]", 0, 1,
	    "Applies a deferred or dead delivery now", NULL,
	    "waspool spool retry --all", retry_options, retry },
	{ "replay", "DELIVERY_ID", 1, 1, "Applies a delivery again",
	    "Applying it twice doubles nothing.", "waspool spool replay 41",
	    NULL, replay },
	{ "discard", "DELIVERY_ID", 1, 1,
	    "Gives up a deferred or dead delivery",
	    "Its raw copy stays in the spool until its retention is over.",
	    "waspool spool discard 41", NULL, discard },
	{ "import", "FILE", 1, 1,
	    "Appends the deliveries of another spool's file",
	    "For a spool that was put aside, or of another machine.  They "
	    "are\napplied like new ones; what was applied before is not "
	    "doubled.",
	    "waspool spool import /var/lib/waspool/before-restore-…/spool.db",
	    NULL, cmd_spool_import },
	{ 0 },
};
