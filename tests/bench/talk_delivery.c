/*
 * What a customer says as the provider posts it: a message in its envelope,
 * with the fields that stand in real ones (docs/protocol.md).
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/buf.h"

#include "talk.h"

struct letter {
	struct talk *talk;
	struct buf *b;
	int64_t customer;
	int64_t i;
};

/* Most say a line; a few tell a story. */
static int
length(struct talk *t)
{
	uint64_t kind = talk_below(t, 100);

	if (kind < 55)
		return 2 + (int)talk_below(t, 12);
	if (kind < 90)
		return 10 + (int)talk_below(t, 60);
	return 60 + (int)talk_below(t, 300);
}

static void
text(struct letter *l)
{
	buf_text(l->b, "\"type\":\"text\",\"text\":{\"body\":\"");
	talk_words(l->talk, l->b, l->customer, length(l->talk));
	buf_text(l->b, "\"}");
}

static void
button(struct letter *l)
{
	buf_text(l->b, "\"type\":\"interactive\",\"interactive\":{\"type\":"
		       "\"button_reply\",\"button_reply\":{\"id\":\"choice-1\","
		       "\"title\":\"");
	talk_words(l->talk, l->b, l->customer, 2);
	buf_text(l->b, "\"}}");
}

static void
choice(struct letter *l)
{
	buf_text(l->b, "\"type\":\"interactive\",\"interactive\":{\"type\":"
		       "\"list_reply\",\"list_reply\":{\"id\":\"row-7\","
		       "\"title\":\"");
	talk_words(l->talk, l->b, l->customer, 2);
	buf_text(l->b, "\",\"description\":\"");
	talk_words(l->talk, l->b, l->customer, 5);
	buf_text(l->b, "\"}}");
}

static void
location(struct letter *l)
{
	buf_printf(l->b,
	    "\"type\":\"location\",\"location\":{\"latitude\":52.%04d,"
	    "\"longitude\":13.%04d,\"name\":\"",
	    (int)talk_below(l->talk, 9999), (int)talk_below(l->talk, 9999));
	talk_words(l->talk, l->b, l->customer, 2);
	buf_text(l->b, "\",\"address\":\"Panoramastr. 1A, 10178 Berlin\"}");
}

static void
card(struct letter *l)
{
	buf_text(l->b, "\"type\":\"contacts\",\"contacts\":[{\"name\":{"
		       "\"formatted_name\":\"");
	talk_name(l->b, l->customer + 1);
	buf_text(l->b, "\"},\"phones\":[{\"phone\":\"+");
	talk_phone(l->b, l->customer + 1);
	buf_text(l->b, "\",\"wa_id\":\"");
	talk_phone(l->b, l->customer + 1);
	buf_text(l->b, "\",\"type\":\"CELL\"}]}]");
}

static void
reaction(struct letter *l)
{
	buf_text(l->b, "\"type\":\"reaction\",\"reaction\":{\"message_id\":\"");
	talk_wamid(l->talk, l->b, l->i > 9 ? l->i - 9 : 0);
	buf_text(l->b, "\",\"emoji\":\"👍🏽\"}");
}

static void
order(struct letter *l)
{
	buf_text(l->b, "\"type\":\"order\",\"order\":{\"catalog_id\":"
		       "\"800683284849775\",\"text\":\"");
	talk_words(l->talk, l->b, l->customer, 6);
	buf_printf(l->b,
	    "\",\"product_items\":[{\"product_retailer_id\":\"sku-%d\","
	    "\"quantity\":2,\"item_price\":19.9,\"currency\":\"EUR\"}]}",
	    (int)talk_below(l->talk, 500));
}

static void
file(struct letter *l)
{
	static const char *const kinds[][2] = { { "image", "image/jpeg" },
		{ "image", "image/jpeg" }, { "image", "image/jpeg" },
		{ "audio", "audio/ogg; codecs=opus" }, { "video", "video/mp4" },
		{ "document", "application/pdf" },
		{ "sticker", "image/webp" } };
	const char *const *kind = kinds[talk_below(l->talk, 7)];

	buf_printf(l->b,
	    "\"type\":\"%s\",\"%s\":{\"mime_type\":\"%s\","
	    "\"sha256\":\"4b4FnkUZ7vlvyF7gHAxBEZ0zAnhFHVyC2sAk0wYPGpE=\","
	    "\"id\":\"%" PRIu64 "\"}",
	    kind[0], kind[0], kind[1],
	    UINT64_C(100000000000000) + talk_below(l->talk, 1000000000));
}

static void
referral(struct letter *l)
{
	buf_text(l->b, "\"referral\":{\"source_url\":\"https://fb.me/3cr4Wqqkv"
		       "\",\"source_id\":\"120226305854810726\",\"source_type\""
		       ":\"ad\",\"headline\":\"");
	talk_words(l->talk, l->b, l->customer, 5);
	buf_text(l->b, "\",\"body\":\"");
	talk_words(l->talk, l->b, l->customer, 18);
	buf_text(l->b,
	    "\",\"media_type\":\"image\",\"image_url\":\"https://scontent.xx."
	    "fbcdn.net/v/t45.1600-4/1028573_n.jpg?stp=dst-jpg_p720x720\","
	    "\"ctwa_clid\":\"Aff-n8ZTODiE79d22KtAwQKj9e_mIEOOj27vDVwFjN80dp4"
	    "_0NiNhEgpGo0AHemvuSoifXaytfTzcchptiErTKCqTrJ5nW1h7IHYeYymGb5K"
	    "5J5iTROpBhWAGaIAeUzHL50\"},");
}

static void
context(struct letter *l)
{
	buf_printf(l->b,
	    "\"context\":{\"from\":\"15550783881\",\"id\":\"wamid.HBgLMTU1NTA3"
	    "ODM4ODEVAgARGBI%010" PRId64 "==\"},",
	    l->i);
}

static void
content(struct letter *l)
{
	static void (*const others[])(struct letter *) = { button, button,
		choice, location, card, reaction, order };
	int kind = (int)talk_below(l->talk, 100);

	if (kind < l->talk->files)
		file(l);
	else if (kind < l->talk->files + 14)
		others[talk_below(l->talk, 7)](l);
	else
		text(l);
}

static void
sender(struct letter *l)
{
	struct buf *b = l->b;

	buf_text(b, "\"contacts\":[{\"profile\":{\"name\":\"");
	talk_name(b, l->customer);
	buf_text(b, "\"},\"wa_id\":\"");
	talk_phone(b, l->customer);
	buf_printf(b, "\",\"user_id\":\"DE.%019" PRId64 "\"}],",
	    INT64_C(1390000000000000000) + l->customer * 7919);
}

void
talk_delivery(struct talk *t, struct buf *b, int64_t i, int64_t at)
{
	struct letter l = { t, b, talk_customer(t), i };

	buf_printf(b,
	    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":"
	    "\"419561257915477\",\"changes\":[{\"value\":{"
	    "\"messaging_product\":\"whatsapp\",\"metadata\":{"
	    "\"display_phone_number\":\"15550783881\","
	    "\"phone_number_id\":\"%s\"},",
	    t->phone_number_id);
	sender(&l);
	buf_text(b, "\"messages\":[{\"from\":\"");
	talk_phone(b, l.customer);
	buf_printf(b, "\",\"from_user_id\":\"DE.%019" PRId64 "\",\"id\":\"",
	    INT64_C(1390000000000000000) + l.customer * 7919);
	talk_wamid(t, b, i);
	buf_printf(b, "\",\"timestamp\":\"%" PRId64 "\",", at);
	if (talk_below(t, 8) == 0)
		context(&l);
	if (talk_below(t, 12) == 0)
		referral(&l);
	content(&l);
	buf_text(b, "}]},\"field\":\"messages\"}]}]}");
}
