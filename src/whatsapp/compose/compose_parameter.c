/*
 * Checks one parameter of a template message: its form and its limits
 * (docs/protocol.md §6.7).
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_parameter.h"
#include "whatsapp/compose/field/compose_bill.h"

#define TYPE_MAX     64
#define NAME_MAX     240
#define PLACE_MAX    1000 /* ours: the provider names no limit */
#define FALLBACK_MAX 1024
#define COUPON_MAX   20
#define PAYLOAD_MAX  256
#define GROUP_ID_MAX 255
#define SECTIONS_MAX 10
#define PRODUCTS_MAX 30 /* in all sections together */
#define TITLE_MAX    24
#define ID_MAX	     100   /* ours */
#define TTL_MAX	     43200 /* minutes: 30 days */

static const struct json *
object_of(struct compose_part *c, const struct compose_parameter *p)
{
	return compose_get_object(c, p->o, p->at, p->type);
}

static const char *
path_of(struct compose_part *c, const struct compose_parameter *p)
{
	return compose_path(c, p->at, p->type);
}

static void
check_text(struct compose_part *c, const struct compose_parameter *p)
{
	compose_get_text(c, p->o, p->at, p->type, p->place->text_max, 1);
}

static void
check_payload(struct compose_part *c, const struct compose_parameter *p)
{
	compose_get_text(c, p->o, p->at, p->type, PAYLOAD_MAX, 1);
}

static void
check_coupon(struct compose_part *c, const struct compose_parameter *p)
{
	compose_get_text(c, p->o, p->at, p->type, COUPON_MAX, 1);
}

static void
check_currency(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *o = object_of(c, p);
	const char *at = path_of(c, p), *code;
	int64_t amount;

	if (o == NULL)
		return;
	compose_only(c, o, at, "fallback_value code amount_1000");
	compose_get_text(c, o, at, "fallback_value", FALLBACK_MAX, 1);
	code = compose_get_text(c, o, at, "code", 3, 1);
	if (code != NULL &&
	    (strlen(code) != 3 ||
		strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
		compose_note(c, compose_path(c, at, "code"),
		    "must be three capital letters, such as BRL");
	if (json_type(json_get(o, "amount_1000")) != JSON_NUMBER ||
	    !json_int(o, "amount_1000", &amount))
		compose_note(c, compose_path(c, at, "amount_1000"),
		    "must be a whole number, the amount times 1000");
}

/* The provider puts the group's invite link in its place. */
static void
check_group_id(struct compose_part *c, const struct compose_parameter *p)
{
	compose_get_text(c, p->o, p->at, p->type, GROUP_ID_MAX, 1);
}

/* Its other members are the provider's, who shows the fallback alone. */
static void
check_date_time(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *o = object_of(c, p);

	if (o != NULL)
		compose_get_text(
		    c, o, path_of(c, p), "fallback_value", FALLBACK_MAX, 1);
}

/* A file of POST /media is for the header, which has one. */
static void
take_template_upload(struct compose_part *c, const struct compose_parameter *p,
    const struct json *file, const char *at)
{
	if (!text_is(p->place->name, "header") || p->in_card ||
	    c->to->upload != 0)
		compose_note(c, compose_path(c, at, "upload"),
		    "is for the one file of the header");
	c->to->upload = compose_get_id(c, file, at, "upload", 1);
	c->to->upload_as = text_is(p->type, "gif") ? "video" : p->type;
	c->to->upload_field = compose_path(c, at, "upload");
}

static void
check_file(struct compose_part *c, const struct compose_parameter *p)
{
	static const char *const ways[] = { "link", "id", "upload" };
	const struct json *o = object_of(c, p);
	const char *at = path_of(c, p);
	int n = 0;

	if (o == NULL)
		return;
	compose_only(c, o, at,
	    text_is(p->type, "document") ? "link id upload filename"
					 : "link id upload");
	if (json_get(o, "filename") != NULL)
		compose_get_text(c, o, at, "filename", NAME_MAX, 1);
	for (int i = 0; i < 3; i++)
		n += json_get(o, ways[i]) != NULL;
	if (n != 1)
		compose_note(
		    c, at, "must have exactly one of link, id and upload");
	else if (json_get(o, "link") != NULL)
		compose_get_link(c, o, at, "link");
	else if (json_get(o, "id") != NULL)
		compose_get_media_id(c, o, at, "id", "upload");
	else
		take_template_upload(c, p, o, at);
}

/* Degrees: Meta's own examples have them as texts. */
static void
check_degrees(struct compose_part *c, const struct json *o, const char *at,
    const char *key, double max)
{
	const char *s = json_text(o, key);
	char *end = NULL;
	double d = s == NULL ? max + 1 : strtod(s, &end);

	if (s == NULL || *end != '\0' ||
	    strspn(s, "0123456789.+-eE") != strlen(s) ||
	    !(d >= -max && d <= max))
		compose_note(c, compose_path(c, at, key),
		    "must be a number from %.0f to %.0f", -max, max);
}

static void
check_location(struct compose_part *c, const struct compose_parameter *p)
{
	static const char *const words[] = { "name", "address" };
	const struct json *o = object_of(c, p);
	const char *at = path_of(c, p);

	if (o == NULL)
		return;
	compose_only(c, o, at, "latitude longitude name address");
	check_degrees(c, o, at, "latitude", 90);
	check_degrees(c, o, at, "longitude", 180);
	for (int i = 0; i < 2; i++)
		if (json_get(o, words[i]) != NULL)
			compose_get_text(c, o, at, words[i], PLACE_MAX, 1);
}

static void
check_product(struct compose_part *c, const struct compose_parameter *p)
{
	static const char *const ids[] = { "product_retailer_id",
		"catalog_id" };
	const struct json *o = object_of(c, p);

	if (o == NULL)
		return;
	compose_only(c, o, path_of(c, p), "product_retailer_id catalog_id");
	for (int i = 0; i < 2; i++)
		compose_get_text(c, o, path_of(c, p), ids[i], ID_MAX, 1);
}

/* How many products stand in a section. */
static size_t
check_section(struct compose_part *c, const struct json *section,
    const char *path, int several)
{
	const struct json *items = compose_get_list(
	    c, section, path, "product_items", PRODUCTS_MAX, 1);
	const struct json *e;
	int n = 0;

	compose_only(c, section, path, "title product_items");
	compose_get_text(c, section, path, "title", TITLE_MAX, several);
	for (e = json_first(items); e != NULL; e = json_next(e))
		compose_get_text(c, e,
		    pool_printf(c->pool, "%s.product_items[%d]", path, n++),
		    "product_retailer_id", ID_MAX, 1);
	return json_count(items);
}

static void
check_products(struct compose_part *c, const struct json *o, const char *at)
{
	const struct json *list =
	    compose_get_list(c, o, at, "sections", SECTIONS_MAX, 1);
	const struct json *e;
	size_t products = 0;
	int n = 0;

	compose_only(c, o, at, "thumbnail_product_retailer_id sections");
	compose_get_text(c, o, at, "thumbnail_product_retailer_id", ID_MAX, 1);
	for (e = json_first(list); e != NULL; e = json_next(e))
		products += check_section(c, e,
		    pool_printf(c->pool, "%s.sections[%d]", at, n++),
		    json_count(list) > 1);
	if (products > PRODUCTS_MAX)
		compose_note(c, compose_path(c, at, "sections"),
		    "have at most %d products in all", PRODUCTS_MAX);
}

static void
check_flow(struct compose_part *c, const struct json *o, const char *at)
{
	const struct json *data = json_get(o, "flow_action_data");

	compose_only(c, o, at, "flow_token flow_action_data");
	if (json_get(o, "flow_token") != NULL)
		compose_get_text(c, o, at, "flow_token", ID_MAX, 1);
	if (data != NULL &&
	    (json_type(data) != JSON_OBJECT || json_count(data) == 0))
		compose_note(c, compose_path(c, at, "flow_action_data"),
		    "must be an object that is not empty");
}

/* What stands in it depends on the button. */
static void
check_action(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *o = object_of(c, p), *bill;
	const char *at = path_of(c, p);

	if (o == NULL)
		return;
	if (json_count(o) == 0)
		compose_note(c, at, "is empty");
	else if (text_is(p->place->name, "catalog")) {
		compose_only(c, o, at, "thumbnail_product_retailer_id");
		compose_get_text(
		    c, o, at, "thumbnail_product_retailer_id", ID_MAX, 1);
	} else if (text_is(p->place->name, "mpm"))
		check_products(c, o, at);
	else if (text_is(p->place->name, "flow"))
		check_flow(c, o, at);
	else {
		compose_only(c, o, at, "order_details");
		bill = compose_get_object(c, o, at, "order_details");
		if (bill != NULL)
			compose_bill_check(
			    c, bill, compose_path(c, at, "order_details"));
	}
}

static void
check_ttl(struct compose_part *c, const struct compose_parameter *p)
{
	int64_t minutes;

	if (!json_int(p->o, p->type, &minutes) || minutes < 1 ||
	    minutes > TTL_MAX)
		compose_note(c, path_of(c, p),
		    "must be a whole number of minutes, from 1 to %d", TTL_MAX);
}

static void
check_offer(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *o = object_of(c, p);
	int64_t ms;

	if (o == NULL)
		return;
	compose_only(c, o, path_of(c, p), "expiration_time_ms");
	if (!json_int(o, "expiration_time_ms", &ms) || ms <= 0)
		compose_note(c,
		    compose_path(c, path_of(c, p), "expiration_time_ms"),
		    "must be a time, in milliseconds since 1970");
}

static void
check_status(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *o = object_of(c, p);

	if (o != NULL)
		compose_bill_check_status(c, o, path_of(c, p));
}

static void
check_tap_target(struct compose_part *c, const struct compose_parameter *p)
{
	const struct json *e =
	    json_first(compose_get_list(c, p->o, p->at, p->type, 1, 1));

	if (e == NULL)
		return;
	compose_get_link(
	    c, e, pool_printf(c->pool, "%s[0]", path_of(c, p)), "url");
	compose_get_text(c, e, pool_printf(c->pool, "%s[0]", path_of(c, p)),
	    "title", PLACE_MAX, 1);
}

static const struct {
	const char *type;
	void (*check)(struct compose_part *, const struct compose_parameter *);
	int is_named; /* it may fill a placeholder, which may have a name */
} readers[] = {
	{ "text", check_text, 1 },
	{ "currency", check_currency, 1 },
	{ "date_time", check_date_time, 1 },
	{ "group_id", check_group_id, 1 },
	{ "image", check_file, 0 },
	{ "video", check_file, 0 },
	{ "gif", check_file, 0 },
	{ "document", check_file, 0 },
	{ "location", check_location, 0 },
	{ "product", check_product, 0 },
	{ "payload", check_payload, 0 },
	{ "coupon_code", check_coupon, 0 },
	{ "action", check_action, 0 },
	{ "ttl_minutes", check_ttl, 0 },
	{ "limited_time_offer", check_offer, 0 },
	{ "order_status", check_status, 0 },
	{ "tap_target_configuration", check_tap_target, 0 },
};

void
compose_parameter_check(struct compose_part *c, struct compose_parameter *p)
{
	size_t i;

	p->type = compose_get_text(c, p->o, p->at, "type", TYPE_MAX, 1);
	if (p->type == NULL)
		return;
	if (!compose_has_word(p->place->types, p->type)) {
		compose_note(c, compose_path(c, p->at, "type"),
		    "must be one of %s, in a component of type %s",
		    p->place->types, p->place->name);
		return;
	}
	for (i = 0; !text_is(readers[i].type, p->type); i++)
		;
	compose_only(c, p->o, p->at,
	    readers[i].is_named &&
		    compose_has_word("header body", p->place->name)
		? pool_printf(c->pool, "type parameter_name %s", p->type)
		: pool_printf(c->pool, "type %s", p->type));
	readers[i].check(c, p);
}
