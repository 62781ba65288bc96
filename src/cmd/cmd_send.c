#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "cmd/cmd.h"
#include "cmd/send.h"
#include "cmd/send_file.h"
#include "door/json.h"

static void
put_option(
    struct cli *c, struct json_out *body, const char *option, const char *key)
{
	if (cli_option(c, option) != NULL)
		json_put_text(body, key, cli_option(c, option));
}

static void
text(struct cli *c)
{
	struct json_out *body = send_body(c, "text");

	json_open_object(body, "text");
	json_put_text(body, "body", c->args[0]);
	if (cli_option(c, "preview-url") != NULL)
		json_put_bool(body, "preview_url", 1);
	json_close(body);
	send_message(c, body);
}

/* image, video, audio, document, sticker: the verb's name is the type. */
static void
media(struct cli *c)
{
	struct json_out *body = send_body(c, c->verb->name);

	json_open_object(body, "media");
	send_file(c, body, c->args[0]);
	json_close(body);
	put_option(c, body, "caption", "caption");
	put_option(c, body, "filename", "filename");
	if (cli_option(c, "voice") != NULL)
		json_put_bool(body, "voice", 1);
	send_message(c, body);
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

/* Arguments behind the name are what the placeholders of its body become. */
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

static void template(struct cli *c)
{
	struct json_out *body = send_body(c, "template");
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
	send_message(c, body);
}

/* "ID=TITLE" or "TITLE", which then is its id too. */
static void
put_choice(struct cli *c, struct json_out *body, const char *s)
{
	const char *equals = strchr(s, '=');

	json_put_text(body, "id",
	    equals == NULL ? s : pool_text(c->pool, s, (size_t)(equals - s)));
	json_put_text(body, "title", equals == NULL ? s : equals + 1);
}

static void
put_frame(struct cli *c, struct json_out *body)
{
	json_put_text(body, "body", c->args[0]);
	put_option(c, body, "header", "header");
	put_option(c, body, "footer", "footer");
}

static void
buttons(struct cli *c)
{
	struct json_out *body = send_body(c, "buttons");

	put_frame(c, body);
	json_open_array(body, "buttons");
	for (int i = 1; i < c->n_args; i++) {
		json_open_object(body, NULL);
		put_choice(c, body, c->args[i]);
		json_close(body);
	}
	json_close(body);
	send_message(c, body);
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

static void
list(struct cli *c)
{
	struct json_out *body = send_body(c, "list");
	const char *button = cli_option(c, "button");

	put_frame(c, body);
	json_put_text(body, "button", button == NULL ? "Choose" : button);
	json_open_array(body, "sections");
	json_open_object(body, NULL);
	json_open_array(body, "rows");
	for (int i = 1; i < c->n_args; i++)
		put_row(c, body, c->args[i]);
	json_close(body);
	json_close(body);
	json_close(body);
	send_message(c, body);
}

/* The number before or behind the comma, as JSON has it. */
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

static void
location(struct cli *c)
{
	struct json_out *body = send_body(c, "location");
	const char *s = c->args[0];
	size_t len = strcspn(s, ",");
	const char *rest = s[len] == ',' ? s + len + 1 : "";

	json_open_object(body, "location");
	json_put_raw(body, "latitude", coordinate(c, s, len));
	json_put_raw(body, "longitude", coordinate(c, rest, strlen(rest)));
	put_option(c, body, "name", "name");
	put_option(c, body, "address", "address");
	json_close(body);
	send_message(c, body);
}

static void
reaction(struct cli *c)
{
	struct json_out *body = send_body(c, "reaction");

	json_open_object(body, "reaction");
	json_put_int(
	    body, "message_id", cli_number(c, c->args[0], "a message's id"));
	json_put_text(body, "emoji", c->n_args > 1 ? c->args[1] : "");
	json_close(body);
	send_message(c, body);
}

static const struct cli_option plain_options[] = { SEND_OPTIONS, { 0 } };

static const struct cli_option text_options[] = {
	SEND_OPTIONS,
	{ "preview-url", NULL, "shows a preview of the first link" },
	{ 0 },
};

static const struct cli_option sticker_options[] = {
	SEND_OPTIONS,
	{ "mime", "TYPE", "of the file; else its name says it" },
	{ 0 },
};

static const struct cli_option audio_options[] = {
	SEND_OPTIONS,
	{ "voice", NULL, "as a voice message: OGG with Opus" },
	{ "mime", "TYPE", "of the file; else its name says it" },
	{ 0 },
};

static const struct cli_option picture_options[] = {
	SEND_OPTIONS,
	{ "caption", "TEXT", "what stands below it" },
	{ "mime", "TYPE", "of the file; else its name says it" },
	{ 0 },
};

static const struct cli_option document_options[] = {
	SEND_OPTIONS,
	{ "caption", "TEXT", "what stands below it" },
	{ "filename", "NAME", "as the customer sees it" },
	{ "mime", "TYPE", "of the file; else its name says it" },
	{ 0 },
};

static const struct cli_option template_options[] = {
	SEND_OPTIONS,
	{ "language", "CODE", "of the template (en_US)" },
	{ "components", "JSON", "all of its components, an array" },
	{ 0 },
};

static const struct cli_option buttons_options[] = {
	SEND_OPTIONS,
	{ "header", "TEXT", "above the text" },
	{ "footer", "TEXT", "below it" },
	{ 0 },
};

static const struct cli_option list_options[] = {
	SEND_OPTIONS,
	{ "button", "TEXT", "what opens the list (Choose)" },
	{ "header", "TEXT", "above the text" },
	{ "footer", "TEXT", "below it" },
	{ 0 },
};

static const struct cli_option location_options[] = {
	SEND_OPTIONS,
	{ "name", "TEXT", "of the place" },
	{ "address", "TEXT", "of the place" },
	{ 0 },
};

#define OUTCOME                                                                \
	"Waits up to 60 s for the provider's answer: exit status 0 when the\n" \
	"message is taken, 75 when it is still under way, 69 when it is\n"     \
	"refused.  Whether it is delivered shows in its status later."

#define FILES                                                                  \
	"A file is uploaded to the provider; a link, which begins with\n"      \
	"https://, is fetched by it."

const struct cli_verb cmd_send[] = {
	{ "text", "TEXT", 1, 1, "Sends a text", OUTCOME,
	    "waspool send text --to +16505551234 'It is ready.'", text_options,
	    text },
	{ "image", "FILE|LINK", 1, 1, "Sends a JPEG or PNG image", FILES,
	    "waspool send image --to +16505551234 --caption New red.jpg",
	    picture_options, media },
	{ "video", "FILE|LINK", 1, 1, "Sends an MP4 or 3GPP video", FILES,
	    "waspool send video --to +16505551234 tour.mp4", picture_options,
	    media },
	{ "audio", "FILE|LINK", 1, 1, "Sends a sound or a voice message", FILES,
	    "waspool send audio --to +16505551234 greeting.ogg", audio_options,
	    media },
	{ "document", "FILE|LINK", 1, 1, "Sends a document", FILES,
	    "waspool send document --to +16505551234 invoice.pdf",
	    document_options, media },
	{ "sticker", "FILE|LINK", 1, 1, "Sends a WebP sticker", FILES,
	    "waspool send sticker --to +16505551234 hello.webp",
	    sticker_options, media },
	{ "template", "NAME [TEXT ...]", 1, 32,
	    "Sends a template, the only thing that may begin a conversation",
	    "The texts fill the placeholders of its body.  For anything else\n"
	    "--components takes what the provider documents as such.",
	    "waspool send template --to +16505551234 order_update Ann A-1",
	    template_options, template },
	{ "buttons", "TEXT BUTTON ...", 2, 4,
	    "Sends a text with one to three buttons",
	    "A BUTTON is its title, or ID=TITLE: the id comes back with the\n"
	    "customer's answer.",
	    "waspool send buttons --to +16505551234 'Red?' yes=Yes no=No",
	    buttons_options, buttons },
	{ "list", "TEXT ROW ...", 2, 11,
	    "Sends a text with a list of one to ten rows",
	    "A ROW is TITLE, ID=TITLE or ID='TITLE|DESCRIPTION'.",
	    "waspool send list --to +16505551234 'Which?' s=Small l=Large",
	    list_options, list },
	{ "location", "LATITUDE,LONGITUDE", 1, 1, "Sends a place", NULL,
	    "waspool send location --to +16505551234 --name Philz "
	    "37.48,-122.14",
	    location_options, location },
	{ "reaction", "MESSAGE_ID [EMOJI]", 1, 2,
	    "Reacts to a message, or takes the reaction back",
	    "Without an emoji the reaction is taken back.",
	    "waspool send reaction --to +16505551234 901 👍", plain_options,
	    reaction },
	{ 0 },
};
