/*
 * The verbs of waspool send for messages with an action: a link, a form,
 * products, a request; and the one for a body as the API has it.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "cli/cli.h"
#include "cli/message/send_body.h"
#include "cli/message/send_queue.h"

static void
option_as(
    struct cli *c, struct json_out *body, const char *option, const char *key)
{
	if (cli_option(c, option) != NULL)
		json_put_text(body, key, cli_option(c, option));
}

void
send_cta_url(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "cta_url");

	send_frame(c, body);
	json_put_text(body, "button", c->args[1]);
	json_put_text(body, "url", c->args[2]);
	send_queue_message(c, body);
}

void
send_request(struct cli *c)
{
	char *type = pool_copy(c->pool, c->verb->name), *at;
	struct json_out *body;

	for (at = type; (at = strchr(at, '-')) != NULL;)
		*at = '_';
	body = send_queue_begin(c, type);
	if (c->n_args > 0)
		json_put_text(body, "body", c->args[0]);
	send_queue_message(c, body);
}

static const struct json *
object_of(struct cli *c, const char *s, const char *what)
{
	const char *why = NULL;
	const struct json *o = json_parse(c->pool, s, strlen(s), &why);

	if (json_type(o) != JSON_OBJECT)
		cli_usage(c, "%s is no JSON object%s%s", what,
		    why == NULL ? "" : ": ", why == NULL ? "" : why);
	return o;
}

void
send_flow(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "flow");

	send_frame(c, body);
	json_open_object(body, "flow");
	json_put_text(body, "id", c->args[1]);
	json_put_text(body, "cta", c->args[2]);
	option_as(c, body, "token", "token");
	option_as(c, body, "screen", "screen");
	if (cli_option(c, "data") != NULL)
		json_put(body, "data",
		    object_of(c, cli_option(c, "data"), "--data"));
	if (cli_option(c, "draft") != NULL)
		json_put_text(body, "mode", "draft");
	json_close(body);
	send_queue_message(c, body);
}

void
send_product(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "product");

	option_as(c, body, "body", "body");
	option_as(c, body, "footer", "footer");
	json_open_object(body, "product");
	json_put_text(body, "catalog_id", c->args[0]);
	json_put_text(body, "product_retailer_id", c->args[1]);
	json_close(body);
	send_queue_message(c, body);
}

void
send_product_list(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "product_list");
	const char *header = cli_option(c, "header");

	json_put_text(body, "header", header != NULL ? header : "Products");
	json_put_text(body, "body", c->args[0]);
	option_as(c, body, "footer", "footer");
	json_open_object(body, "product_list");
	json_put_text(body, "catalog_id", c->args[1]);
	json_open_array(body, "sections");
	json_open_object(body, NULL);
	json_open_array(body, "product_items");
	for (int i = 2; i < c->n_args; i++) {
		json_open_object(body, NULL);
		json_put_text(body, "product_retailer_id", c->args[i]);
		json_close(body);
	}
	json_close(body);
	json_close(body);
	json_close(body);
	json_close(body);
	send_queue_message(c, body);
}

void
send_catalog(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "catalog_message");

	json_put_text(body, "body", c->args[0]);
	option_as(c, body, "footer", "footer");
	if (cli_option(c, "thumbnail") != NULL) {
		json_open_object(body, "catalog_message");
		option_as(
		    c, body, "thumbnail", "thumbnail_product_retailer_id");
		json_close(body);
	}
	send_queue_message(c, body);
}

void
send_json(struct cli *c)
{
	const struct json *given = object_of(c, c->args[0], "BODY"), *m;
	const char *type = json_text(given, "type");
	struct json_out *body =
	    send_queue_begin(c, type != NULL ? type : "none");

	json_escape_keys(body);
	for (m = json_first(given); m != NULL; m = json_next(m))
		if (!text_is(json_key(m), "type"))
			json_put(body, json_key(m), m);
	send_queue_message(c, body);
}
