/*
 * /contact-fields: everybody reads them, admins write them; and the values that
 * are given for a contact.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_field_validate.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/contact_field_object.h"
#include "api/reply.h"
#include "api/resource/contact/contact_fields.h"

/* Without "limit" a page has all of them. */
int
contact_fields_list(struct action *a)
{
	struct contact_field fields[CONTACT_FIELDS_MAX];
	struct json_out *out = json_new(a->pool);
	const char *after, *next = NULL;
	int limit, n, from = 0, to;

	if (!input_limit(a, &limit) || !cursor_read(a, &after))
		return 0;
	n = contact_field_list(a->session, a->pool, fields);
	if (n == -1)
		return -1;
	while (
	    after != NULL && from < n && strcmp(fields[from].key, after) <= 0)
		from++;
	to = n - from > limit ? from + limit : n;
	reply_open_list(out);
	for (int i = from; i < to; i++)
		contact_field_object_put(out, &fields[i]);
	json_close(out);
	if (to < n)
		next = cursor_write(a, fields[to - 1].key);
	return reply_list(a, out, next);
}

static int
reply_field(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct contact_field field;
	int rc = contact_field_get(a->session, a->pool, id, &field);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	contact_field_object_put(out, &field);
	return reply_json(a, status, out);
}

int
contact_fields_get(struct action *a)
{
	return reply_field(a, 200, a->id);
}

/* The choices, which a field has when its type is choice. */
static void
read_choices(struct action *a, struct contact_field *field)
{
	const struct json *choices = json_get(a->body, "choices");
	const char *why = "is needed for a choice", *checked = NULL;

	if (!text_is(field->type, "choice")) {
		if (json_type(choices) != JSON_NONE &&
		    json_type(choices) != JSON_NULL)
			input_wrong(a, "choices", "is for a choice only");
		return;
	}
	if (json_type(choices) == JSON_NONE && field->choices != NULL)
		return;
	if (json_type(choices) != JSON_NONE)
		checked =
		    contact_field_validate_choices(a->pool, choices, &why);
	if (checked == NULL)
		input_wrong(a, "choices", why);
	else
		field->choices = checked;
}

int
contact_fields_create(struct action *a)
{
	struct contact_field field = { 0 }, other;
	const char *location;
	int64_t id = 0;
	int rc;

	input_checked(a, "key", contact_field_validate_key, &field.key);
	input_checked(a, "label", contact_field_validate_label, &field.label);
	input_checked(a, "type", contact_field_validate_type, &field.type);
	if (field.type != NULL)
		read_choices(a, &field);
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = contact_field_find(a->session, a->pool, field.key, &other);
	if (rc == 1)
		return reply_conflict(a, "There is a field with this key.",
		    "contact_field_id", other.id);
	if (rc == 0)
		rc = contact_field_add(a->session, &field, a->now, &id);
	if (rc == 0)
		return reply_problem(a, REPLY_CONFLICT,
		    "There are 50 fields already: delete some.");
	if (rc == -1)
		return -1;
	location = pool_printf(a->pool, "/api/v1/contact-fields/%" PRId64, id);
	reply_header(a, "Location", location);
	if (reply_field(a, 201, id) == -1)
		return -1;
	return idempotency_after(a, location);
}

int
contact_fields_change(struct action *a)
{
	struct contact_field field;
	int rc = contact_field_get(a->session, a->pool, a->id, &field);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	input_checked(a, "label", contact_field_validate_label, &field.label);
	read_choices(a, &field);
	if (a->wrong != NULL)
		return reply_wrong(a);
	return contact_field_change(a->session, &field, a->now) == -1
		   ? -1
		   : reply_field(a, 200, a->id);
}

int
contact_fields_delete(struct action *a)
{
	struct contact_field field;
	int rc = contact_field_get(a->session, a->pool, a->id, &field);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	a->wake = 1; /* a job may have to take the values */
	return contact_field_delete(a->session, a->id) == -1 ? -1
							     : reply_empty(a);
}

/* A value of the body into *V: 1; 0 it is wrong, and noted; -1. */
static int
read_value(struct action *a, const struct json *value, struct contact_value *v)
{
	const char *why = NULL, *key = json_key(value);
	struct contact_field field;
	int rc = contact_field_find(a->session, a->pool, key, &field);

	if (rc == -1)
		return -1;
	*v = (struct contact_value){ .field_id = rc == 1 ? field.id : 0 };
	if (rc == 1 && (json_type(value) == JSON_NULL ||
			   (json_type(value) == JSON_STRING &&
			       json_string(value) == NULL)))
		return 1;
	if (rc == 1)
		v->value =
		    contact_field_validate_json(a->pool, &field, value, &why);
	if (v->value == NULL)
		input_wrong(a, "fields",
		    rc == 1 ? pool_printf(a->pool, "%s %s", key, why)
			    : "has a key that is no field's");
	return v->value != NULL;
}

int
contact_fields_read(struct action *a, struct contact *c)
{
	const struct json *fields = json_get(a->body, "fields"), *value;
	struct contact_value *values;
	int rc = 1;

	c->values = NULL;
	c->n_values = 0;
	if (json_type(fields) == JSON_NONE)
		return 0;
	if (json_type(fields) != JSON_OBJECT ||
	    json_count(fields) > CONTACT_FIELDS_MAX) {
		input_wrong(a, "fields", "is no object of at most 50 fields");
		return 0;
	}
	values = pool_alloc(a->pool, sizeof(*values) * CONTACT_FIELDS_MAX);
	c->values = values;
	for (value = json_first(fields); value != NULL && rc == 1;
	     value = json_next(value)) {
		rc = read_value(a, value, &values[c->n_values]);
		c->n_values += rc == 1;
	}
	return rc == -1 ? -1 : 0;
}
