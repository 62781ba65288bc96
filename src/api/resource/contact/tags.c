/*
 * /tags, and the tags of a contact.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/contact/contacts.h"
#include "api/resource/contact/tags.h"

typedef int change(struct session *, int64_t, const char *, int64_t);

/* Changes the tags of the contact, and answers it. */
static int
change_contact(struct action *a, change *tag_or_untag, int adds)
{
	struct contact c;
	const char *why = NULL, *name;
	int rc = contact_get(a->session, a->pool, a->id, &c);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	name = contact_validate_tag(a->pool, a->name, &why);
	if (name == NULL)
		input_wrong(a, "name", why);
	if (adds && c.n_tags >= CONTACT_TAGS_MAX)
		input_wrong(a, "name", "is one tag more than 50");
	if (a->wrong != NULL)
		return reply_wrong(a);
	if (tag_or_untag(a->session, a->id, name, a->now) == -1 ||
	    contact_get(a->session, a->pool, a->id, &c) != 1)
		return -1;
	return contacts_reply(a, 200, &c);
}

int
tags_put(struct action *a)
{
	return change_contact(a, contact_tag, 1);
}

int
tags_delete(struct action *a)
{
	return change_contact(a, contact_untag, 0);
}

int
tags_list(struct action *a)
{
	struct contact_tag tags[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	const char *after, *cursor = NULL;
	int limit, n;

	if (!input_limit(a, &limit) || !cursor_read(a, &after))
		return 0;
	n = contact_tags(
	    a->session, a->pool, after != NULL ? after : "", tags, limit + 1);
	if (n == -1)
		return -1;
	if (n > limit) {
		n = limit;
		cursor = cursor_write(a, tags[n - 1].name);
	}
	json_open_object(out, NULL);
	json_open_array(out, "data");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_text(out, "name", tags[i].name);
		json_put_int(out, "contacts", tags[i].contacts);
		json_close(out);
	}
	json_close(out);
	return reply_list(a, out, cursor);
}
