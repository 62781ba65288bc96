/*
 * Reads messages of type text, location, contacts and reaction.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define BODY_MAX     4096
#define PLACE_MAX    1000 /* ours: the provider names no limit */
#define CONTACTS_MAX 257
#define EMOJI_MAX    32 /* code points of the longest sequences */

void
compose_text(struct compose_part *c)
{
	const struct json *o = compose_get_object(c, c->body, "", "text");
	const char *body;
	int preview;

	if (o == NULL)
		return;
	c->shown = o;
	compose_only(c, o, "text", "body preview_url");
	body = compose_get_text(c, o, "text", "body", BODY_MAX, 1);
	preview = compose_get_bool(c, o, "text", "preview_url");
	json_put_text(c->out, "body", body);
	if (preview != -1)
		json_put_bool(c->out, "preview_url", preview);
}

/* A number of degrees, MAX at most on either side of 0. */
static void
degrees(
    struct compose_part *c, const struct json *o, const char *key, double max)
{
	const struct json *m = json_get(o, key);
	double d = m == NULL || json_type(m) != JSON_NUMBER
		       ? max + 1
		       : strtod(json_string(m), NULL);

	if (d >= -max && d <= max)
		json_put(c->out, key, m);
	else
		compose_note(c, compose_path(c, "location", key),
		    "must be a number from %.0f to %.0f", -max, max);
}

void
compose_location(struct compose_part *c)
{
	static const char *const words[] = { "name", "address" };
	const struct json *o = compose_get_object(c, c->body, "", "location");

	if (o == NULL)
		return;
	compose_only(c, o, "location", "latitude longitude name address");
	degrees(c, o, "latitude", 90);
	degrees(c, o, "longitude", 180);
	for (int i = 0; i < 2; i++) {
		const char *s =
		    compose_get_text(c, o, "location", words[i], PLACE_MAX, 0);

		if (s != NULL)
			json_put_text(c->out, words[i], s);
	}
}

/* What a card lists, and what says it: the first, or else the other. */
static const struct card_list {
	const char *list, *key, * or ;
} card_lists[] = {
	{ "phones", "phone", "wa_id" },
	{ "emails", "email", NULL },
	{ "urls", "url", NULL },
	{ "addresses", NULL, NULL },
};

static void
check_card_list(struct compose_part *c, const struct json *card,
    const char *path, const struct card_list *l)
{
	const struct json *e =
	    json_first(compose_get_list(c, card, path, l->list, 100, 0));
	int n = 0;

	for (; e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s.%s[%d]", path, l->list, n++);
		int other = l->or != NULL && json_text(e, l->key) == NULL &&
				      json_get(e, l->or) != NULL;

		if (json_count(e) == 0)
			compose_note(c, at, "is empty");
		else if (l->key != NULL)
			compose_get_text(
			    c, e, at, other ? l->or : l->key, PLACE_MAX, 1);
	}
}

static void
check_card(struct compose_part *c, const struct json *card, const char *path)
{
	const struct json *name = compose_get_object(c, card, path, "name");
	const struct json *org = json_get(card, "org");

	compose_only(
	    c, card, path, "name phones emails addresses urls org birthday");
	if (name != NULL)
		compose_get_text(c, name, compose_path(c, path, "name"),
		    "formatted_name", PLACE_MAX, 1);
	for (size_t i = 0; i < sizeof(card_lists) / sizeof(*card_lists); i++)
		check_card_list(c, card, path, &card_lists[i]);
	if (org != NULL && json_type(org) != JSON_OBJECT)
		compose_note(
		    c, compose_path(c, path, "org"), "must be an object");
	compose_get_text(c, card, path, "birthday", 10, 0);
}

void
compose_contacts(struct compose_part *c)
{
	const struct json *list =
	    compose_get_list(c, c->body, "", "contacts", CONTACTS_MAX, 1);
	const struct json *card;
	int n = 0;

	for (card = json_first(list); card != NULL; card = json_next(card))
		check_card(c, card, pool_printf(c->pool, "contacts[%d]", n++));
	c->shown = list;
	json_put(c->out, "contacts", list);
}

void
compose_reaction(struct compose_part *c)
{
	const struct json *o = compose_get_object(c, c->body, "", "reaction");
	const struct json *emoji = json_get(o, "emoji");
	const char *s = json_string(emoji);

	if (o == NULL)
		return;
	c->shown = o;
	compose_only(c, o, "reaction", "message_id emoji");
	c->to->reaction_to = compose_get_id(c, o, "reaction", "message_id", 1);
	if (json_type(emoji) != JSON_STRING ||
	    (s != NULL && text_points(s) > EMOJI_MAX))
		compose_note(c, "reaction.emoji",
		    "must be an emoji, or \"\" to take it back");
	c->to->emoji = s != NULL ? s : "";
	json_put_text(c->out, "emoji", c->to->emoji);
}
