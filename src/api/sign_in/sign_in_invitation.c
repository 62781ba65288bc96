/*
 * POST /session/invitation: a link lets somebody choose a password, once.
 *
 * What it may do depends on who is behind its address by now.  A workspace must
 * not take over a user of another one by inviting their address; nor may
 * whoever made an account for an address that is not theirs come into the
 * workspaces that invite its owner later.  So an owner's link sets a password
 * only for somebody new, or for a user of that workspace alone; who is there
 * otherwise joins with the password they have.  The operator's link always sets
 * one.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/password/password.h"
#include "lib/sql/db.h"

#include "inbox/account/invitation.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "api/cookie.h"
#include "api/input.h"
#include "api/origin.h"
#include "api/reply.h"
#include "api/sign_in/sign_in.h"

enum effect {
	VOID,	/* it was used, or has expired */
	NEW,	/* makes a user */
	RESET,	/* sets the password of a user */
	JOIN,	/* a user, who has to prove it, becomes a member */
	LOCKED, /* … and has no password: only the operator can help */
	NOT_HIS /* an admin's, for who is more than an agent */
};

/* With the lock: what SECRET's link does.  0, -1. */
static int
judge_invitation(struct sign_in *s, const char *secret, struct invitation *i,
    enum effect *effect)
{
	struct db *db = s->service->db;
	const struct account_membership *m;
	int rc = invitation_find(db, s->a.pool, secret, s->a.now, i);

	*effect = VOID;
	if (rc != 1)
		return rc;
	rc = account_find(db, s->a.pool, i->email, &s->account);
	if (rc == -1 || (rc == 1 && sign_in_read_memberships(s) == -1))
		return -1;
	m = s->memberships;
	if (rc == 0)
		*effect = i->workspace_id == 0 ? VOID : NEW;
	else if (i->workspace_id == 0)
		*effect = RESET;
	else if (s->n_memberships != 1 || m->workspace_id != i->workspace_id)
		*effect = s->account.hash == NULL ? LOCKED : JOIN;
	else if (member_validate_rank(i->role) < member_validate_rank(m->role))
		*effect = NOT_HIS;
	else
		*effect = RESET;
	return 0;
}

/* 1, or 0 when a problem was replied. */
static int
may_use(struct sign_in *s, enum effect effect)
{
	switch (effect) {
	case VOID:
		return reply_problem(&s->a, REPLY_NOT_FOUND,
		    "This link was used already, or has expired: ask for "
		    "another one.");
	case LOCKED:
		return reply_problem(&s->a, REPLY_CONFLICT,
		    "There is a user with this address already: ask whoever "
		    "runs the server for a link.");
	case NOT_HIS:
		return reply_problem(&s->a, REPLY_FORBIDDEN,
		    "An admin's link is for agents: ask an owner.");
	default:
		return 1;
	}
}

/* The password is the new one, or that of who joins; *HASH of the new one. */
static int
check_use(struct sign_in *s, enum effect effect, const char *password,
    const char *code, char **hash)
{
	const char *why = effect == JOIN ? NULL : password_refused(password);

	if (why != NULL) {
		input_wrong(&s->a, "password", why);
		return reply_wrong(&s->a);
	}
	if (!sign_in_take_try(
		s, s->account.email != NULL ? s->account.email : ""))
		return 0;
	if (effect == JOIN)
		return sign_in_check(s, password, code, 1);
	if (s->account.factor_on && code == NULL)
		return reply_problem(&s->a, REPLY_CODE_NEEDED,
		    "A code of the second factor is needed, too.");
	if (s->account.factor_on && !sign_in_check_code(s, code))
		return 0;
	*hash = sign_in_hash(s, password);
	return *hash != NULL;
}

/* Keeps that somebody let himself in: 0, -1. */
static int
note_use(struct sign_in *s, const struct invitation *i, int joins)
{
	struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_INVITATION,
		.workspace_id = i->workspace_id,
		.by = s->account.user_id,
		.at = s->a.now,
		.id = i->id,
		.email = i->email,
		.from = i->role };

	if (workspace_audit_put(s->service->db, &entry) == -1)
		return -1;
	entry = (struct workspace_audit){ .kind = WORKSPACE_AUDIT_MEMBER,
		.workspace_id = i->workspace_id,
		.by = s->account.user_id,
		.at = s->a.now,
		.user_id = s->account.user_id,
		.to = i->role };
	return joins ? workspace_audit_put(s->service->db, &entry) : 0;
}

/* In the transaction.  0, -1. */
static int
take_effect(struct sign_in *s, const struct invitation *i, enum effect effect,
    const char *hash)
{
	struct db *db = s->service->db;
	int64_t *id = &s->account.user_id;

	if (effect == NEW) {
		s->account.email = i->email;
		s->account.name = i->name;
		if (user_add(db, i->email, i->name, s->a.now, id) != 1)
			return -1;
	}
	if (effect != JOIN &&
	    (account_put_password(db, *id, hash, s->a.now) == -1 ||
		login_end_others(db, *id, 0) == -1))
		return -1;
	s->login.workspace_id = i->workspace_id;
	if (sign_in_read_memberships(s) == -1 ||
	    (i->workspace_id != 0 && note_use(s, i, s->here == NULL) == -1) ||
	    (i->workspace_id != 0 && s->here == NULL &&
		workspace_put_member(
		    db, i->workspace_id, *id, i->role, s->a.now) == -1))
		return -1;
	return invitation_use_up(db, i->id);
}

/* With the lock: all is looked at again, for others may have been faster. */
static int
use_invitation(
    struct sign_in *s, const char *secret, enum effect before, const char *hash)
{
	struct account was = s->account;
	struct invitation i;
	enum effect effect;
	int64_t workspace_id;
	int rc;

	if (judge_invitation(s, secret, &i, &effect) == -1)
		return -1;
	if (effect != before || was.user_id != s->account.user_id ||
	    (effect == JOIN && !text_is(was.hash, s->account.hash)))
		return reply_problem(&s->a, REPLY_CONFLICT,
		    "Somebody else used this link at this moment.");
	rc = sign_in_use_step(s);
	if (rc != 1)
		return rc;
	if (take_effect(s, &i, effect, hash) == -1)
		return -1;
	workspace_id = i.workspace_id;
	if (workspace_id == 0 && s->n_memberships > 0)
		workspace_id = s->memberships[0].workspace_id;
	if (workspace_id != 0)
		return sign_in_begin_session(s, workspace_id);
	return db_commit(s->service->db) == -1 ? -1 : reply_empty(&s->a);
}

/* 1, or 0 when a problem was replied. */
static int
read_invitation_fields(struct action *a, const char **secret,
    const char **password, const char **code)
{
	if (origin_of(a->request) == ORIGIN_OTHER)
		return reply_problem(a, REPLY_FORBIDDEN,
		    "Only a page of this site may do that.");
	if (!cookie_may(a->request, a->config))
		return reply_problem(
		    a, REPLY_FORBIDDEN, "Signing in wants TLS: https://");
	if (input_text(a, "invitation", secret) != INPUT_THERE)
		input_wrong(a, "invitation", "is missing");
	sign_in_password_field(a, "password", password);
	sign_in_code_field(a, code);
	return a->wrong == NULL || reply_wrong(a);
}

int
sign_in_invitation(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	const char *secret = NULL, *password = NULL, *code = NULL;
	struct invitation i;
	enum effect effect;
	char *hash = NULL;
	int rc;

	if (!read_invitation_fields(a, &secret, &password, &code))
		return 0;
	sign_in_lock(s);
	rc = judge_invitation(s, secret, &i, &effect);
	sign_in_unlock(s);
	if (rc == -1)
		return -1;
	if (!may_use(s, effect) || !check_use(s, effect, password, code, &hash))
		return 0;
	sign_in_lock(s);
	rc = db_begin(s->service->db) == -1
		 ? -1
		 : use_invitation(s, secret, effect, hash);
	db_rollback(s->service->db);
	sign_in_unlock(s);
	return rc;
}
