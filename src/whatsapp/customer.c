/*
 * The ids of the customer of a message or a status: from the element itself,
 * and from the contacts[] beside it.  It only collects them; which conversation
 * they lead to is decided in inbox/customer, which has the database.
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/customer.h"
#include "whatsapp/event_list.h"

#define WAMID_TEXT 0x18 /* in a wamid: a length and so many bytes follow */

/* The provider's own maximum of updates: each message looks at all of them. */
#define CONTACTS_MAX   1000
#define NAME_BYTES_MAX 512 /* of what a customer calls himself */

/* The digits of a wa_id; NULL when S is something else, such as a user id. */
static const char *
account(struct event_list *s, const char *id)
{
	const char *digits = text_digits(s->pool, id);

	if (*digits == '\0' || id[strspn(id, "+0123456789 ()-")] != '\0')
		return NULL;
	return digits;
}

void
customer_add_id(struct event_list *s, struct customer *c, const char *id,
    const char *user_id)
{
	const char *wa_id = id == NULL ? NULL : account(s, id);

	if (wa_id != NULL)
		c->wa_id = wa_id;
	else if (id != NULL)
		c->user_id = id;
	if (user_id != NULL)
		c->user_id = user_id;
}

const char *
customer_name(struct pool *pool, const char *name)
{
	size_t len = NAME_BYTES_MAX;

	if (name == NULL || strlen(name) <= len)
		return name;
	while (len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	return pool_text(pool, name, len);
}

static void
read_contact(struct event_list *s, const struct json *contact)
{
	const struct json *profile = json_get(contact, "profile");
	struct event_list_contact *to = &s->contacts[s->n_contacts];
	struct customer c = { .wa_id = NULL };
	const char *name;

	if (json_type(contact) != JSON_OBJECT)
		return;
	customer_add_id(
	    s, &c, json_text(contact, "wa_id"), json_text(contact, "user_id"));
	to->wa_id = c.wa_id;
	to->user_id = c.user_id;
	to->parent_user_id = json_text(contact, "parent_user_id");
	to->profile_name = customer_name(s->pool, json_text(profile, "name"));
	name = customer_name(s->pool, json_text(profile, "username"));
	if (name != NULL)
		name += *name == '@';
	to->username = name == NULL || *name == '\0' ? NULL : name;
	s->n_contacts++;
}

static int
same(const char *a, const char *b)
{
	return a == b || text_is(a, b);
}

/* 1 when members KEY and KEY_USER of all objects are those of the first. */
static int
all_of_one(const struct json *list, const char *key, const char *key_user)
{
	const struct json *e, *first = NULL;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		if (json_type(e) != JSON_OBJECT)
			continue;
		if (first == NULL)
			first = e;
		if (!same(json_text(e, key), json_text(first, key)) ||
		    !same(json_text(e, key_user), json_text(first, key_user)))
			return 0;
	}
	return 1;
}

void
customer_read(struct event_list *s, const struct json *value)
{
	const struct json *list = json_get(value, "contacts"), *e;
	const struct json *messages = json_get(value, "messages");
	const struct json *echoes = json_get(value, "message_echoes");
	size_t n = json_count(list);

	s->contacts = NULL;
	s->n_contacts = 0;
	if (json_type(list) != JSON_ARRAY || n == 0)
		return;
	if (n > CONTACTS_MAX)
		n = CONTACTS_MAX;
	s->contacts = pool_alloc(s->pool, n * sizeof(*s->contacts));
	for (e = json_first(list); e != NULL && n > 0; e = json_next(e), n--)
		read_contact(s, e);
	s->one_customer = (messages == NULL || echoes == NULL) &&
			  all_of_one(messages, "from", "from_user_id") &&
			  all_of_one(echoes, "to", "to_user_id");
}

static const struct event_list_contact *
find_listed(struct event_list *s, const struct customer *c, int lone)
{
	const struct event_list_contact *k;
	size_t i;

	for (i = 0; i < s->n_contacts; i++) {
		k = &s->contacts[i];
		if (text_is(k->user_id, c->user_id) ||
		    text_is(k->wa_id, c->wa_id))
			return k;
	}
	if (!lone || !s->one_customer || s->n_contacts != 1)
		return NULL;
	/* Two different user ids: another person, or an older id of the same
	 * one. */
	k = s->contacts;
	return k->user_id != NULL && c->user_id != NULL ? NULL : k;
}

void
customer_join(struct event_list *s, struct customer *c, int lone)
{
	const struct event_list_contact *k = find_listed(s, c, lone);

	if (k == NULL)
		return;
	c->profile_name = k->profile_name;
	c->username = k->username;
	if (c->user_id == NULL)
		c->user_id = k->user_id;
	if (c->parent_user_id == NULL)
		c->parent_user_id = k->parent_user_id;
	if (c->wa_id == NULL)
		c->wa_id = k->wa_id;
}

int
customer_is_known(const struct customer *c)
{
	return c->wa_id != NULL || c->user_id != NULL || c->group_id != NULL;
}

const char *
customer_of_wamid(struct pool *pool, const char *wamid)
{
	size_t len = 0;
	const char *bytes;

	if (!text_begins(wamid, "wamid."))
		return NULL;
	wamid += strlen("wamid.");
	bytes = codec_unbase64(pool, wamid, strlen(wamid), &len);
	for (size_t i = 0; bytes != NULL && i + 1 < len; i++) {
		size_t n = (unsigned char)bytes[i + 1];

		if (bytes[i] != WAMID_TEXT || n < 7 || n > 15 ||
		    i + 2 + n > len)
			continue;
		for (size_t k = 0; k < n; k++)
			if (bytes[i + 2 + k] < '0' || bytes[i + 2 + k] > '9')
				n = 0;
		return n > 0 ? pool_text(pool, bytes + i + 2, n) : NULL;
	}
	return NULL;
}
