/*
 * /tokens and /sessions: what lets programs and people in.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/account/access_list.h"
#include "inbox/account/member_role.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/workspace/workspace.h"

#include "api/account/access.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"

#define EXPIRES_MAX INT64_C(315360000) /* ten years, in seconds */

/* TEXT: the token itself, shown once; NULL: not. */
static void
put_token(struct json_out *out, const struct access_row *t, const char *text)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", t->id);
	json_put_int(out, "user_id", t->user_id);
	json_put_text(out, "name", t->name);
	json_put_time(out, "created_at", t->created_at);
	json_put_time(out, "last_used_at", t->last_used_at);
	json_put_time(out, "expires_at", t->expires_at);
	json_put_time(out, "revoked_at", t->revoked_at);
	if (text != NULL)
		json_put_text(out, "token", text);
	json_close(out);
}

static void
put_session(
    const struct action *a, struct json_out *out, const struct access_row *s)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", s->id);
	json_put_bool(out, "current", s->id == a->who.token_id);
	json_put_text(out, "address", s->address);
	json_put_bool(out, "second_factor", s->factor_shown);
	json_put_time(out, "created_at", s->created_at);
	json_put_time(out, "last_used_at", s->last_used_at);
	json_put_time(out, "expires_at", s->expires_at);
	json_close(out);
}

static int
list_access(struct action *a, enum access_kind kind)
{
	struct access_row page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	n = access_list_read(
	    a->session, a->pool, kind, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		if (kind == ACCESS_TOKEN)
			put_token(out, &page[i], NULL);
		else
			put_session(a, out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

int
access_list_tokens(struct action *a)
{
	return list_access(a, ACCESS_TOKEN);
}

int
access_list_sessions(struct action *a)
{
	return list_access(a, ACCESS_SESSION);
}

/* The fields of a new token: 1; 0: a problem was replied; -1. */
static int
read_token_fields(struct action *a, struct access_row *t)
{
	const char *role;
	int64_t seconds = 0;
	int rc = 1;

	t->user_id = a->who.user_id;
	input_name(a, "name", WORKSPACE_NAME_MAX, &t->name);
	if (input_id(a, "expires_in", &seconds) == INPUT_THERE &&
	    (seconds < 1 || seconds > EXPIRES_MAX))
		input_wrong(a, "expires_in", "is not 1 to 315360000 seconds");
	if (input_id(a, "user_id", &t->user_id) == INPUT_THERE)
		rc = member_role_get(a->session, a->pool, t->user_id, &role);
	if (rc == 0)
		input_wrong(a, "user_id", "is no member");
	t->created_at = a->now;
	t->expires_at = seconds > 0 ? a->now + seconds : 0;
	return rc == -1 ? -1 : a->wrong == NULL || reply_wrong(a);
}

static int
note_token(struct action *a, const struct access_row *t, const char *from,
    const char *to)
{
	const struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_TOKEN,
		.by = a->who.user_id,
		.at = a->now,
		.id = t->id,
		.user_id = t->user_id,
		.from = from,
		.to = to };

	return workspace_audit_note(a->session, &entry);
}

int
access_create_token(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct access_row t = { 0 };
	int rc = read_token_fields(a, &t);
	char *text;

	if (rc != 1)
		return rc;
	text = access_list_add(a->session, a->pool, &t, &t.id);
	if (text == NULL || t.id == 0 || note_token(a, &t, NULL, "valid") == -1)
		return -1;
	put_token(out, &t, text);
	reply_header(a, "Location",
	    pool_printf(a->pool, "/api/v1/tokens/%" PRId64, t.id));
	return reply_json(a, 201, out);
}

static int
end_access(struct action *a, enum access_kind kind)
{
	struct access_row row;
	int rc = access_list_get(a->session, a->pool, kind, a->id, &row);

	if (rc == 1 && kind == ACCESS_TOKEN && row.revoked_at == 0 &&
	    note_token(a, &row, "valid", "revoked") == -1)
		return -1;
	if (rc == 1 && access_list_end(a->session, kind, a->id, a->now) == -1)
		return -1;
	return rc == 1 ? reply_empty(a) : rc == 0 ? reply_not_found(a) : -1;
}

int
access_revoke_token(struct action *a)
{
	return end_access(a, ACCESS_TOKEN);
}

int
access_end_session(struct action *a)
{
	return end_access(a, ACCESS_SESSION);
}
