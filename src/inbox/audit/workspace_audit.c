/*
 * The audit trail: what an entry says.  Others keep it
 * (workspace_audit_store.c, workspace_audit_member.c).
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "inbox/audit/workspace_audit.h"

const char *
workspace_audit_field(const struct workspace_audit *e)
{
	switch (e->kind) {
	case WORKSPACE_AUDIT_MEMBER:
		return "workspace_members";
	case WORKSPACE_AUDIT_INVITATION:
		return "workspace_invitations";
	default:
		return "workspace_tokens";
	}
}

const char *
workspace_audit_text(struct pool *pool, const struct workspace_audit *e)
{
	struct json_out *out = json_new(pool);

	json_open_object(out, NULL);
	json_put_time(out, "at", e->at);
	json_put_text(out, "by", e->by != 0 ? "member" : "operator");
	json_put_id(out, "user_id", e->by);
	json_open_object(out, "changed");
	if (e->id != 0)
		json_put_int(out, "id", e->id);
	if (e->user_id != 0)
		json_put_int(out, "user_id", e->user_id);
	if (e->email != NULL)
		json_put_text(out, "email", e->email);
	json_put_text(out, "from", e->from);
	json_put_text(out, "to", e->to);
	json_close(out);
	json_close(out);
	return json_end(out, NULL);
}
