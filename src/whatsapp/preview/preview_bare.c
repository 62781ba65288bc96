/*
 * The lines of messages that have no content: what the provider does not hand
 * on, by what it was, and types of which only the name came.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/preview/preview_bare.h"
#include "whatsapp/preview/preview_words.h"

/*
 * Messages that the provider does not hand on, by what they were: Meta's list
 * (docs/protocol.md §3.2) and what WhatsApp has beside it, by the names that
 * its clients give them.  Who has the number on a phone too finds them there.
 */
static const struct {
	const char *type;
	const char *label;
} unsupported[] = {
	{ "album", "Album" },
	{ "audio", "Audio" },
	{ "button", "Button" },
	{ "buttons", "Buttons" },
	{ "call_log", "Call" },
	{ "comment", "Comment" },
	{ "contact", "Contact" },
	{ "contacts", "Contacts" },
	{ "document", "Document" },
	{ "edit", "Edited a message" },
	{ "ephemeral", "Disappearing message" },
	{ "event", "Event" },
	{ "event_creation", "Event" },
	{ "event_response", "Answer to an event" },
	{ "gif", "GIF" },
	{ "group_invite", "Group invitation" },
	{ "hsm", "Template" },
	{ "image", "Photo" },
	{ "interactive", "Interactive message" },
	{ "keep_in_chat", "Kept a message" },
	{ "link_preview", "Link" },
	{ "list", "List" },
	{ "live_location", "Live location" },
	{ "location", "Location" },
	{ "media_placeholder", "Media" },
	{ "newsletter_admin_invite", "Invitation to a channel" },
	{ "order", "Order" },
	{ "payment", "Payment" },
	{ "pin", "Pinned a message" },
	{ "poll", "Poll" },
	{ "poll_creation", "Poll" },
	{ "poll_result", "Result of a poll" },
	{ "poll_update", "Vote in a poll" },
	{ "poll_vote", "Vote in a poll" },
	{ "product", "Product" },
	{ "ptv", "Video message" },
	{ "reaction", "Reaction" },
	{ "request_payment", "Request for payment" },
	{ "revoke", "Deleted a message" },
	{ "scheduled_call", "Planned call" },
	{ "sticker", "Sticker" },
	{ "sticker_pack", "Sticker pack" },
	{ "template", "Template" },
	{ "text", "Text" },
	{ "video", "Video" },
	{ "video_note", "Video message" },
	{ "view_once", "View once" },
	{ "voice", "Voice message" },
};

static const char *
known_label(const char *type)
{
	size_t i, n = sizeof(unsupported) / sizeof(*unsupported);

	for (i = 0; i < n; i++)
		if (text_is(type, unsupported[i].type))
			return unsupported[i].label;
	return NULL;
}

/* What is not in the table: its word, when it is one. */
static const char *
unsupported_label(struct pool *pool, const char *type)
{
	const char *known = known_label(type);
	char *words;

	if (known != NULL)
		return known;
	if (type == NULL || text_is(type, "errors") ||
	    text_is(type, "unknown") || text_is(type, "unsupported"))
		return NULL;
	words = pool_copy(pool, type);
	for (char *c = words; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	return pool_printf(pool, "Unsupported message: %s", words);
}

#define UNAVAILABLE 131060 /* it is on the phone, and only there */

void
preview_unsupported(struct preview_words *w, const struct json *o)
{
	const char *kind = unsupported_label(w->pool, json_text(o, "type"));

	if (kind == NULL && w->error_code == UNAVAILABLE)
		kind = "Message";
	else if (kind == NULL)
		kind = "Unsupported message";
	w->label = pool_printf(w->pool, "%s (open it on the phone)", kind);
}

/* Types without content, and those whose content is missing. */
static const struct {
	const char *type;
	const char *label;
} bare[] = {
	{ "text", "Empty message" },
	{ "image", "Photo" },
	{ "video", "Video" },
	{ "audio", "Audio" },
	{ "voice", "Voice message" },
	{ "document", "Document" },
	{ "sticker", "Sticker" },
	{ "location", "Location" },
	{ "contacts", "Contact" },
	{ "template", "Template" },
	{ "hsm", "Template" },
	{ "reaction", "Reaction" },
	{ "button", "Button" },
	{ "order", "Order" },
	{ "system", "System message" },
	{ "media_placeholder", "Media" },
	{ "request_welcome", "Opened the chat" },
	{ "ephemeral", "Disappearing message (open it on the phone)" },
	{ "edit", "Edited a message" },
	{ "revoke", "Deleted a message" },
};

void
preview_unknown(
    struct pool *p, const char *type, int64_t error_code, struct preview *to)
{
	struct preview_words w = {
		.pool = p, .type = type, .error_code = error_code
	};

	w.label = known_label(type); /* handed on all the same */
	for (size_t i = 0; i < sizeof(bare) / sizeof(*bare); i++)
		if (text_is(type, bare[i].type))
			w.label = bare[i].label;
	if (text_is(type, "interactive") || text_is(type, "unknown") ||
	    text_is(type, "unsupported") || text_is(type, "errors"))
		preview_unsupported(&w, NULL);
	preview_words_finish(&w, to);
}
