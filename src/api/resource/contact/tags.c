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
#include "api/object/contact_object.h"
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
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		contact_object_put_tag(out, &tags[i]);
	json_close(out);
	return reply_list(a, out, cursor);
}

int
tags_get(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct contact_tag tag;
	int rc = contact_tag_get(a->session, a->pool, a->id, &tag);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	contact_object_put_tag(out, &tag);
	return reply_json(a, 200, out);
}

int
tags_rename(struct action *a)
{
	const char *name = NULL, *why = NULL;
	struct contact_tag tag;
	int64_t other = 0;
	int rc = contact_tag_get(a->session, a->pool, a->id, &tag);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	input_name(a, "name", CONTACT_TAG_MAX + 1, &name);
	if (a->wrong == NULL &&
	    (name = contact_validate_tag(a->pool, name, &why)) == NULL)
		input_wrong(a, "name", why);
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = contact_tag_id(a->session, name, &other);
	if (rc == 1 && other != a->id)
		return reply_conflict(
		    a, "There is a tag of that name.", "tag_id", other);
	if (rc == -1 || contact_tag_rename(a->session, a->id, name) == -1)
		return -1;
	a->wake = 1; /* for the job, where many have it */
	return tags_get(a);
}

int
tags_remove(struct action *a)
{
	struct contact_tag tag;
	int rc = contact_tag_get(a->session, a->pool, a->id, &tag);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (contact_tag_remove(a->session, a->id) == -1)
		return -1;
	a->wake = 1; /* as above */
	return reply_empty(a);
}
