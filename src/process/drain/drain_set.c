/*
 * Prepares the events of a transaction to be applied together: drain_set.h.
 * Knows what they ask for, and not what comes of it.
 */
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

/* Before B: plain messages come first, those of a number together. */
static int
order_of(const struct event *a, const struct event *b)
{
	int plain = is_plain_message(b) - is_plain_message(a);

	if (plain != 0 || !is_plain_message(a))
		return plain;
	if (a->phone_number_id == NULL || b->phone_number_id == NULL)
		return (a->phone_number_id != NULL) -
		       (b->phone_number_id != NULL);
	return strcmp(a->phone_number_id, b->phone_number_id);
}

/* By insertion: the order of those that are alike stays, and mostly all are. */
static void
sort_set(struct drain_set *s)
{
	for (int i = 1; i < s->n; i++)
		for (int k = i; k > 0 && order_of(s->one[k - 1].event,
					     s->one[k].event) > 0;
		     k--) {
			const struct event *ev = s->one[k].event;
			int item = s->one[k].item;

			s->one[k] = s->one[k - 1];
			s->one[k - 1].event = ev;
			s->one[k - 1].item = item;
		}
	for (s->n_plain = 0;
	     s->n_plain < s->n && is_plain_message(s->one[s->n_plain].event);)
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
