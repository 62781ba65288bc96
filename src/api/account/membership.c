/*
 * Who is in the workspace: roles, invitations.
 *
 * An owner may all; an admin what concerns agents only.  The last owner stays.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/account/invitation.h"
#include "inbox/account/invitation_link.h"
#include "inbox/account/member_role.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/workspace.h"

#include "api/account/membership.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"

/* 1 when who asks may do something with a member of ROLE; 0: 403 was
 * replied. */
static int
may_manage(struct action *a, const char *role)
{
	if (text_is(a->who.role, "owner") || text_is(role, "agent"))
		return 1;
	return reply_problem(
	    a, REPLY_FORBIDDEN, "An admin may do that with agents only.");
}

/* The role of member {id}, who may be managed: 1; 0 a problem was replied;
 * -1. */
static int
find_person(struct action *a, const char **role)
{
	int rc = member_role_get(a->session, a->pool, a->id, role);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	return may_manage(a, *role);
}

/* 1 unless {id} is the last owner; 0 409 was replied; -1. */
static int
may_lose_owner(struct action *a, const char *role)
{
	int rc = 1;

	if (text_is(role, "owner"))
		rc = member_role_has_other_owner(a->session, a->id);
	return rc != 0 ? rc
		       : reply_problem(a, REPLY_CONFLICT,
			     "This is the last owner: make somebody else one "
			     "first.");
}

/* Field "role": 1, 0 a problem was replied. */
static int
read_role(struct action *a, const char **role)
{
	if (input_text(a, "role", role) != INPUT_THERE)
		input_wrong(a, "role", "is missing");
	else if (!member_validate_role(*role))
		input_wrong(a, "role", "is not agent, admin or owner");
	return a->wrong == NULL || reply_wrong(a);
}

/* Keeps that the role of USER_ID, FROM, is to be TO (NULL: none).  0, -1. */
static int
note_role(struct action *a, const char *from, const char *to)
{
	const struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_MEMBER,
		.by = a->who.user_id,
		.at = a->now,
		.user_id = a->id,
		.from = from,
		.to = to };

	return workspace_audit_note(a->session, &entry);
}

static int
note_invitation(struct action *a, const struct invitation *i, const char *from,
    const char *to)
{
	const struct workspace_audit entry = { .kind =
						   WORKSPACE_AUDIT_INVITATION,
		.by = a->who.user_id,
		.at = a->now,
		.id = i->id,
		.email = i->email,
		.from = from,
		.to = to };

	return workspace_audit_note(a->session, &entry);
}

int
membership_change_role(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	const char *role = NULL, *before = NULL;
	int rc = read_role(a, &role) ? find_person(a, &before) : 0;

	if (rc == 1)
		rc = may_manage(a, role);
	if (rc == 1 && !text_is(role, before)) {
		rc = may_lose_owner(a, before);
		if (rc == 1 &&
		    (note_role(a, before, role) == -1 ||
			member_role_set(a->session, a->id, role) == -1))
			return -1;
	}
	if (rc != 1)
		return rc;
	json_open_object(out, NULL);
	json_put_int(out, "id", a->id);
	json_put_text(out, "role", role);
	json_close(out);
	return reply_json(a, 200, out);
}

int
membership_remove(struct action *a)
{
	const char *role = NULL;
	int rc = find_person(a, &role);

	if (rc == 1)
		rc = may_lose_owner(a, role);
	if (rc != 1)
		return rc;
	if (note_role(a, role, NULL) == -1 ||
	    session_remove_member(a->session, a->id, a->now) == -1)
		return -1;
	return reply_empty(a);
}

/* SECRET: its link is shown, once; NULL: not. */
static void
put_invitation(struct action *a, struct json_out *out,
    const struct invitation *i, const char *secret)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", i->id);
	json_put_text(out, "email", i->email);
	json_put_text(out, "name", i->name);
	json_put_text(out, "role", i->role);
	json_put_id(out, "invited_by", i->invited_by);
	json_put_time(out, "created_at", i->created_at);
	json_put_time(out, "expires_at", i->expires_at);
	if (secret != NULL)
		json_put_text(
		    out, "link", invitation_link(a->config, a->pool, secret));
	json_close(out);
}

int
membership_list_invitations(struct action *a)
{
	struct invitation page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	n = invitation_list(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_invitation(a, out, &page[i], NULL);
	json_close(out);
	return reply_list(a, out, p.next);
}

/* 1, 0 a problem was replied. */
static int
read_invitation(struct action *a, struct invitation *i)
{
	if (input_text(a, "email", &i->email) != INPUT_THERE)
		input_wrong(a, "email", "is missing");
	else if (!member_validate_email(i->email))
		input_wrong(a, "email", "is no e-mail address");
	input_name(a, "name", WORKSPACE_NAME_MAX, &i->name);
	return read_role(a, &i->role);
}

int
membership_invite(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct invitation i = { .invited_by = a->who.user_id,
		.created_at = a->now,
		.expires_at = a->now + INVITATION_LIFE };
	char *secret;

	if (!read_invitation(a, &i) || !may_manage(a, i.role))
		return 0;
	secret = invitation_add(a->session, a->pool, &i, a->now, &i.id);
	if (secret == NULL || i.id == 0 ||
	    note_invitation(a, &i, NULL, i.role) == -1)
		return -1;
	put_invitation(a, out, &i, secret);
	reply_header(a, "Location",
	    pool_printf(a->pool, "/api/v1/invitations/%" PRId64, i.id));
	return reply_json(a, 201, out);
}

int
membership_withdraw(struct action *a)
{
	struct invitation i;
	int rc = invitation_get(a->session, a->pool, a->id, &i);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!may_manage(a, i.role))
		return 0;
	if (note_invitation(a, &i, i.role, NULL) == -1 ||
	    invitation_delete(a->session, a->id) == -1)
		return -1;
	return reply_empty(a);
}
