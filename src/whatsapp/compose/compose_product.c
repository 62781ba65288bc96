/*
 * Reads interactive messages that offer something: one product, several, the
 * catalogue, and a carousel of pictures or videos with a link each.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"

#define ID_MAX		  100 /* ours: the provider names no limit */
#define SECTIONS_MAX	  10
#define PRODUCTS_MAX	  30 /* in all sections together */
#define SECTION_TITLE_MAX 24
#define CARDS_MIN	  2
#define CARDS_MAX	  10
#define CARD_BODY_MAX	  160
#define CARD_BREAKS_MAX	  2

void
compose_product(struct compose_part *c)
{
	const struct json *o = compose_get_object(c, c->body, "", "product");

	c->label = "Product";
	compose_open_interactive(c, "product", COMPOSE_NO_BODY);
	if (o != NULL) {
		compose_only(c, o, "product", "catalog_id product_retailer_id");
		json_put_text(c->out, "catalog_id",
		    compose_get_text(c, o, "product", "catalog_id", ID_MAX, 1));
		json_put_text(c->out, "product_retailer_id",
		    compose_get_text(
			c, o, "product", "product_retailer_id", ID_MAX, 1));
	}
	json_close(c->out);
}

/* One section: how many products it has. */
static size_t
put_products(struct compose_part *c, const struct json *section,
    const char *path, int needs_title)
{
	const char *title = compose_get_text(
	    c, section, path, "title", SECTION_TITLE_MAX, needs_title);
	const struct json *items = compose_get_list(
	    c, section, path, "product_items", PRODUCTS_MAX, 1);
	const struct json *e;
	int n = 0;

	compose_only(c, section, path, "title product_items");
	compose_also(c, title);
	json_open_object(c->out, NULL);
	if (title != NULL)
		json_put_text(c->out, "title", title);
	json_open_array(c->out, "product_items");
	for (e = json_first(items); e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s.product_items[%d]", path, n++);

		compose_only(c, e, at, "product_retailer_id");
		json_open_object(c->out, NULL);
		json_put_text(c->out, "product_retailer_id",
		    compose_get_text(
			c, e, at, "product_retailer_id", ID_MAX, 1));
		json_close(c->out);
	}
	json_close(c->out);
	json_close(c->out);
	return json_count(items);
}

void
compose_product_list(struct compose_part *c)
{
	const struct json *o =
	    compose_get_object(c, c->body, "", "product_list");
	const struct json *sections, *e;
	size_t products = 0;
	int n = 0;

	compose_open_interactive(c, "product_list", COMPOSE_HEADER);
	if (o != NULL) {
		compose_only(c, o, "product_list", "catalog_id sections");
		json_put_text(c->out, "catalog_id",
		    compose_get_text(
			c, o, "product_list", "catalog_id", ID_MAX, 1));
		sections = compose_get_list(
		    c, o, "product_list", "sections", SECTIONS_MAX, 1);
		json_open_array(c->out, "sections");
		for (e = json_first(sections); e != NULL; e = json_next(e))
			products += put_products(c, e,
			    pool_printf(
				c->pool, "product_list.sections[%d]", n++),
			    json_count(sections) > 1);
		json_close(c->out);
	}
	if (products > PRODUCTS_MAX)
		compose_note(c, "product_list.sections",
		    "have at most %d products in all", PRODUCTS_MAX);
	json_close(c->out);
}

void
compose_catalog_message(struct compose_part *c)
{
	static const char thumbnail[] = "thumbnail_product_retailer_id";
	const struct json *o = json_get(c->body, "catalog_message");
	const char *s = NULL;

	compose_open_interactive(c, "catalog_message", 0);
	json_put_text(c->out, "name", "catalog_message");
	if (o != NULL)
		o = compose_get_object(c, c->body, "", "catalog_message");
	if (o != NULL) {
		compose_only(c, o, "catalog_message", thumbnail);
		s = compose_get_text(
		    c, o, "catalog_message", thumbnail, ID_MAX, 0);
	}
	if (s != NULL) {
		json_open_object(c->out, "parameters");
		json_put_text(c->out, thumbnail, s);
		json_close(c->out);
	}
	json_close(c->out);
}

static void
put_card_body(struct compose_part *c, const struct json *card, const char *path)
{
	const char *s = compose_get_text(
		       c, card, path, "body", CARD_BODY_MAX, 0),
		   *at;
	int breaks = 0;

	if (s == NULL)
		return;
	for (at = s; *at != '\0'; at++)
		breaks += *at == '\n';
	if (breaks > CARD_BREAKS_MAX)
		compose_note(c, compose_path(c, path, "body"),
		    "may have at most %d line breaks", CARD_BREAKS_MAX);
	compose_also(c, s);
	json_open_object(c->out, "body");
	json_put_text(c->out, "text", s);
	json_close(c->out);
}

/* The picture or video of a card; all of a carousel are of one TYPE. */
static void
put_card_header(struct compose_part *c, const struct json *card,
    const char *path, const char **type)
{
	const struct json *o = compose_get_object(c, card, path, "header");
	const char *at = compose_path(c, path, "header");
	const char *own = json_text(o, "type");
	const struct json *media;

	if (o == NULL)
		return;
	compose_only(c, o, at, "type media");
	media = compose_get_object(c, o, at, "media");
	if (!text_is(own, "image") && !text_is(own, "video"))
		compose_note(
		    c, compose_path(c, at, "type"), "must be image or video");
	else if (*type != NULL && !text_is(own, *type))
		compose_note(c, compose_path(c, at, "type"),
		    "must be %s, as in the first card", *type);
	else
		*type = own;
	if (json_get(media, "upload") != NULL) {
		compose_note(c, compose_path(c, at, "media.upload"),
		    "is not possible in a carousel: give a link");
		return;
	}
	json_open_object(c->out, "header");
	json_put_text(c->out, "type", own);
	json_open_object(c->out, own != NULL ? own : "image");
	compose_put_file(c, media, compose_path(c, at, "media"), "image");
	json_close(c->out);
	json_close(c->out);
}

void
compose_carousel(struct compose_part *c)
{
	const struct json *cards =
	    compose_get_list(c, c->body, "", "cards", CARDS_MAX, 1);
	const struct json *e;
	const char *type = NULL;
	int n = 0;

	if (cards != NULL && json_count(cards) < CARDS_MIN)
		compose_note(c, "cards", "must have %d to %d elements",
		    CARDS_MIN, CARDS_MAX);
	compose_open_interactive(c, "carousel", 0);
	json_open_array(c->out, "cards");
	for (e = json_first(cards); e != NULL; e = json_next(e), n++) {
		const char *path = pool_printf(c->pool, "cards[%d]", n);

		compose_only(c, e, path, "header body button url");
		json_open_object(c->out, NULL);
		json_put_int(c->out, "card_index", n);
		json_put_text(c->out, "type", "cta_url");
		put_card_header(c, e, path, &type);
		put_card_body(c, e, path);
		json_open_object(c->out, "action");
		compose_put_link(c, e, path);
		json_close(c->out);
		json_close(c->out);
	}
	json_close(c->out);
	json_close(c->out);
}
