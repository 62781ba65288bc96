/*
 * Each kind of message, as the provider writes it (world_kinds.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "world.h"
#include "world_kinds.h"

#define WINDOW 86400

uint64_t
say_toss(struct say *t, uint64_t limit)
{
	return talk_below(&t->talk, limit);
}

/* HBg… is what they look like: the phone first, then what is random. */
const char *
say_wamid(struct say *t, int64_t n, int inbound)
{
	char raw[64];
	int len = snprintf(raw, sizeof(raw),
	    "\x1d\x18\x0d%s\x15\x02%c\x12\x18\x14"
	    "3A%018" PRIX64 "\x01",
	    world_phone(t->w, t->pool, t->c) + 1, inbound ? 0x12 : 0x11,
	    world_toss(t->w, (uint64_t)n << 20, UINT64_MAX) >> 1);

	return pool_printf(
	    t->pool, "wamid.%s", codec_base64url(t->pool, raw, (size_t)len));
}

/* Most say a few words; some tell a story. */
static const char *
sentence(struct say *t, int at_most)
{
	struct buf b = { .pool = t->pool };
	int n = 1;

	while (n < at_most && say_toss(t, 8) != 0)
		n++;
	talk_words(&t->talk, &b, t->c - t->w->customers, n);
	if (say_toss(t, 16) == 0)
		buf_printf(&b, " A-%06d", (int)say_toss(t, 1000000));
	return buf_end(&b);
}

void
say_text(struct say *t)
{
	int64_t tenth = t->w->n_messages / 10;

	buf_text(&t->out, "\"type\":\"text\",\"text\":{\"body\":\"");
	if (tenth > 0 && t->n % tenth == tenth / 2)
		buf_text(&t->out, WORLD_RARE " ");
	else if (t->n % 100 == 7)
		buf_text(&t->out, WORLD_COMMON " ");
	buf_printf(&t->out, "%s\"}", sentence(t, 40));
}

static void
put_file(struct say *t, const char *type, const char *mime, const char *more)
{
	unsigned char hash[32];
	uint64_t *word = (uint64_t *)(void *)hash;

	for (int i = 0; i < 4; i++)
		word[i] = say_toss(t, UINT64_MAX);
	buf_printf(&t->out,
	    "\"type\":\"%s\",\"%s\":{\"mime_type\":\"%s\",\"sha256\":\"%s=\","
	    "\"id\":\"%016" PRIu64 "\"%s}",
	    type, type, mime, codec_base64url(t->pool, hash, sizeof(hash)),
	    say_toss(t, UINT64_C(10000000000000000)), more);
}

static void
put_image(struct say *t)
{
	const char *more = "";

	if (say_toss(t, 3) == 0)
		more = pool_printf(
		    t->pool, ",\"caption\":\"%s\"", sentence(t, 12));
	put_file(t, "image", "image/jpeg", more);
}

static void
put_document(struct say *t)
{
	put_file(t, "document", "application/pdf",
	    pool_printf(t->pool, ",\"filename\":\"documento-%06d.pdf\"",
		(int)say_toss(t, 1000000)));
}

static void
put_place(struct say *t)
{
	buf_printf(&t->out,
	    "\"type\":\"location\",\"location\":{\"latitude\":-23.%05d,"
	    "\"longitude\":-46.%05d,\"name\":\"%s\",\"address\":\"%s %d\"}",
	    (int)say_toss(t, 100000), (int)say_toss(t, 100000), sentence(t, 3),
	    sentence(t, 1), (int)say_toss(t, 3000));
}

static void
put_card(struct say *t)
{
	const char *name = world_name(t->w, t->pool,
	    &t->w->customers[say_toss(t, (uint64_t)t->w->n_customers)]);

	buf_printf(&t->out,
	    "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":"
	    "\"%s\",\"first_name\":\"%s\"},\"phones\":[{\"phone\":\"+55119%"
	    "08d\""
	    ",\"type\":\"CELL\"}]}]",
	    name, name, (int)say_toss(t, 100000000));
}

static void
put_reply(struct say *t)
{
	if (say_toss(t, 3) == 0)
		buf_printf(&t->out,
		    "\"type\":\"button\",\"button\":{\"payload\":\"confirm\","
		    "\"text\":\"%s\"}",
		    sentence(t, 1));
	else
		buf_printf(&t->out,
		    "\"type\":\"interactive\",\"interactive\":{\"type\":"
		    "\"button_reply\",\"button_reply\":{\"id\":\"option-%d\","
		    "\"title\":\"%s\"}}",
		    (int)say_toss(t, 3), sentence(t, 1));
}

static void
put_order(struct say *t)
{
	buf_printf(&t->out,
	    "\"type\":\"order\",\"order\":{\"catalog_id\":\"%09d\",\"text\":"
	    "\"\",\"product_items\":[{\"product_retailer_id\":\"sku-%05d\","
	    "\"quantity\":%d,\"item_price\":%d,\"currency\":\"BRL\"}]}",
	    194836, (int)say_toss(t, 20000), 1 + (int)say_toss(t, 4),
	    10 + (int)say_toss(t, 500));
}

static void
put_template(struct say *t)
{
	static const char *const names[] = { "order_update", "payment_reminder",
		"appointment", "welcome_back", "delivery_today" };

	buf_printf(&t->out,
	    "\"type\":\"template\",\"template\":{\"name\":\"%s\",\"language\":"
	    "{\"code\":\"en_US\"},\"components\":[{\"type\":\"body\","
	    "\"parameters\":[{\"type\":\"text\",\"text\":\"%s\"}]}]}",
	    names[say_toss(t, 5)], sentence(t, 1));
}

static void
put_buttons(struct say *t)
{
	buf_printf(&t->out,
	    "\"type\":\"interactive\",\"interactive\":{\"type\":\"button\","
	    "\"body\":{\"text\":\"%s\"},\"action\":{\"buttons\":[{\"type\":"
	    "\"reply\",\"reply\":{\"id\":\"yes\",\"title\":\"%s\"}}]}}",
	    sentence(t, 20), sentence(t, 1));
}

static void
put_reaction(struct say *t)
{
	buf_printf(&t->out,
	    "\"type\":\"reaction\",\"reaction\":{\"message_id\":\"%s\","
	    "\"emoji\":\"%s\"}",
	    say_wamid(t, t->c->spoke_id, t->c->spoke_inbound),
	    say_toss(t, 3) == 0 ? "❤️" : "👍");
}

static void
put_unsupported(struct say *t)
{
	buf_text(&t->out,
	    "\"type\":\"unsupported\",\"errors\":[{\"code\":131051,\"title\":"
	    "\"Message type unknown\",\"message\":\"Message type unknown\","
	    "\"error_data\":{\"details\":\"Message type is currently not "
	    "supported.\"}}],\"unsupported\":{\"type\":\"poll\"}");
}

void
say_from_customer(struct say *t)
{
	int at = (int)say_toss(t, 1000);

	if (at < 765)
		say_text(t);
	else if (at < 855)
		put_image(t);
	else if (at < 920)
		put_file(
		    t, "audio", "audio/ogg; codecs=opus", ",\"voice\":true");
	else if (at < 940)
		put_document(t);
	else if (at < 952)
		put_file(t, "video", "video/mp4", "");
	else if (at < 964)
		put_file(t, "sticker", "image/webp", ",\"animated\":false");
	else if (at < 970)
		put_place(t);
	else if (at < 974)
		put_card(t);
	else if (at < 988)
		put_reply(t);
	else if (at < 990)
		put_order(t);
	else if (at < 998 && t->c->spoke_id != 0)
		put_reaction(t);
	else
		put_unsupported(t);
}

void
say_from_us(struct say *t)
{
	int at = (int)say_toss(t, 1000);

	/* Only templates leave once the window is closed. */
	if (t->at >= t->c->opened_at + WINDOW)
		at = 999;
	if (at < 850)
		say_text(t);
	else if (at < 900)
		put_image(t);
	else if (at < 930)
		put_document(t);
	else if (at < 970)
		put_buttons(t);
	else
		put_template(t);
}
