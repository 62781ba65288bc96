/*
 * The verbs of waspool send: each writes the body that a client of the API
 * would POST.  whatsapp/compose finds its errors, as for the API.
 */
#include <string.h>

#include "base/pool.h"

#include "lib/json/json.h"

#include "cli/cli.h"
#include "cli/message/send_body.h"
#include "cli/message/send_queue.h"
#include "cli/send_file.h"

static void
put_option(
    struct cli *c, struct json_out *body, const char *option, const char *key)
{
	if (cli_option(c, option) != NULL)
		json_put_text(body, key, cli_option(c, option));
}

void
send_text(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "text");

	json_open_object(body, "text");
	json_put_text(body, "body", c->args[0]);
	if (cli_option(c, "preview-url") != NULL)
		json_put_bool(body, "preview_url", 1);
	json_close(body);
	send_queue_message(c, body);
}

/* A document without a name is "Untitled" on the customer's phone. */
static void
put_name(struct cli *c, struct json_out *body)
{
	const char *name = cli_option(c, "filename");
	const char *slash = strrchr(c->args[0], '/');

	if (name == NULL && strcmp(c->verb->name, "document") == 0 &&
	    !send_file_is_link(c->args[0]))
		name = slash == NULL ? c->args[0] : slash + 1;
	if (name != NULL)
		json_put_text(body, "filename", name);
}

/* image, video, audio, document, sticker: the verb's name is the type. */
void
send_media(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, c->verb->name);

	json_open_object(body, "media");
	send_file(c, body, c->verb->name, c->args[0]);
	json_close(body);
	put_option(c, body, "caption", "caption");
	put_name(c, body);
	if (cli_option(c, "voice") != NULL)
		json_put_bool(body, "voice", 1);
	send_queue_message(c, body);
}

static const struct json *
components(struct cli *c)
{
	const char *s = cli_option(c, "components"), *why = NULL;
	const struct json *array = json_parse(c->pool, s, strlen(s), &why);

	if (json_type(array) != JSON_ARRAY)
		cli_usage(c, "--components is no JSON array%s%s",
		    why == NULL ? "" : ": ", why == NULL ? "" : why);
	return array;
}

/* The arguments after the name fill the placeholders of the template's body. */
static void
put_parameters(struct cli *c, struct json_out *body)
{
	json_open_array(body, "components");
	json_open_object(body, NULL);
	json_put_text(body, "type", "body");
	json_open_array(body, "parameters");
	for (int i = 1; i < c->n_args; i++) {
		json_open_object(body, NULL);
		json_put_text(body, "type", "text");
		json_put_text(body, "text", c->args[i]);
		json_close(body);
	}
	json_close(body);
	json_close(body);
	json_close(body);
}

void
send_template(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "template");
	const char *language = cli_option(c, "language");

	json_open_object(body, "template");
	json_put_text(body, "name", c->args[0]);
	json_put_text(body, "language", language == NULL ? "en_US" : language);
	if (cli_option(c, "components") != NULL && c->n_args > 1)
		cli_usage(c, "either --components or parameters");
	if (cli_option(c, "components") != NULL)
		json_put(body, "components", components(c));
	else if (c->n_args > 1)
		put_parameters(c, body);
	json_close(body);
	send_queue_message(c, body);
}

/* "ID=TITLE", or "TITLE", which is then the id, too. */
static void
put_choice(struct cli *c, struct json_out *body, const char *s)
{
	const char *equals = strchr(s, '=');

	json_put_text(body, "id",
	    equals == NULL ? s : pool_text(c->pool, s, (size_t)(equals - s)));
	json_put_text(body, "title", equals == NULL ? s : equals + 1);
}

void
send_frame(struct cli *c, struct json_out *body)
{
	static const char *const files[] = { "image", "video", "document" };
	int headers = cli_option(c, "header") != NULL;

	json_put_text(body, "body", c->args[0]);
	put_option(c, body, "header", "header");
	for (int i = 0; i < 3; i++) {
		const char *what = cli_option(c, files[i]);

		if (what == NULL)
			continue;
		if (headers++)
			cli_usage(
			    c, "one of --header, --image, --video, --document");
		json_open_object(body, "header");
		json_put_text(body, "type", files[i]);
		json_open_object(body, "media");
		send_file(c, body, files[i], what);
		json_close(body);
		json_close(body);
	}
	put_option(c, body, "footer", "footer");
}

void
send_buttons(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "buttons");

	send_frame(c, body);
	json_open_array(body, "buttons");
	for (int i = 1; i < c->n_args; i++) {
		json_open_object(body, NULL);
		put_choice(c, body, c->args[i]);
		json_close(body);
	}
	json_close(body);
	send_queue_message(c, body);
}

/* "ID=TITLE|DESCRIPTION" */
static void
put_row(struct cli *c, struct json_out *body, const char *s)
{
	const char *bar = strchr(s, '|');

	json_open_object(body, NULL);
	put_choice(c, body,
	    bar == NULL ? s : pool_text(c->pool, s, (size_t)(bar - s)));
	if (bar != NULL)
		json_put_text(body, "description", bar + 1);
	json_close(body);
}

void
send_list(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "list");
	const char *button = cli_option(c, "button");

	send_frame(c, body);
	json_put_text(body, "button", button == NULL ? "Choose" : button);
	json_open_array(body, "sections");
	json_open_object(body, NULL);
	json_open_array(body, "rows");
	for (int i = 1; i < c->n_args; i++)
		put_row(c, body, c->args[i]);
	json_close(body);
	json_close(body);
	json_close(body);
	send_queue_message(c, body);
}

/* The number before or after the comma, as a JSON number. */
static const char *
coordinate(struct cli *c, const char *s, size_t len)
{
	const char *number = pool_text(c->pool, s, len);
	const struct json *j = json_parse(c->pool, number, len, NULL);

	if (json_type(j) != JSON_NUMBER)
		cli_usage(c,
		    "a place is LATITUDE,LONGITUDE in degrees, such "
		    "as 37.48,-122.14, not '%s'",
		    c->args[0]);
	return number;
}

void
send_location(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "location");
	const char *s = c->args[0];
	size_t len = strcspn(s, ",");
	const char *rest = s[len] == ',' ? s + len + 1 : "";

	json_open_object(body, "location");
	json_put_raw(body, "latitude", coordinate(c, s, len));
	json_put_raw(body, "longitude", coordinate(c, rest, strlen(rest)));
	put_option(c, body, "name", "name");
	put_option(c, body, "address", "address");
	json_close(body);
	send_queue_message(c, body);
}

void
send_reaction(struct cli *c)
{
	struct json_out *body = send_queue_begin(c, "reaction");

	json_open_object(body, "reaction");
	json_put_int(
	    body, "message_id", cli_number(c, c->args[0], "a message's id"));
	json_put_text(body, "emoji", c->n_args > 1 ? c->args[1] : "");
	json_close(body);
	send_queue_message(c, body);
}
