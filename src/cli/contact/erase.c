/*
 * A person is erased: asks for it, and waits until the processor has done it.
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

#include "cli/cmd.h"
#include "cli/contact/erase.h"
#include "cli/say.h"
#include "cli/show.h"
#include "cli/store.h"

#define LOOK_MS	 50
#define LIST_MAX 1000

const char *
erase_who(struct cli *c, const char *who)
{
	const char *phone = phone_e164(c->pool, who, 0);

	if (phone != NULL)
		return phone;
	/* US.1349…: two letters of a country, and what the provider made. */
	if (strlen(who) > 3 && strchr(who, '.') == who + 2 &&
	    strchr(who, ' ') == NULL)
		return who;
	cli_usage(c,
	    "a person is a number with + and country code, or a user id, not "
	    "'%s'",
	    who);
}

static void
put(struct cli *c, struct show *s, const struct erasure *e)
{
	(void)c;
	show_int(s, "id", e->id);
	show_text(s, "state", e->state);
	show_int(s, "messages", e->messages);
	show_int(s, "deliveries", e->deliveries);
	show_time(s, "asked_at", e->asked_at);
	show_time(s, "done_at", e->done_at);
}

/* What would be erased. */
static void
preview(struct cli *c, const struct person *p)
{
	struct show *s = show_object(c);

	show_int(s, "conversations", p->n_conversations);
	show_int(s, "contacts", p->n_contacts);
	show_texts(s, "known_as", p->ids, (size_t)p->n_ids);
	show_end(s);
}

static void
wait_for(struct cli *c, int64_t id, struct erasure *e)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	int64_t end =
	    clock_ticks_ms() +
	    (cli_option(c, "no-wait") == NULL ? ERASE_WAIT * 1000 : 0);
	struct pool *pool = pool_new();
	const char *state = "";

	for (;;) {
		pool_reset(pool);
		store_ok(c, erasure_get(c->inbox, pool, id, e));
		if (!text_is(state, e->state)) {
			state = pool_copy(c->pool, e->state);
			say_hint(c, "%s", state);
		}
		if (e->done_at != 0 || clock_ticks_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	pool_free(pool);
	store_ok(c, erasure_get(c->inbox, c->pool, id, e));
}

void
erase_person(struct cli *c)
{
	const char *who = erase_who(c, c->args[0]);
	struct person *p = pool_get(c->pool, sizeof(*p));
	struct erasure e;
	struct show *s;
	int64_t workspace, id;
	int known;

	store_inbox(c, DB_WRITE);
	workspace = store_workspace(c, cli_option(c, "workspace"));
	known = store_ok(c, person_find(c->inbox, c->pool, workspace, who, p));
	if (cli_option(c, "dry-run") != NULL) {
		preview(c, p);
		return;
	}
	if (!known && cli_option(c, "anyway") == NULL)
		cli_fail(EX_DATAERR,
		    "nobody is known as %s in workspace %" PRId64
		    "; --anyway looks through raw copies all the same",
		    who, workspace);
	store_begin(c);
	store_ok(c, erasure_ask(c->inbox, workspace, who, c->now, &id));
	store_commit(c);
	store_wake(c);
	wait_for(c, id, &e);
	s = show_object(c);
	put(c, s, &e);
	show_end(s);
	if (e.done_at != 0)
		say_hint(c, "No byte is left here.  Backups keep theirs.");
	else if (cli_option(c, "no-wait") == NULL)
		cli_fail(EX_TEMPFAIL,
		    "%s after %d s, and it goes on: 'waspool contact erasures' "
		    "says when it is done%s",
		    e.state, ERASE_WAIT,
		    text_is(e.state, "waiting") ? ".  Does waspool-process run?"
						: "");
}

void
erase_list(struct cli *c)
{
	int64_t workspace, max = cli_option_number(c, "limit", 50);
	struct erasure *e;
	struct show *s;
	int n;

	store_inbox(c, DB_READ);
	workspace = store_workspace(c, cli_option(c, "workspace"));
	if (max > LIST_MAX)
		max = LIST_MAX;
	s = show_list(c);
	store_ok(
	    c, erasure_list(c->inbox, c->pool, workspace, 0, (int)max, &e, &n));
	for (int i = 0; i < n; i++) {
		show_row(s);
		put(c, s, &e[i]);
	}
	show_end(s);
}
