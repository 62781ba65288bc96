#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/provider/graph_message.h"
#include "whatsapp/provider/provider.h"

#include "compose_try.h"

static struct pool *p;

static const struct {
	const char *body, *type, *content, *preview;
	const char *sent; /* with reply R, reaction E; the head left out */
} good[] = {
	{ "{\"type\":\"text\",\"text\":{\"body\":\"Hi\\nyou\","
	  "\"preview_url\":true},\"reply_to\":901,\"to\":\"+1\"}",
	    "text", "{\"body\":\"Hi\\nyou\",\"preview_url\":true}", "Hi you",
	    "{\"type\":\"text\",\"text\":{\"body\":\"Hi\\nyou\","
	    "\"preview_url\":true},\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"image\",\"media\":{\"link\":\"https://x/a.png\"},"
	  "\"caption\":\"Look\",\"reply_to\":null}",
	    "image", "{\"link\":\"https://x/a.png\",\"caption\":\"Look\"}",
	    "Photo: Look",
	    "{\"type\":\"image\",\"image\":{\"link\":\"https://x/a.png\","
	    "\"caption\":\"Look\"},\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"document\",\"media\":{\"id\":\"15\"},"
	  "\"filename\":\"a.pdf\",\"caption\":\"\"}",
	    "document", "{\"id\":\"15\",\"filename\":\"a.pdf\"}",
	    "Document: a.pdf",
	    "{\"type\":\"document\",\"document\":{\"id\":\"15\","
	    "\"filename\":\"a.pdf\"},\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"audio\",\"media\":{\"upload\":7},\"voice\":true}",
	    "audio", "{\"upload\":7,\"voice\":true}", "Voice message",
	    "{\"type\":\"audio\",\"audio\":{\"voice\":true},"
	    "\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"sticker\",\"media\":{\"upload\":7}}", "sticker",
	    "{\"upload\":7}", "Sticker",
	    "{\"type\":\"sticker\",\"sticker\":{},"
	    "\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"template\",\"template\":{\"name\":\"order_update\","
	  "\"language\":\"en_US\",\"components\":[{\"type\":\"body\","
	  "\"parameters\":[{\"type\":\"text\",\"text\":\"Ann\"}]},"
	  "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"1\","
	  "\"parameters\":[{\"type\":\"text\",\"text\":\"x\"}]}]}}",
	    "template",
	    "{\"name\":\"order_update\",\"language\":{\"code\":\"en_US\","
	    "\"policy\":\"deterministic\"},"
	    "\"components\":[{\"type\":\"body\","
	    "\"parameters\":[{\"type\":\"text\",\"text\":\"Ann\"}]},"
	    "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"1\","
	    "\"parameters\":[{\"type\":\"text\",\"text\":\"x\"}]}]}",
	    "Template: order_update: Ann", NULL },
	{ "{\"type\":\"template\",\"template\":{\"name\":\"hello\","
	  "\"language\":{\"code\":\"de\"},\"components\":[]}}",
	    "template",
	    "{\"name\":\"hello\",\"language\":{\"code\":\"de\","
	    "\"policy\":\"deterministic\"}}",
	    "Template: hello", NULL },
	{ "{\"type\":\"buttons\",\"body\":\"Which?\",\"buttons\":["
	  "{\"id\":\"a\",\"title\":\"A\"},{\"id\":\"b\",\"title\":\"B\"}],"
	  "\"header\":\"H\",\"footer\":\"F\"}",
	    "interactive",
	    "{\"type\":\"button\",\"header\":{\"type\":\"text\",\"text\":\"H\"}"
	    ","
	    "\"body\":{\"text\":\"Which?\"},\"footer\":{\"text\":\"F\"},"
	    "\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":"
	    "{\"id\":\"a\",\"title\":\"A\"}},{\"type\":\"reply\",\"reply\":"
	    "{\"id\":\"b\",\"title\":\"B\"}}]}}",
	    "Which?", NULL },
	{ "{\"type\":\"list\",\"body\":\"Pick\",\"button\":\"Open\","
	  "\"sections\":[{\"rows\":[{\"id\":\"1\",\"title\":\"One\","
	  "\"description\":\"D\"}]}]}",
	    "interactive",
	    "{\"type\":\"list\",\"body\":{\"text\":\"Pick\"},\"action\":"
	    "{\"button\":\"Open\",\"sections\":[{\"rows\":[{\"id\":\"1\","
	    "\"title\":\"One\",\"description\":\"D\"}]}]}}",
	    "Pick", NULL },
	{ "{\"type\":\"reaction\",\"reaction\":{\"message_id\":901,"
	  "\"emoji\":\"\xf0\x9f\x91\x8d\"}}",
	    "reaction", "{\"emoji\":\"\xf0\x9f\x91\x8d\"}",
	    "Reacted \xf0\x9f\x91\x8d",
	    "{\"type\":\"reaction\",\"reaction\":{\"message_id\":\"E\","
	    "\"emoji\":\"\xf0\x9f\x91\x8d\"},"
	    "\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"reaction\",\"reaction\":{\"message_id\":901,"
	  "\"emoji\":\"\"}}",
	    "reaction", "{\"emoji\":\"\"}", "Removed a reaction",
	    "{\"type\":\"reaction\",\"reaction\":{\"message_id\":\"E\","
	    "\"emoji\":\"\"},\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"location\",\"location\":{\"latitude\":37.48,"
	  "\"longitude\":-122,\"name\":\"Philz\"}}",
	    "location",
	    "{\"latitude\":37.48,\"longitude\":-122,\"name\":\"Philz\"}",
	    "Location: Philz",
	    "{\"type\":\"location\",\"location\":{\"latitude\":\"37.48\","
	    "\"longitude\":\"-122\",\"name\":\"Philz\"},"
	    "\"context\":{\"message_id\":\"R\"}}" },
	{ "{\"type\":\"contacts\",\"contacts\":[{\"name\":"
	  "{\"formatted_name\":\"Ann B\",\"first_name\":\"Ann\"},"
	  "\"phones\":[{\"phone\":\"+1\"}]}]}",
	    "contacts",
	    "{\"contacts\":[{\"name\":{\"formatted_name\":\"Ann B\","
	    "\"first_name\":\"Ann\"},\"phones\":[{\"phone\":\"+1\"}]}]}",
	    "Contact: Ann B",
	    "{\"type\":\"contacts\",\"contacts\":[{\"name\":"
	    "{\"formatted_name\":\"Ann B\",\"first_name\":\"Ann\"},"
	    "\"phones\":[{\"phone\":\"+1\"}]}],"
	    "\"context\":{\"message_id\":\"R\"}}" },
};

/* What leaves, behind the recipient. */
static const char *
sent(const struct compose *c, const char *reply_wamid, const char *media_id)
{
	static const char head[] = "{\"messaging_product\":\"whatsapp\","
				   "\"recipient\":\"U\",";
	struct provider_recipient who = { .user_id = "U" };
	struct outgoing message = c->message;
	const char *body;

	message.reply_wamid = reply_wamid;
	message.media_id = media_id;
	if (text_is(message.type, "reaction")) /* as submit.c completes it */
		message.content = pool_printf(
		    p, "{\"message_id\":\"E\",\"emoji\":\"%s\"}", c->emoji);
	body = json_end(graph_message(p, &message, &who, NULL), NULL);
	assert_true(text_begins(body, head));
	return pool_printf(p, "{%s", body + strlen(head));
}

static void
every_kind_is_read_and_written(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (compose_try(p, good[i].body, &c, &wrong) != 0)
			fail_msg("%s: %s %s", good[i].body, wrong->field,
			    wrong->message);
		assert_null(wrong);
		assert_string_equal(c.message.type, good[i].type);
		assert_string_equal(c.message.content, good[i].content);
		assert_string_equal(c.preview, good[i].preview);
		assert_non_null(c.text);
		assert_int_equal(
		    c.template, text_is(c.message.type, "template"));
		if (good[i].sent != NULL)
			assert_string_equal(sent(&c, "R", NULL), good[i].sent);
	}
}

static void
what_is_ours_is_told_apart(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;

	(void)state;
	assert_int_equal(compose_try(p, good[0].body, &c, &wrong), 0);
	assert_int_equal(c.reply_to, 901);
	assert_int_equal(compose_try(p, good[3].body, &c, &wrong), 0);
	assert_int_equal(c.upload, 7);
	assert_int_equal(c.reply_to, 0);
	assert_int_equal(compose_try(p, good[10].body, &c, &wrong), 0);
	assert_int_equal(c.reaction_to, 901);
	assert_string_equal(c.emoji, "");
}

/* What our side notes of a stored file is not sent. */
static void
a_file_once_it_is_uploaded(void **state)
{
	static const struct compose file = {
		.message = { .type = "document",
		    .content = "{\"id\":\"old\",\"link\":\"https://"
			       "x\",\"filename\":\"f\","
			       "\"mime_type\":\"a/b\",\"sha256\":\"00\"}" }
	};

	(void)state;
	assert_string_equal(sent(&file, NULL, "123"),
	    "{\"type\":\"document\",\"document\":"
	    "{\"id\":\"123\",\"filename\":\"f\"}}");
}

static const struct {
	const char *body;
	const char *fields; /* that are wrong, in order */
} bad[] = {
	{ "{}", "type" },
	{ "{\"type\":\"fax\"}", "type" },
	{ "{\"type\":1}", "type" },
	{ "{\"type\":\"text\"}", "text" },
	{ "{\"type\":\"text\",\"text\":\"Hi\"}", "text" },
	{ "{\"type\":\"text\",\"text\":{}}", "text.body" },
	{ "{\"type\":\"text\",\"text\":{\"body\":\"\"}}", "text.body" },
	{ "{\"type\":\"text\",\"text\":{\"body\":\" \\n\"}}", "text.body" },
	{ "{\"type\":\"text\",\"text\":{\"body\":5}}", "text.body" },
	{ "{\"type\":\"text\",\"text\":{\"body\":\"x\",\"preview_url\":1,"
	  "\"colour\":1},\"caption\":\"x\",\"reply_to\":\"9\"}",
	    "caption reply_to text.colour text.preview_url" },
	{ "{\"type\":\"image\",\"media\":{}}", "media" },
	{ "{\"type\":\"image\",\"media\":{\"id\":\"1\",\"upload\":2}}",
	    "media" },
	{ "{\"type\":\"image\",\"media\":{\"id\":\"abc\"},"
	  "\"filename\":\"x\"}",
	    "filename media.id" },
	{ "{\"type\":\"image\",\"media\":{\"upload\":\"7\"}}", "media.upload" },
	{ "{\"type\":\"image\",\"media\":{\"link\":\"ftp://x\"}}",
	    "media.link" },
	{ "{\"type\":\"image\",\"media\":{\"link\":\"https://x/a b\"}}",
	    "media.link" },
	{ "{\"type\":\"audio\",\"media\":{\"id\":\"1\"},\"caption\":\"x\","
	  "\"voice\":\"yes\"}",
	    "caption voice" },
	{ "{\"type\":\"sticker\",\"media\":{\"id\":\"1\"},\"caption\":\"x\"}",
	    "caption" },
	{ "{\"type\":\"template\",\"template\":{\"language\":\"\"}}",
	    "template.name template.language" },
	{ "{\"type\":\"template\",\"template\":{\"name\":\"a\","
	  "\"language\":{},\"components\":{}}}",
	    "template.language.code template.components" },
	{ "{\"type\":\"template\",\"template\":{\"name\":\"a\","
	  "\"language\":\"en\",\"components\":[{\"type\":\"button\","
	  "\"parameters\":[{\"type\":\"text\"},{}]}]}}",
	    "template.components[0].sub_type "
	    "template.components[0].index" },
	{ "{\"type\":\"buttons\",\"buttons\":[]}", "body buttons" },
	{ "{\"type\":\"buttons\",\"body\":\"b\",\"buttons\":["
	  "{\"id\":\"1\",\"title\":\"123456789012345678901\"},"
	  "{\"id\":\"1\",\"title\":\"ok\",\"x\":1}]}",
	    "buttons[0].title buttons[1].x buttons[1].id" },
	{ "{\"type\":\"buttons\",\"body\":\"b\",\"buttons\":["
	  "{\"id\":\"1\",\"title\":\"a\"},{\"id\":\"2\",\"title\":\"a\"}]}",
	    "buttons[1].title" },
	{ "{\"type\":\"buttons\",\"body\":\"b\",\"buttons\":[1]}",
	    "buttons[0]" },
	{ "{\"type\":\"list\",\"body\":\"b\",\"sections\":["
	  "{\"rows\":[{\"id\":\"1\",\"title\":\"a\"}]},"
	  "{\"title\":\"t\",\"rows\":[{\"id\":\"1\",\"title\":\"b\"}]}]}",
	    "button sections[0].title sections[1].rows[0].id" },
	{ "{\"type\":\"reaction\",\"reaction\":{\"emoji\":null},"
	  "\"reply_to\":1}",
	    "reply_to reaction.message_id reaction.emoji" },
	{ "{\"type\":\"location\",\"location\":{\"latitude\":90.5,"
	  "\"longitude\":\"1\"}}",
	    "location.latitude location.longitude" },
	{ "{\"type\":\"contacts\",\"contacts\":[]}", "contacts" },
	{ "{\"type\":\"contacts\",\"contacts\":[{\"name\":{},"
	  "\"phones\":{},\"org\":1,\"pet\":1}]}",
	    "contacts[0].pet contacts[0].name.formatted_name "
	    "contacts[0].phones contacts[0].org" },
};

static void
what_is_wrong_is_named(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;
	char fields[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(compose_try(p, bad[i].body, &c, &wrong), -1);
		fields[0] = '\0';
		for (; wrong != NULL; wrong = wrong->next) {
			if (fields[0] != '\0')
				strcat(fields, " ");
			strcat(fields, wrong->field);
			assert_non_null(wrong->message);
		}
		if (strcmp(fields, bad[i].fields) != 0)
			fail_msg("%s: %s", bad[i].body, fields);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_and_written),
		cmocka_unit_test(what_is_ours_is_told_apart),
		cmocka_unit_test(a_file_once_it_is_uploaded),
		cmocka_unit_test(what_is_wrong_is_named),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
