/*
 * Whose request it is, as JSON.
 */
#include <stddef.h>

#include "lib/json/json.h"

#include "session/member.h"

#include "api/object/member_object.h"

void
member_object_put(struct json_out *out, const struct member *who)
{
	json_open_object(out, "user");
	json_put_int(out, "id", who->user_id);
	json_put_text(out, "name", who->name);
	json_put_text(out, "email", who->email);
	json_close(out);
	json_put_text(out, "role", who->role);
	json_open_object(out, "workspace");
	json_put_int(out, "id", who->workspace_id);
	json_put_text(out, "name", who->workspace);
	json_close(out);
}
