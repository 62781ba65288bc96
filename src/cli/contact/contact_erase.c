/*
 * waspool contact erase: asks for the erasure of a person, and waits until the
 * processor has done it.
 */
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/contact/contact_erase.h"
#include "cli/output.h"
#include "cli/print.h"

#define LOOK_MS	 50
#define LIST_MAX 1000

const char *
contact_erase_who(struct cli *c, const char *who)
{
	const char *phone = phone_e164(c->pool, who, 0);

	if (phone != NULL)
		return phone;
	/* A user id, US.1349…: two letters of a country, a dot, and the
	 * provider's part. */
	if (strlen(who) > 3 && strchr(who, '.') == who + 2 &&
	    strchr(who, ' ') == NULL)
		return who;
	cli_usage(c,
	    "a person is a number with + and country code, or a user id, not "
	    "'%s'",
	    who);
}

static void
put_erase(struct cli *c, struct output *s, const struct erasure *e)
{
	(void)c;
	output_int(s, "id", e->id);
	output_text(s, "state", e->state);
	output_int(s, "messages", e->messages);
	output_int(s, "deliveries", e->deliveries);
	output_time(s, "asked_at", e->asked_at);
	output_time(s, "done_at", e->done_at);
}

/* Shows what would be erased. */
static void
preview(struct cli *c, const struct person *p)
{
	struct output *s = output_object(c);

	output_int(s, "conversations", p->n_conversations);
	output_int(s, "contacts", p->n_contacts);
	output_texts(s, "known_as", p->ids, (size_t)p->n_ids);
	output_end(s);
}

static void
wait_for(struct cli *c, int64_t id, struct erasure *e)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t end =
	    clock_ticks_ms() +
	    (cli_option(c, "no-wait") == NULL ? CONTACT_ERASE_WAIT * 1000 : 0);
	struct pool *pool = pool_new();
	const char *state = "";

	for (;;) {
		pool_reset(pool);
		cli_db_ok(c, erasure_get(c->inbox, pool, id, e));
		if (!text_is(state, e->state)) {
			state = pool_copy(c->pool, e->state);
			print_hint(c, "%s", state);
		}
		if (e->done_at != 0 || clock_ticks_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	pool_free(pool);
	cli_db_ok(c, erasure_get(c->inbox, c->pool, id, e));
}

void
contact_erase_person(struct cli *c)
{
	const char *who = contact_erase_who(c, c->args[0]);
	struct person *p = pool_alloc(c->pool, sizeof(*p));
	struct erasure e;
	struct output *s;
	int64_t workspace, id;
	int known;

	cli_db_inbox(c, DB_WRITE);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	known = cli_db_ok(c, person_find(c->inbox, c->pool, workspace, who, p));
	if (cli_option(c, "dry-run") != NULL) {
		preview(c, p);
		return;
	}
	if (!known && cli_option(c, "anyway") == NULL)
		cli_fail(EX_DATAERR,
		    "nobody is known as %s in workspace %" PRId64
		    "; --anyway looks through raw copies all the same",
		    who, workspace);
	cli_db_begin(c);
	cli_db_ok(c, erasure_ask(c->inbox, workspace, who, c->now, &id));
	cli_db_commit(c);
	cli_db_wake(c);
	wait_for(c, id, &e);
	s = output_object(c);
	put_erase(c, s, &e);
	output_end(s);
	if (e.done_at != 0)
		print_hint(c, "No byte is left here.  Backups keep theirs.");
	else if (cli_option(c, "no-wait") == NULL)
		cli_fail(EX_TEMPFAIL,
		    "%s after %d s, and it goes on: 'waspool contact erasures' "
		    "says when it is done%s",
		    e.state, CONTACT_ERASE_WAIT,
		    text_is(e.state, "waiting") ? ".  Does waspool-process run?"
						: "");
}

void
contact_erase_list(struct cli *c)
{
	int64_t workspace, max = cli_option_number(c, "limit", 50);
	struct erasure *e;
	struct output *s;
	int n;

	cli_db_inbox(c, DB_READ);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	if (max > LIST_MAX)
		max = LIST_MAX;
	s = output_list(c);
	cli_db_ok(
	    c, erasure_list(c->inbox, c->pool, workspace, 0, (int)max, &e, &n));
	for (int i = 0; i < n; i++) {
		output_row(s);
		put_erase(c, s, &e[i]);
	}
	output_end(s);
}
