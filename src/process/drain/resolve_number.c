/*
 * Finds the number, and so the workspace, of an event.
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "whatsapp/event.h"

#include "inbox/node/delivery_state.h"
#include "inbox/workspace/number.h"

#include "process/drain/resolve_number.h"

/* The prefix of a credential of one number or account
 * (cgi-bin/credential.h). */
#define CREDENTIAL_OF "token-of-"

static const char *
said_owner(const char *s)
{
	return s != NULL ? s : "(none)";
}

/* May this unregistered number be added to the default workspace?  1, 0, -1. */
static int
may_come(const struct resolve_number *r, const char *phone_number_id)
{
	int64_t only;

	if (r->default_workspace == 0)
		return 0;
	if (text_is(phone_number_id, r->phone_number_id))
		return 1;
	return number_only_workspace(r->db, &only);
}

/* Finds the number, or adds it when it may be added: 1, 0, -1. */
static int
of_number(const struct resolve_number *r, const char *phone_number_id,
    int64_t now, struct number_key *number)
{
	int rc = number_find(r->db, phone_number_id, number);

	if (rc == 0 && (rc = may_come(r, phone_number_id)) == 1) {
		rc = number_add_found(
		    r->db, phone_number_id, r->default_workspace, now, number);
		if (rc == 1)
			log_info("number %s is new and not registered: it was "
				 "added to the default workspace, %lld",
			    phone_number_id, (long long)r->default_workspace);
	}
	return rc;
}

/* The workspace of an event for the whole account: that of the token's number,
 * else of a number of the account. */
static int
of_account(const struct resolve_number *r, const char *scope,
    const char *waba_id, struct number_key *number)
{
	struct number_key one = { 0 };
	int rc = scope != NULL ? number_find(r->db, scope, &one) : 0;

	if (rc == 0)
		rc = number_find_account(r->db, waba_id, &one);

	number->workspace_id = one.workspace_id;
	if (rc != 0)
		return rc;
	if (waba_id == NULL && r->default_workspace != 0) {
		number->workspace_id = r->default_workspace;
		return 1;
	}
	return number_only_workspace(r->db, &number->workspace_id);
}

/* Says in *WHY why the event cannot be applied now: 0, or -1. */
static int
explain(const struct resolve_number *r, struct pool *pool,
    const struct event *ev, const char *phone_number_id,
    const struct number_key *number, struct delivery_state_hindrance *why)
{
	int came = 0;

	if (phone_number_id != NULL) {
		why->waits_for = delivery_state_number(pool, phone_number_id);
		if (!number->moving)
			came = may_come(r, phone_number_id);
		why->reason =
		    came == 1
			? "WHATSAPP_DEFAULT_WORKSPACE_ID names no workspace"
			: pool_printf(pool, "number %s is %s", phone_number_id,
			      number->moving ? "being moved to another "
					       "workspace, or removed"
					     : "not registered");
	} else if (ev->kind == EVENT_NOTICE && ev->waba_id != NULL) {
		why->waits_for = delivery_state_account(pool, ev->waba_id);
		why->reason = pool_printf(
		    pool, "account %s has no workspace", ev->waba_id);
	} else
		why->reason = ev->kind == EVENT_NOTICE
				  ? "account (none) has no workspace"
				  : "the delivery names no number, and"
				    " WHATSAPP_PHONE_NUMBER_ID is not set";
	return came == -1 ? -1 : 0;
}

/* The number or account that the delivery's token is for; NULL: for all.  The
 * credential is "token-of-NAME", perhaps followed by " secret-1". */
static const char *
scope_of(const struct resolve_number *r, struct pool *pool)
{
	const char *s = r->credential;

	if (s == NULL || !text_begins(s, CREDENTIAL_OF))
		return NULL;
	s += strlen(CREDENTIAL_OF);
	return pool_text(pool, s, strcspn(s, " "));
}

/* May a token for SCOPE deliver an event for number ID, or, without ID, for an
 * account?  SCOPE may be a number or an account.  1, 0, -1. */
static int
may_speak(const struct resolve_number *r, struct pool *pool, const char *scope,
    const struct event *ev, const char *id,
    struct delivery_state_hindrance *why)
{
	struct number_key own;
	int rc;

	if (scope == NULL || text_is(scope, id != NULL ? id : ev->waba_id))
		return 1;
	rc = id != NULL ? number_is_of_account(r->db, id, scope)
			: number_find(r->db, scope, &own);
	if (rc == 0)
		why->reason = pool_printf(pool,
		    CREDENTIAL_OF "%s may not deliver for %s %s", scope,
		    id != NULL ? "number" : "account",
		    id != NULL ? id : said_owner(ev->waba_id));
	return rc;
}

static int
same(const char *a, const char *b)
{
	return a == b || text_is(a, b);
}

/* 1 when the cache has the number: the event before named the same. */
static int
is_known(const struct resolve_number *r, const struct event *ev)
{
	const struct resolve_number_memo *m = r->memo;

	return m != NULL && m->phone_number_id != NULL &&
	       same(m->phone_number_id, ev->phone_number_id) &&
	       same(m->waba_id, ev->waba_id) &&
	       same(m->display_phone_number, ev->display_phone_number) &&
	       same(m->credential, r->credential);
}

static void
remember(const struct resolve_number *r, const struct event *ev,
    const struct number_key *number)
{
	if (r->memo != NULL)
		*r->memo = (struct resolve_number_memo){ ev->phone_number_id,
			ev->waba_id, ev->display_phone_number, r->credential,
			*number };
}

/* Stores what the event says of the number.  When its account is new,
 * deliveries that wait for the account become due.  A token of one number
 * may not say which account that is. */
static int
learn(const struct resolve_number *r, struct pool *pool, const char *scope,
    const struct event *ev, const struct number_key *number, int64_t now)
{
	const char *waba_id = scope == NULL ? ev->waba_id : NULL;
	int rc =
	    number_learn(r->db, number->id, waba_id, ev->display_phone_number);

	if (rc != 1 || waba_id == NULL)
		return rc;
	return delivery_state_arrived(
	    r->db, delivery_state_account(pool, waba_id), now);
}

int
resolve_number_find(const struct resolve_number *r, struct pool *pool,
    const struct event *ev, int64_t now, struct number_key *number,
    struct delivery_state_hindrance *why)
{
	const char *id = ev->phone_number_id, *scope;
	int rc;

	if (is_known(r, ev)) {
		*number = r->memo->number;
		return 1;
	}
	*number = (struct number_key){ 0 };
	scope = scope_of(r, pool);
	if (id == NULL && ev->kind != EVENT_NOTICE)
		id = scope != NULL ? scope : r->phone_number_id; /* flat */
	why->phone_number_id = id;
	rc = may_speak(r, pool, scope, ev, id, why);
	if (rc != 1)
		return rc;
	if (id != NULL)
		rc = of_number(r, id, now, number);
	else if (ev->kind == EVENT_NOTICE)
		rc = of_account(r, scope, ev->waba_id, number);
	else
		rc = number_find_only(r->db, number);
	if (rc == 1 && number->moving)
		rc = 0;
	if (rc == 0)
		return explain(r, pool, ev, id, number, why);
	if (rc != 1 || ev->phone_number_id == NULL)
		return rc;
	if (learn(r, pool, scope, ev, number, now) == -1)
		return -1;
	remember(r, ev, number);
	return 1;
}
