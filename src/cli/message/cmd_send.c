/*
 * waspool send: the table of its verbs, their options and help.  Their
 * functions are in send_body.c.
 */
#include "cli/cmd.h"
#include "cli/message/send_body.h"

/* The options that all verbs have, and their help. */
#define SEND_OPTIONS                                                           \
	{ "to", "PHONE", "the customer: +16505551234, or a user id" },         \
	    { "conversation", "ID", "the customer of this conversation" },     \
	    { "number", "ID", "from this phone_number_id of ours" },           \
	    CMD_WORKSPACE,                                                     \
	    { "reply-to", "MESSAGE_ID", "quotes this message" },               \
	{                                                                      \
		"no-wait", NULL, "does not wait for the provider's answer"     \
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

/* What stands above and below the text of an interactive message. */
#define FRAME_OPTIONS                                                          \
	{ "header", "TEXT", "above the text" },                                \
	    { "footer", "TEXT", "below it" },                                  \
	    { "image", "FILE|LINK", "above the text, instead of a header" },   \
	    { "video", "FILE|LINK", "the same" },                              \
	    { "document", "FILE|LINK", "the same" },                           \
	{                                                                      \
		"mime", "TYPE", "of that file; else its name says it"          \
	}

static const struct cli_option buttons_options[] = {
	SEND_OPTIONS,
	FRAME_OPTIONS,
	{ 0 },
};

static const struct cli_option list_options_send[] = {
	SEND_OPTIONS,
	FRAME_OPTIONS,
	{ "button", "TEXT", "what opens the list (Choose)" },
	{ 0 },
};

static const struct cli_option flow_options[] = {
	SEND_OPTIONS,
	FRAME_OPTIONS,
	{ "token", "TEXT", "comes back with the answer" },
	{ "screen", "ID", "the first screen" },
	{ "data", "JSON", "values for it, an object" },
	{ "draft", NULL, "a form that is not published" },
	{ 0 },
};

static const struct cli_option product_options[] = {
	SEND_OPTIONS,
	{ "body", "TEXT", "below the product" },
	{ "footer", "TEXT", "below that" },
	{ 0 },
};

static const struct cli_option catalog_options[] = {
	SEND_OPTIONS,
	{ "footer", "TEXT", "below the text" },
	{ "thumbnail", "PRODUCT", "whose picture is shown" },
	{ 0 },
};

static const struct cli_option products_options[] = {
	SEND_OPTIONS,
	{ "header", "TEXT", "above the text (Products)" },
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
	"message is accepted, 75 when it was not sent yet, 69 when it is\n"    \
	"refused.  Whether it is delivered shows in its status later."

#define FILES                                                                  \
	"A file is uploaded to the provider; a link, which begins with\n"      \
	"https://, is fetched by it."

const struct cli_verb cmd_send[] = {
	{ "text", "TEXT", 1, 1, "Sends a text", OUTCOME,
	    "waspool send text --to +16505551234 'It is ready.'", text_options,
	    send_text },
	{ "image", "FILE|LINK", 1, 1, "Sends a JPEG or PNG image", FILES,
	    "waspool send image --to +16505551234 --caption New red.jpg",
	    picture_options, send_media },
	{ "video", "FILE|LINK", 1, 1, "Sends an MP4 or 3GPP video", FILES,
	    "waspool send video --to +16505551234 tour.mp4", picture_options,
	    send_media },
	{ "audio", "FILE|LINK", 1, 1, "Sends a sound or a voice message", FILES,
	    "waspool send audio --to +16505551234 greeting.ogg", audio_options,
	    send_media },
	{ "document", "FILE|LINK", 1, 1, "Sends a document", FILES,
	    "waspool send document --to +16505551234 invoice.pdf",
	    document_options, send_media },
	{ "sticker", "FILE|LINK", 1, 1, "Sends a WebP sticker", FILES,
	    "waspool send sticker --to +16505551234 hello.webp",
	    sticker_options, send_media },
	{ "template", "NAME [TEXT ...]", 1, 32,
	    "Sends a template; only a template may begin a conversation",
	    "The texts fill the placeholders of its body.  For anything "
	    "else\n--components takes the JSON that the provider documents.",
	    "waspool send template --to +16505551234 order_update Ann A-1",
	    template_options, send_template },
	{ "buttons", "TEXT BUTTON ...", 2, 4,
	    "Sends a text with one to three buttons",
	    "A BUTTON is its title, or ID=TITLE: the id comes back with the\n"
	    "customer's answer.",
	    "waspool send buttons --to +16505551234 'Red?' yes=Yes no=No",
	    buttons_options, send_buttons },
	{ "list", "TEXT ROW ...", 2, 11,
	    "Sends a text with a list of one to ten rows",
	    "A ROW is TITLE, ID=TITLE or ID='TITLE|DESCRIPTION'.",
	    "waspool send list --to +16505551234 'Which?' s=Small l=Large",
	    list_options_send, send_list },
	{ "cta-url", "TEXT BUTTON URL", 3, 3,
	    "Sends a text with a button that opens a page", NULL,
	    "waspool send cta-url --to +16505551234 'Your bill' Open "
	    "https://shop.example/i/7",
	    buttons_options, send_cta_url },
	{ "location-request", "TEXT", 1, 1,
	    "Asks for the customer's location by a button", NULL,
	    "waspool send location-request --to +16505551234 'Where are you?'",
	    plain_options, send_request },
	{ "request-contact-info", "TEXT", 1, 1,
	    "Asks a customer who shows no phone for it", NULL,
	    "waspool send request-contact-info --to US.13491208655302741918 "
	    "'May we call you?'",
	    plain_options, send_request },
	{ "call-permission-request", "[TEXT]", 0, 1,
	    "Asks whether the customer may be called", NULL,
	    "waspool send call-permission-request --to +16505551234",
	    plain_options, send_request },
	{ "flow", "TEXT FLOW_ID BUTTON", 3, 3,
	    "Sends a form (a Flow of the account)",
	    "The answer names this message as the one that it answers.",
	    "waspool send flow --to +16505551234 'Book a table' 5712345 Book",
	    flow_options, send_flow },
	{ "product", "CATALOG_ID PRODUCT", 2, 2,
	    "Sends a product of the catalogue", NULL,
	    "waspool send product --to +16505551234 9911 sku-red",
	    product_options, send_product },
	{ "product-list", "TEXT CATALOG_ID PRODUCT ...", 3, 32,
	    "Sends one to thirty products of the catalogue", NULL,
	    "waspool send product-list --to +16505551234 New 9911 red blue",
	    products_options, send_product_list },
	{ "catalog-message", "TEXT", 1, 1, "Sends the whole catalogue", NULL,
	    "waspool send catalog-message --to +16505551234 'All we have'",
	    catalog_options, send_catalog },
	{ "json", "BODY", 1, 1, "Sends what POST /messages takes",
	    "For what has no verb of its own: carousel, order_details,\n"
	    "order_status.  docs/openapi.yaml, Outgoing, has the fields.",
	    "waspool send json --to +16505551234 '{\"type\":\"text\","
	    "\"text\":{\"body\":\"Hi\"}}'",
	    plain_options, send_json },
	{ "location", "LATITUDE,LONGITUDE", 1, 1, "Sends a place", NULL,
	    "waspool send location --to +16505551234 --name Philz "
	    "37.48,-122.14",
	    location_options, send_location },
	{ "reaction", "MESSAGE_ID [EMOJI]", 1, 2,
	    "Reacts to a message, or takes the reaction back",
	    "Without an emoji the reaction is taken back.",
	    "waspool send reaction --to +16505551234 901 👍", plain_options,
	    send_reaction },
	{ 0 },
};
