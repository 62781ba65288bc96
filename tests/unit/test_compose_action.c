/*
 * Interactive messages: what each becomes, and what is wrong in words.
 */
#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/provider/graph_message.h"
#include "whatsapp/provider/provider.h"

#include "compose_try.h"

static struct pool *p;

#define CARD(link)                                                             \
	"{\"header\":{\"type\":\"image\",\"media\":{\"link\":\"" link "\"}},"  \
	"\"body\":\"Blue\",\"button\":\"See\",\"url\":\"https://x/b\"}"
#define CARD_SENT(n, link)                                                     \
	"{\"card_index\":" n ",\"type\":\"cta_url\",\"header\":"               \
	"{\"type\":\"image\",\"image\":{\"link\":\"" link "\"}},"              \
	"\"body\":{\"text\":\"Blue\"},\"action\":{\"name\":\"cta_url\","       \
	"\"parameters\":{\"display_text\":\"See\",\"url\":\"https://x/b\"}}}"

static const struct {
	const char *body, *content, *preview, *text;
} good[] = {
	{ "{\"type\":\"cta_url\",\"body\":\"The bill\",\"button\":\"Look\","
	  "\"url\":\"https://a.example/7\",\"footer\":\"F\"}",
	    "{\"type\":\"cta_url\",\"body\":{\"text\":\"The bill\"},"
	    "\"footer\":{\"text\":\"F\"},\"action\":{\"name\":\"cta_url\","
	    "\"parameters\":{\"display_text\":\"Look\","
	    "\"url\":\"https://a.example/7\"}}}",
	    "The bill", "The bill Look" },
	{ "{\"type\":\"location_request\",\"body\":\"Where?\"}",
	    "{\"type\":\"location_request_message\",\"body\":{\"text\":"
	    "\"Where?\"},\"action\":{\"name\":\"send_location\"}}",
	    "Where?", "Where?" },
	{ "{\"type\":\"request_contact_info\",\"body\":\"Your number?\"}",
	    "{\"type\":\"request_contact_info\",\"body\":{\"text\":"
	    "\"Your number?\"},\"action\":{\"name\":"
	    "\"request_contact_info\"}}",
	    "Your number?", "Your number?" },
	{ "{\"type\":\"call_permission_request\"}",
	    "{\"type\":\"call_permission_request\",\"action\":{\"name\":"
	    "\"call_permission_request\"}}",
	    "Call permission request", "Call permission request" },
	{ "{\"type\":\"flow\",\"body\":\"Table\",\"flow\":{\"id\":\"9\","
	  "\"cta\":\"Book\",\"token\":\"t\",\"screen\":\"S\","
	  "\"data\":{\"a\":1}}}",
	    "{\"type\":\"flow\",\"body\":{\"text\":\"Table\"},\"action\":"
	    "{\"name\":\"flow\",\"parameters\":{\"flow_message_version\":"
	    "\"3\",\"flow_id\":\"9\",\"flow_token\":\"t\",\"flow_cta\":"
	    "\"Book\",\"flow_action_payload\":{\"screen\":\"S\",\"data\":"
	    "{\"a\":1}}}}}",
	    "Table", "Table Book" },
	{ "{\"type\":\"flow\",\"body\":\"Table\",\"flow\":{\"name\":\"book\","
	  "\"cta\":\"Book\",\"mode\":\"draft\",\"action\":"
	  "\"data_exchange\"}}",
	    "{\"type\":\"flow\",\"body\":{\"text\":\"Table\"},\"action\":"
	    "{\"name\":\"flow\",\"parameters\":{\"flow_message_version\":"
	    "\"3\",\"flow_name\":\"book\",\"flow_cta\":\"Book\",\"mode\":"
	    "\"draft\",\"flow_action\":\"data_exchange\"}}}",
	    "Table", "Table Book" },
	{ "{\"type\":\"product\",\"product\":{\"catalog_id\":\"7\","
	  "\"product_retailer_id\":\"red\"}}",
	    "{\"type\":\"product\",\"action\":{\"catalog_id\":\"7\","
	    "\"product_retailer_id\":\"red\"}}",
	    "Product", "Product" },
	{ "{\"type\":\"product\",\"body\":\"This\",\"product\":"
	  "{\"catalog_id\":\"7\",\"product_retailer_id\":\"red\"}}",
	    "{\"type\":\"product\",\"body\":{\"text\":\"This\"},\"action\":"
	    "{\"catalog_id\":\"7\",\"product_retailer_id\":\"red\"}}",
	    "This", "This" },
	{ "{\"type\":\"product_list\",\"header\":\"New\",\"body\":\"All\","
	  "\"product_list\":{\"catalog_id\":\"7\",\"sections\":[{\"title\":"
	  "\"Tea\",\"product_items\":[{\"product_retailer_id\":\"a\"},"
	  "{\"product_retailer_id\":\"b\"}]}]}}",
	    "{\"type\":\"product_list\",\"header\":{\"type\":\"text\","
	    "\"text\":\"New\"},\"body\":{\"text\":\"All\"},\"action\":"
	    "{\"catalog_id\":\"7\",\"sections\":[{\"title\":\"Tea\","
	    "\"product_items\":[{\"product_retailer_id\":\"a\"},"
	    "{\"product_retailer_id\":\"b\"}]}]}}",
	    "All", "All New Tea" },
	{ "{\"type\":\"catalog_message\",\"body\":\"All of it\"}",
	    "{\"type\":\"catalog_message\",\"body\":{\"text\":\"All of it\"},"
	    "\"action\":{\"name\":\"catalog_message\"}}",
	    "All of it", "All of it" },
	{ "{\"type\":\"catalog_message\",\"body\":\"b\",\"catalog_message\":"
	  "{\"thumbnail_product_retailer_id\":\"a\"}}",
	    "{\"type\":\"catalog_message\",\"body\":{\"text\":\"b\"},"
	    "\"action\":{\"name\":\"catalog_message\",\"parameters\":"
	    "{\"thumbnail_product_retailer_id\":\"a\"}}}",
	    "b", "b" },
	{ "{\"type\":\"carousel\",\"body\":\"Sale\",\"cards\":[" CARD(
	      "https://x/1.png") "," CARD("https://x/2.png") "]}",
	    "{\"type\":\"carousel\",\"body\":{\"text\":\"Sale\"},\"action\":"
	    "{\"cards\":[" CARD_SENT("0", "https://x/1.png") "," CARD_SENT(
		"1", "https://x/2.png") "]}}",
	    "Sale", "Sale Blue See Blue See" },
	{ "{\"type\":\"order_details\",\"body\":\"Your order\","
	  "\"order_details\":{\"reference_id\":\"r-1\",\"currency\":\"BRL\","
	  "\"total_amount\":{\"value\":2150,\"offset\":100},\"order\":{"
	  "\"items\":[{\"name\":\"Tea\",\"quantity\":2,\"amount\":{\"value\":"
	  "1000,\"offset\":100}}],\"subtotal\":{\"value\":2000,\"offset\":"
	  "100},\"shipping\":{\"value\":300,\"offset\":100},\"discount\":"
	  "{\"value\":150,\"offset\":100}}}}",
	    "{\"type\":\"order_details\",\"body\":{\"text\":\"Your order\"},"
	    "\"action\":{\"name\":\"review_and_pay\",\"parameters\":"
	    "{\"reference_id\":\"r-1\",\"currency\":\"BRL\","
	    "\"total_amount\":{\"value\":2150,\"offset\":100},\"order\":{"
	    "\"items\":[{\"name\":\"Tea\",\"quantity\":2,\"amount\":"
	    "{\"value\":1000,\"offset\":100}}],\"subtotal\":{\"value\":2000,"
	    "\"offset\":100},\"shipping\":{\"value\":300,\"offset\":100},"
	    "\"discount\":{\"value\":150,\"offset\":100}}}}}",
	    "Your order", "Your order r-1 Tea" },
	{ "{\"type\":\"order_status\",\"body\":\"Sent\",\"order_status\":"
	  "{\"reference_id\":\"r-1\",\"order\":{\"status\":\"shipped\"}}}",
	    "{\"type\":\"order_status\",\"body\":{\"text\":\"Sent\"},"
	    "\"action\":{\"name\":\"review_order\",\"parameters\":"
	    "{\"reference_id\":\"r-1\",\"order\":{\"status\":\"shipped\"}}}}",
	    "Sent", "Sent r-1" },
	{ "{\"type\":\"buttons\",\"body\":\"This?\",\"header\":{\"type\":"
	  "\"document\",\"media\":{\"link\":\"https://x/a%20b.pdf?k=1\"}},"
	  "\"buttons\":[{\"id\":\"y\",\"title\":\"Yes\"}]}",
	    "{\"type\":\"button\",\"header\":{\"type\":\"document\","
	    "\"document\":{\"link\":\"https://x/a%20b.pdf?k=1\","
	    "\"filename\":\"a b.pdf\"}},\"body\":{\"text\":\"This?\"},"
	    "\"action\":{\"buttons\":[{\"type\":\"reply\",\"reply\":"
	    "{\"id\":\"y\",\"title\":\"Yes\"}}]}}",
	    "This?", "This? a b.pdf Yes" },
	{ "{\"type\":\"list\",\"body\":\"Which?\",\"button\":\"All\","
	  "\"header\":{\"type\":\"text\",\"text\":\"H\"},\"sections\":["
	  "{\"rows\":[{\"id\":\"1\",\"title\":\"One\"}]}]}",
	    "{\"type\":\"list\",\"header\":{\"type\":\"text\",\"text\":"
	    "\"H\"},\"body\":{\"text\":\"Which?\"},\"action\":{\"button\":"
	    "\"All\",\"sections\":[{\"rows\":[{\"id\":\"1\",\"title\":"
	    "\"One\"}]}]}}",
	    "Which?", "Which? H One" },
};

static void
each_becomes_what_the_provider_takes(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (compose_try(p, good[i].body, &c, &wrong) != 0)
			fail_msg("%s: %s %s", good[i].body, wrong->field,
			    wrong->message);
		assert_string_equal(c.message.type, "interactive");
		assert_string_equal(c.message.content, good[i].content);
		assert_string_equal(c.preview, good[i].preview);
		assert_string_equal(c.text, good[i].text);
		assert_int_equal(c.template, 0);
	}
}

/* What leaves of BODY, whose upload the provider has as 55. */
static const char *
sent_with_file(const char *body, const char *field)
{
	struct provider_recipient who = { .user_id = "U" };
	struct compose_wrong *wrong;
	struct outgoing message;
	struct compose c;

	if (compose_try(p, body, &c, &wrong) != 0)
		fail_msg("%s: %s %s", body, wrong->field, wrong->message);
	assert_int_equal(c.upload, 7);
	assert_string_equal(c.upload_field, field);
	message = c.message;
	message.media_id = "55";
	message.filename = "ours.pdf";
	return strstr(
	    json_end(graph_message(p, &message, &who, NULL), NULL), "\"type\"");
}

static void
an_upload_may_stand_in_a_header(void **state)
{
	(void)state;
	assert_string_equal(
	    sent_with_file("{\"type\":\"cta_url\",\"body\":\"b\",\"button\":"
			   "\"o\",\"url\":\"https://x\",\"header\":{\"type\":"
			   "\"document\",\"media\":{\"upload\":7}}}",
		"header.media.upload"),
	    "\"type\":\"interactive\",\"interactive\":{\"type\":\"cta_url\","
	    "\"header\":{\"type\":\"document\",\"document\":{\"id\":\"55\","
	    "\"filename\":\"ours.pdf\"}},\"body\":{\"text\":\"b\"},\"action\":"
	    "{\"name\":\"cta_url\",\"parameters\":{\"display_text\":\"o\","
	    "\"url\":\"https://x\"}}}}");
	assert_string_equal(
	    sent_with_file("{\"type\":\"template\",\"template\":{\"name\":"
			   "\"pic\",\"language\":\"en\",\"components\":["
			   "{\"type\":\"HEADER\",\"parameters\":[{\"type\":"
			   "\"image\",\"image\":{\"upload\":7}}]},{\"type\":"
			   "\"body\",\"parameters\":[{\"type\":\"text\","
			   "\"text\":\"upload\"}]}]}}",
		"template.components[0].parameters[0].image.upload"),
	    "\"type\":\"template\",\"template\":{\"name\":\"pic\","
	    "\"language\":{\"code\":\"en\",\"policy\":\"deterministic\"},"
	    "\"components\":[{\"type\":\"HEADER\",\"parameters\":[{\"type\":"
	    "\"image\",\"image\":{\"id\":\"55\"}}]},{\"type\":\"body\","
	    "\"parameters\":[{\"type\":\"text\",\"text\":\"upload\"}]}]}}");
}

#define AMOUNT(n) "{\"value\":" n ",\"offset\":100}"
#define BILL(total, item)                                                      \
	"{\"type\":\"order_details\",\"body\":\"b\",\"order_details\":{"       \
	"\"reference_id\":\"a\",\"currency\":\"BRL\",\"total_"                 \
	"amount\":" AMOUNT(                                                    \
	    total) ",\"order\":{\"items\":[{\"name\":\"n\"," item              \
		   "}],\"subtotal\":" AMOUNT("1000") "}}}"

static const struct {
	const char *body, *wrong; /* field and message, one a line */
} bad[] = {
	{ "{\"type\":\"cta_url\",\"body\":\"b\",\"button\":"
	  "\"123456789012345678901\",\"url\":\"ftp://x\"}",
	    "button may have at most 20 characters\n"
	    "url must be an https URL\n" },
	{ "{\"type\":\"cta_url\",\"button\":\"x\",\"url\":\"https://\","
	  "\"header\":{\"type\":\"audio\"}}",
	    "header.type must be one of text, image, video, document\n"
	    "body is missing\n"
	    "url must be an https URL\n" },
	{ "{\"type\":\"location_request\",\"body\":\"b\",\"footer\":\"f\"}",
	    "footer is not allowed with type location_request\n" },
	{ "{\"type\":\"request_contact_info\",\"header\":\"h\"}",
	    "header is not allowed with type request_contact_info\n"
	    "body is missing\n" },
	{ "{\"type\":\"flow\",\"body\":\"b\",\"flow\":{\"id\":\"1\",\"name\":"
	  "\"n\",\"cta\":\"c\",\"mode\":\"live\",\"data\":{}}}",
	    "flow.mode must be published or draft\n"
	    "flow must have exactly one of id and name\n"
	    "flow.data must be an object that is not empty\n"
	    "flow.screen is needed, for data are those of it\n" },
	{ "{\"type\":\"flow\",\"body\":\"b\",\"flow\":{\"id\":\"1\",\"cta\":"
	  "\"c\",\"action\":\"data_exchange\",\"screen\":\"S\"}}",
	    "flow.screen is for the action navigate\n" },
	{ "{\"type\":\"flow\",\"body\":\"b\",\"flow\":{\"id\":\" \","
	  "\"cta\":\"c\"}}",
	    "flow must have exactly one of id and name\n" },
	{ "{\"type\":\"order_status\",\"body\":\"b\",\"order_status\":{"
	  "\"reference_id\":\"a\",\"order\":{\"status\":\"shipped\","
	  "\"description\":\" \"}}}",
	    "order_status.order.description is empty\n" },
	{ "{\"type\":\"product\",\"product\":{\"catalog_id\":\"7\"}}",
	    "product.product_retailer_id is missing\n" },
	{ "{\"type\":\"product_list\",\"body\":\"b\",\"product_list\":"
	  "{\"catalog_id\":\"7\",\"sections\":[{\"product_items\":[]},"
	  "{\"title\":\"t\",\"product_items\":[{\"id\":\"x\"}]}]}}",
	    "header is missing\n"
	    "product_list.sections[0].title is missing\n"
	    "product_list.sections[0].product_items must have 1 to 30 "
	    "elements\n"
	    "product_list.sections[1].product_items[0].id is unknown; known "
	    "are: product_retailer_id\n"
	    "product_list.sections[1].product_items[0].product_retailer_id is "
	    "missing\n" },
	{ "{\"type\":\"product_list\",\"body\":\"b\",\"header\":{\"type\":"
	  "\"image\",\"media\":{\"id\":\"1\"}},\"product_list\":"
	  "{\"catalog_id\":\"7\",\"sections\":[{\"product_items\":["
	  "{\"product_retailer_id\":\"x\"}]}]}}",
	    "header.type must be text: no other header is shown here\n" },
	{ "{\"type\":\"carousel\",\"body\":\"b\",\"cards\":[" CARD(
	      "https://x/1.png") "]}",
	    "cards must have 2 to 10 elements\n" },
	{ "{\"type\":\"carousel\",\"body\":\"b\",\"cards\":[" CARD(
	      "https://x/1.png") ",{\"header\":{\"type\":\"video\",\"media\":"
				 "{\"upload\":3}},\"body\":\"1\\n2\\n3\\n4\","
				 "\"button\":\"b\",\"url\":\"https://x\"}]}",
	    "cards[1].header.type must be image, as in the first card\n"
	    "cards[1].header.media.upload is not possible in a carousel: give "
	    "a link\n"
	    "cards[1].body may have at most 2 line breaks\n" },
	{ "{\"type\":\"order_details\",\"body\":\"b\",\"order_details\":{"
	  "\"reference_id\":\"a b\",\"currency\":\"brl\",\"type\":\"x\","
	  "\"total_amount\":1}}",
	    "order_details.reference_id may only have letters, digits, - _ and "
	    ".\n"
	    "order_details.currency must be three capital letters, such as "
	    "BRL\n"
	    "order_details.type must be digital-goods or physical-goods\n"
	    "order_details.total_amount must be an object, such as "
	    "{\"value\":1050,\"offset\":100} for 10.50\n" },
	{ BILL("900", "\"quantity\":1,\"amount\":" AMOUNT("1000")),
	    "order_details.total_amount is 900, and subtotal, tax and shipping "
	    "less discount are 1000\n" },
	{ BILL("1000", "\"quantity\":3,\"amount\":" AMOUNT(
			   "500") ",\"sale_amount\":" AMOUNT("400")),
	    "order_details.order.subtotal is 1000, and the items cost 1200\n" },
	{ BILL("1000",
	      "\"quantity\":99999,\"amount\":" AMOUNT("1000000000000000")),
	    "order_details.order.items[0].quantity makes it cost more than "
	    "1000000000000000\n" },
	{ "{\"type\":\"order_status\",\"body\":\"b\",\"order_status\":{"
	  "\"reference_id\":\"a\",\"order\":{\"status\":\"lost\"}}}",
	    "order_status.order.status must be one of pending, processing, "
	    "partially_shipped, shipped, completed, canceled\n" },
};

static void
what_is_wrong_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_string_equal(
		    compose_try_wrong(p, bad[i].body), bad[i].wrong);
}

/* The longest that Meta takes is taken, one more is not. */
static void
the_provider_limits_are_ours(void **state)
{
	static const struct {
		const char *before, *after;
		int max;
	} limits[] = {
		{ "{\"type\":\"flow\",\"body\":\"b\",\"flow\":{\"id\":\"1\","
		  "\"cta\":\"",
		    "\"}}", 30 },
		{ "{\"type\":\"cta_url\",\"body\":\"b\",\"url\":\"https://x\","
		  "\"button\":\"",
		    "\"}", 20 },
		{ "{\"type\":\"location_request\",\"body\":\"", "\"}", 1024 },
		{ "{\"type\":\"order_status\",\"body\":\"b\",\"order_status\":{"
		  "\"order\":{\"status\":\"shipped\"},\"reference_id\":\"",
		    "\"}}", 35 },
		{ "{\"type\":\"order_status\",\"body\":\"b\",\"order_status\":{"
		  "\"reference_id\":\"r\",\"order\":{\"status\":\"shipped\","
		  "\"description\":\"",
		    "\"}}}", 120 },
		{ "{\"type\":\"carousel\",\"body\":\"b\",\"cards\":[" CARD(
		      "https://x/1") ",{\"header\":{\"type\":\"image\","
				     "\"media\":{\"id\":\"1\"}},\"button\":"
				     "\"b\",\"url\":\"https://x\",\"body\":\"",
		    "\"}]}", 160 },
	};
	struct compose_wrong *wrong;
	struct compose c;
	char word[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		for (int more = 0; more < 2; more++) {
			int n = limits[i].max + more;

			memset(word, 'x', (size_t)n);
			word[n] = '\0';
			assert_int_equal(
			    compose_try(p,
				pool_printf(p, "%s%s%s", limits[i].before, word,
				    limits[i].after),
				&c, &wrong),
			    -more);
		}
}

/* Thirty products at most in all sections, not in each. */
static void
a_list_has_thirty_products_in_all(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;

	(void)state;
	for (int n = 15; n <= 16; n++) {
		const char *items = "{\"product_retailer_id\":\"a\"}";
		const char *all = items;

		for (int i = 1; i < n; i++)
			all = pool_printf(p, "%s,%s", all, items);
		assert_int_equal(
		    compose_try(p,
			pool_printf(p,
			    "{\"type\":\"product_list\",\"header\":\"h\","
			    "\"body\":\"b\",\"product_list\":{\"catalog_id\":"
			    "\"7\",\"sections\":[{\"title\":\"a\","
			    "\"product_items\":[%s]},{\"title\":\"b\","
			    "\"product_items\":[%s]}]}}",
			    all, all),
			&c, &wrong),
		    n == 15 ? 0 : -1);
	}
	assert_string_equal(wrong->message, "have at most 30 products in all");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_becomes_what_the_provider_takes),
		cmocka_unit_test(an_upload_may_stand_in_a_header),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(the_provider_limits_are_ours),
		cmocka_unit_test(a_list_has_thirty_products_in_all),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
