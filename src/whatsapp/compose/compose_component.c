/*
 * Checks the components of a template message: which there are, and which
 * parameters each may have (docs/protocol.md §6.7).  They have the provider's
 * form, and go to it as they are, but for an upload.  Whether they fit the
 * template is said by whatsapp/template/template_fit.c, where the provider's
 * list is known.
 */
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"
#include "whatsapp/compose/compose_parameter.h"

#define TYPE_MAX       64
#define NAME_MAX       240
#define HEADER_MAX     60
#define BODY_MAX       32768
#define URL_MAX	       2000
#define CODE_MAX       15 /* to log in */
#define PARAMETERS_MAX 256
#define BUTTON_LAST    9
#define CARDS_MAX      10

static const struct compose_place components[] = {
	{ "header",
	    "text currency date_time image video gif document location product",
	    1, 1, HEADER_MAX },
	{ "body", "text currency date_time group_id", 0, PARAMETERS_MAX,
	    BODY_MAX },
	{ "limited_time_offer", "limited_time_offer", 1, 1, 0 },
	{ "order_status", "order_status", 1, 1, 0 },
	{ "tap_target_configuration", "tap_target_configuration", 1, 1, 0 },
	{ "button", NULL, 0, 0, 0 },
	{ "carousel", NULL, 0, 0, 0 },
};

static const struct compose_place buttons[] = {
	{ "quick_reply", "payload", 1, 1, 0 },
	{ "url", "text", 1, 1, URL_MAX },
	{ "otp", "text", 1, 1, CODE_MAX },
	{ "copy_code", "coupon_code", 1, 1, 0 },
	{ "catalog", "action", 0, 1, 0 },
	{ "mpm", "action", 1, 1, 0 },
	{ "flow", "action", 0, 1, 0 },
	{ "order_details", "action", 1, 1, 0 },
	{ "voice_call", "ttl_minutes payload", 0, 2, 0 },
};

#define N_OF(table) (sizeof(table) / sizeof(*(table)))

/* Letters, digits and _, as the provider takes a placeholder's name. */
static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

/* A name is given to all parameters or to none, and never twice. */
static void
check_names(struct compose_part *c, const struct json *list, const char *path)
{
	const struct json *e, *f;
	int named = json_get(json_first(list), "parameter_name") != NULL;
	int n = 0;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		const char *at = pool_printf(c->pool, "%s[%d]", path, n++);
		const char *field = compose_path(c, at, "parameter_name");
		const char *name;

		if ((json_get(e, "parameter_name") != NULL) != named) {
			compose_note(
			    c, field, "is needed in all parameters or in none");
			continue;
		}
		if (!named)
			continue;
		name =
		    compose_get_text(c, e, at, "parameter_name", NAME_MAX, 1);
		if (name == NULL)
			continue;
		if (strspn(name, name_letters) != strlen(name))
			compose_note(c, field,
			    "may only have small letters, digits and _");
		for (f = json_first(list); f != e; f = json_next(f))
			if (text_is(json_text(f, "parameter_name"), name)) {
				compose_note(c, field, "is given twice");
				break;
			}
	}
}

static void
check_parameters(struct compose_part *c, const struct json *component,
    const char *path, const struct compose_place *place, int in_card)
{
	const char *at = compose_path(c, path, "parameters");
	const struct json *list = compose_get_list(
	    c, component, path, "parameters", place->max, place->min > 0);
	const struct json *e;
	int n = 0;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		struct compose_parameter p = {
			.o = e,
			.at = pool_printf(c->pool, "%s[%d]", at, n++),
			.place = place,
			.in_card = in_card,
		};

		compose_parameter_check(c, &p);
	}
	if (place->types != NULL && compose_has_word(place->types, "text"))
		check_names(c, list, at);
}

/* The row of TABLE that NAME says, in any case; NULL, which is noted, none. */
static const struct compose_place *
place_of(struct compose_part *c, const struct compose_place *table, size_t n,
    const char *name, const char *field)
{
	struct buf known = { .pool = c->pool };

	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(table[i].name, name) == 0)
			return &table[i];
	for (size_t i = 0; i < n; i++)
		buf_printf(&known, "%s %s", i > 0 ? "," : "", table[i].name);
	compose_note(c, field, "must be one of%s", buf_end(&known));
	return NULL;
}

static void
check_button(
    struct compose_part *c, const struct json *o, const char *path, int in_card)
{
	const struct json *index = json_get(o, "index");
	const char *name =
	    compose_get_text(c, o, path, "sub_type", TYPE_MAX, 1);
	const struct compose_place *place = place_of(
	    c, buttons, N_OF(buttons), name, compose_path(c, path, "sub_type"));
	int64_t n;

	compose_only(c, o, path, "type sub_type index parameters");
	if (!json_integer(index, &n) || n < 0 || n > BUTTON_LAST)
		compose_note(c, compose_path(c, path, "index"),
		    "must be the button's position, from 0 to %d", BUTTON_LAST);
	if (place != NULL)
		check_parameters(c, o, path, place, in_card);
}

static void check_components(struct compose_part *, const struct json *list,
    const char *path, int in_card);

static void
check_cards(struct compose_part *c, const struct json *o, const char *path)
{
	const struct json *e =
	    json_first(compose_get_list(c, o, path, "cards", CARDS_MAX, 1));
	int n = 0;
	int64_t index;

	compose_only(c, o, path, "type cards");
	for (; e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s.cards[%d]", path, n++);

		compose_only(c, e, at, "card_index components");
		if (!json_int(e, "card_index", &index) || index < 0 ||
		    index >= CARDS_MAX)
			compose_note(c, compose_path(c, at, "card_index"),
			    "must be the card's position, from 0 to %d",
			    CARDS_MAX - 1);
		check_components(c,
		    compose_get_list(
			c, e, at, "components", COMPOSE_COMPONENTS_MAX, 1),
		    compose_path(c, at, "components"), 1);
	}
}

/* Is it there before, the same component, or a button at the same place? */
static int
is_second(const struct json *list, const struct json *o)
{
	const char *type = json_text(o, "type");
	const struct json *e;
	int64_t index, other;

	for (e = json_first(list); e != o && type != NULL; e = json_next(e)) {
		const char *same = json_text(e, "type");

		if (same == NULL || strcasecmp(same, type) != 0)
			continue;
		if (strcasecmp(type, "button") != 0 ||
		    (json_int(o, "index", &index) &&
			json_int(e, "index", &other) && index == other))
			return 1;
	}
	return 0;
}

static void
check_component(
    struct compose_part *c, const struct json *o, const char *path, int in_card)
{
	const char *name = compose_get_text(c, o, path, "type", TYPE_MAX, 1);
	const struct compose_place *place = place_of(c, components,
	    N_OF(components), name, compose_path(c, path, "type"));

	if (place == NULL)
		return;
	if (text_is(place->name, "button")) {
		check_button(c, o, path, in_card);
	} else if (text_is(place->name, "carousel")) {
		if (in_card)
			compose_note(c, compose_path(c, path, "type"),
			    "cannot stand in a card");
		else
			check_cards(c, o, path);
	} else {
		compose_only(c, o, path, "type parameters");
		check_parameters(c, o, path, place, in_card);
	}
}

static void
check_components(struct compose_part *c, const struct json *list,
    const char *path, int in_card)
{
	const struct json *e;
	int n = 0;

	for (e = json_first(list); e != NULL; e = json_next(e)) {
		const char *at = pool_printf(c->pool, "%s[%d]", path, n++);

		check_component(c, e, at, in_card);
		if (is_second(list, e))
			compose_note(c, at, "is given twice");
	}
}

void
compose_check_components(
    struct compose_part *c, const struct json *list, const char *path)
{
	check_components(c, list, path, 0);
}
