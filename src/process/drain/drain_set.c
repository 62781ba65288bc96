/*
 * Prepares the events of a transaction to be applied together: drain_set.h.
 * Knows what they ask for, and not what comes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"

#include "whatsapp/event.h"

#include "inbox/customer/customer_memo_pgsql.h"
#include "inbox/message/message_pgsql.h"

#include "process/drain/apply.h"
#include "process/drain/drain_set.h"
#include "process/drain/drain_workspaces.h"

int
drain_set_add(struct drain_set *s, const struct event *ev, int item)
{
	if (s->n == DRAIN_SET_MAX)
		return 0;
	s->one[s->n].event = ev;
	s->one[s->n++].item = item;
	return 1;
}

static int
is_plain_message(const struct event *ev)
{
	return ev->kind == EVENT_MESSAGE && ev->wamid != NULL &&
	       message_pgsql_is_plain(ev);
}

/* Plain messages come first, those of a number together; those that are alike
 * stay as they came. */
static int
order_of(const void *one, const void *other)
{
	const struct drain_set_one *a = one, *b = other;
	const char *number = a->event->phone_number_id;
	const char *its = b->event->phone_number_id;
	int rc = b->is_plain - a->is_plain;

	if (rc == 0 && a->is_plain)
		rc = number == NULL || its == NULL
			 ? (number != NULL) - (its != NULL)
			 : strcmp(number, its);
	return rc != 0 ? rc : a->place - b->place;
}

static void
sort_set(struct drain_set *s)
{
	for (int i = 0; i < s->n; i++) {
		s->one[i].place = i;
		s->one[i].is_plain = is_plain_message(s->one[i].event);
	}
	qsort(s->one, (size_t)s->n, sizeof(*s->one), order_of);
	for (s->n_plain = 0; s->n_plain < s->n && s->one[s->n_plain].is_plain;)
		s->n_plain++;
}

int
drain_set_prepare(struct drain_set *s, const struct apply *a, struct pool *pool,
    const struct drain_workspaces *w, int64_t now)
{
	struct customer_memo_pgsql *customers = customer_memo_pgsql_new(pool);

	sort_set(s);
	for (int i = 0; i < s->n_plain; i++) {
		const struct event *ev = s->one[i].event;
		const struct number_key *number =
		    drain_workspaces_number(w, ev->phone_number_id);
		struct customer said = ev->customer;

		if (number == NULL || number->moving)
			continue;
		said.portfolio = ev->waba_id;
		said.at = ev->at;
		message_pgsql_ask(a->messages, number, ev);
		customer_memo_pgsql_ask(customers, number, &said);
	}
	if (message_pgsql_look(a->db, a->messages) == -1)
		return -1;
	/* Who was erased does not come back. */
	return customer_memo_pgsql_fill(
	    a->db, customers, a->customers, !a->erased, now);
}
