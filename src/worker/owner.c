/*
 * Whose an event is.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "door/db.h"

#include "whatsapp/event.h"

#include "inbox/intake.h"
#include "inbox/number.h"

#include "worker/apply.h"
#include "worker/owner.h"

/* PHONE_NUMBER_ID, made when there is a default workspace: 1, 0, -1. */
static int
of_number(const struct apply *a, const char *phone_number_id, int64_t now,
    struct number_key *number)
{
	int rc = number_find(a->db, phone_number_id, number);

	if (rc != 0 || a->default_workspace == 0)
		return rc;
	rc = number_add_found(
	    a->db, phone_number_id, a->default_workspace, now, number);
	if (rc == 1)
		log_info("number %s came by itself, into workspace %lld",
		    phone_number_id, (long long)a->default_workspace);
	return rc;
}

/* No number is named, the event concerns the whole account. */
static int
of_account(
    const struct apply *a, const char *waba_id, struct number_key *number)
{
	struct number_key one;
	int rc;

	*number = (struct number_key){ 0, 0 };
	rc = number_find_account(a->db, waba_id, &one);
	if (rc == -1)
		return -1;
	if (rc == 1)
		number->workspace_id = one.workspace_id;
	else if (a->default_workspace != 0)
		number->workspace_id = a->default_workspace;
	else
		return number_only_workspace(a->db, &number->workspace_id);
	return 1;
}

static char *
reason_of(const struct apply *a, struct pool *pool, const struct event *ev,
    const char *phone_number_id)
{
	if (a->default_workspace != 0)
		return pool_copy(
		    pool, "WHATSAPP_DEFAULT_WORKSPACE_ID names no workspace");
	if (phone_number_id != NULL)
		return intake_unregistered(pool, phone_number_id);
	if (ev->kind == EVENT_NOTICE)
		return pool_printf(pool, "account %s has no workspace",
		    ev->waba_id != NULL ? ev->waba_id : "(none)");
	return pool_copy(pool, "the delivery names no number, and"
			       " WHATSAPP_PHONE_NUMBER_ID is not set");
}

static int
same(const char *a, const char *b)
{
	return a == b || text_is(a, b);
}

/* The event before said the same of its number. */
static int
is_known(const struct owner_memo *m, const struct event *ev)
{
	return m != NULL && m->phone_number_id != NULL &&
	       same(m->phone_number_id, ev->phone_number_id) &&
	       same(m->waba_id, ev->waba_id) &&
	       same(m->display_phone_number, ev->display_phone_number);
}

static void
remember(struct owner_memo *m, const struct event *ev,
    const struct number_key *number)
{
	if (m != NULL)
		*m = (struct owner_memo){ ev->phone_number_id, ev->waba_id,
			ev->display_phone_number, *number };
}

int
owner_find(const struct apply *a, struct pool *pool, const struct event *ev,
    int64_t now, struct number_key *number, const char **reason)
{
	const char *id = ev->phone_number_id;
	int rc;

	if (is_known(a->memo, ev)) {
		*number = a->memo->number;
		return 1;
	}
	if (id == NULL && ev->kind != EVENT_NOTICE)
		id = a->phone_number_id; /* the old flat form */
	if (id != NULL)
		rc = of_number(a, id, now, number);
	else if (ev->kind == EVENT_NOTICE)
		rc = of_account(a, ev->waba_id, number);
	else
		rc = number_find_only(a->db, number);
	if (rc == 0)
		*reason = reason_of(a, pool, ev, id);
	if (rc != 1 || ev->phone_number_id == NULL)
		return rc;
	if (number_learn(
		a->db, number->id, ev->waba_id, ev->display_phone_number) == -1)
		return -1;
	remember(a->memo, ev, number);
	return 1;
}
