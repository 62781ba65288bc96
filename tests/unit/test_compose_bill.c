/*
 * Bills: one that is whole is taken, and each field that is empty, missing or
 * wrong is named; the same of each interactive message.
 */
#include "unit.h"

#include "base/pool.h"

#include "compose_try.h"

static struct pool *p;

#define AMOUNT(n) "{\"value\":" n ",\"offset\":100}"
#define ITEM	  "\"name\":\"Tea\",\"quantity\":2,\"amount\":" AMOUNT("500")
#define ITEMS	  "\"items\":[{" ITEM "}]"
#define SUBTOTAL  "\"subtotal\":" AMOUNT("1000")
#define TOTAL	  "\"currency\":\"BRL\",\"total_amount\":" AMOUNT("1000")
#define ORDER(s)  TOTAL ",\"order\":{" s "}"

/* What stands in order_details beside its reference, and what is wrong. */
static const struct {
	const char *details, *wrong;
} bills[] = {
	{ "\"type\":\"digital-goods\"", "" },
	{ TOTAL, "" },
	{ ORDER(ITEMS "," SUBTOTAL), "" },
	{ ORDER("\"status\":\"pending\",\"expiration\":{\"timestamp\":"
		"\"1790000000\",\"description\":\"Soon\"},\"tax\":{\"value\":0,"
		"\"offset\":100,\"description\":\"VAT\"}," ITEMS "," SUBTOTAL),
	    "" },
	{ TOTAL ",\"payment_settings\":[{\"type\":\"payment_link\","
		"\"payment_link\":{\"uri\":\"https://pay\"}}]",
	    "" },
	{ "\"order\":{}", "order_details.currency is missing\n"
			  "order_details.total_amount is missing\n"
			  "order_details.order.subtotal is missing\n"
			  "order_details.order.items is missing\n" },
	{ "\"total_amount\":" AMOUNT("1"),
	    "order_details.currency is missing\n" },
	{ ORDER(SUBTOTAL ",\"items\":[]"),
	    "order_details.order.items must have 1 to 999 elements\n" },
	{ ORDER(SUBTOTAL ",\"items\":[{}]"),
	    "order_details.order.items[0].amount is missing\n"
	    "order_details.order.items[0].name is missing\n"
	    "order_details.order.items[0].quantity must be a whole number "
	    "from 1 to 99999\n" },
	{ ORDER(SUBTOTAL ",\"items\":[{" ITEM ",\"retailer_id\":\"\","
			 "\"sale_amount\":" AMOUNT("501") "}]"),
	    "order_details.order.items[0].retailer_id is empty\n"
	    "order_details.order.items[0].sale_amount is more than amount\n" },
	{ ORDER(ITEMS ",\"subtotal\":{\"value\":-1,\"offset\":1}"),
	    "order_details.order.subtotal.value must be a whole number, not "
	    "negative\n"
	    "order_details.order.subtotal.offset must be 100\n" },
	{ ORDER(ITEMS "," SUBTOTAL ",\"status\":\"shipped\","
		      "\"catalog_id\":\"\",\"expiration\":{},\"discount\":{"
		      "\"value\":0,\"offset\":100,"
		      "\"discount_program_name\":\" \"}"),
	    "order_details.order.discount.discount_program_name is empty\n"
	    "order_details.order.status must be pending\n"
	    "order_details.order.catalog_id is empty\n"
	    "order_details.order.expiration.timestamp must be a time, in "
	    "seconds since 1970\n" },
	{ ORDER(ITEMS "," SUBTOTAL ",\"tax\":" AMOUNT("1")),
	    "order_details.total_amount is 1000, and subtotal, tax and "
	    "shipping less discount are 1001\n" },
	{ TOTAL ",\"payment_settings\":[],\"beneficiaries\":[],"
		"\"payment_type\":\"\",\"payment_configuration\":7",
	    "order_details.payment_type is empty\n"
	    "order_details.payment_configuration must be a string\n"
	    "order_details.payment_settings must have 1 to 10 elements\n"
	    "order_details.beneficiaries must have 1 to 10 elements\n" },
	{ TOTAL ",\"payment_settings\":[{},{\"type\":\"boleto\"},"
		"{\"type\":\"payment_link\",\"payment_link\":{}}]",
	    "order_details.payment_settings[0].type is missing\n"
	    "order_details.payment_settings[1].boleto is missing\n"
	    "order_details.payment_settings[2].payment_link is empty\n" },
	{ "\"order\":[]", "order_details.currency is missing\n"
			  "order_details.total_amount is missing\n"
			  "order_details.order must be an object\n" },
};

static void
a_bill_says_all_of_it_and_its_sums_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bills) / sizeof(*bills); i++)
		assert_string_equal(
		    compose_try_wrong(
			p, pool_printf(p,
			       "{\"type\":\"order_details\",\"body\":\"b\","
			       "\"order_details\":{\"reference_id\":\"r\",%s}}",
			       bills[i].details)),
		    bills[i].wrong);
}

/* The object of each kind, empty. */
static const struct {
	const char *body, *wrong;
} empty[] = {
	{ "\"type\":\"order_details\",\"order_details\":{}",
	    "order_details.reference_id is missing\n" },
	{ "\"type\":\"order_status\",\"order_status\":{}",
	    "order_status.reference_id is missing\n"
	    "order_status.order is missing\n" },
	{ "\"type\":\"order_status\",\"order_status\":{\"reference_id\":\"r\","
	  "\"order\":{},\"payment\":{}}",
	    "order_status.order.status is missing\n"
	    "order_status.payment.status is missing\n" },
	{ "\"type\":\"order_status\",\"order_status\":{\"reference_id\":\"r\","
	  "\"order\":{\"status\":\"shipped\"},\"payment\":{\"status\":"
	  "\"paid\"}}",
	    "order_status.payment.status must be one of pending, captured, "
	    "failed\n" },
	{ "\"type\":\"buttons\",\"buttons\":[{}]",
	    "buttons[0].id is missing\nbuttons[0].title is missing\n" },
	{ "\"type\":\"list\",\"button\":\"\",\"sections\":[{}]",
	    "button is empty\nsections[0].rows is missing\n" },
	{ "\"type\":\"list\",\"button\":\"o\",\"sections\":[{\"rows\":[{}]}]",
	    "sections[0].rows[0].id is missing\n"
	    "sections[0].rows[0].title is missing\n" },
	{ "\"type\":\"cta_url\",\"button\":\"\",\"url\":\"\"",
	    "button is empty\nurl is empty\n" },
	{ "\"type\":\"flow\",\"flow\":{}",
	    "flow.cta is missing\n"
	    "flow must have exactly one of id and name\n" },
	{ "\"type\":\"product\",\"product\":{}",
	    "product.catalog_id is missing\n"
	    "product.product_retailer_id is missing\n" },
	{ "\"type\":\"product_list\",\"header\":\"h\",\"product_list\":{}",
	    "product_list.catalog_id is missing\n"
	    "product_list.sections is missing\n" },
	{ "\"type\":\"catalog_message\",\"catalog_message\":{"
	  "\"thumbnail_product_retailer_id\":7}",
	    "catalog_message.thumbnail_product_retailer_id must be a "
	    "string\n" },
	{ "\"type\":\"carousel\",\"cards\":[{},{}]",
	    "cards[0].header is missing\ncards[0].button is missing\n"
	    "cards[0].url is missing\ncards[1].header is missing\n"
	    "cards[1].button is missing\ncards[1].url is missing\n" },
	{ "\"type\":\"carousel\",\"cards\":[{\"header\":{},\"button\":\"b\","
	  "\"url\":\"https://x\"},{\"header\":{\"type\":\"image\",\"media\":{}}"
	  ",\"button\":\"b\",\"url\":\"https://x\"}]",
	    "cards[0].header.media is missing\n"
	    "cards[0].header.type must be image or video\n"
	    "cards[1].header.media must have exactly one of link, id and "
	    "upload\n" },
	{ "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":"
	  "\"A\"},\"phones\":[{},{\"phone\":\"\"},{\"wa_id\":\"1\"}],"
	  "\"emails\":[{\"email\":7}],\"urls\":[{\"type\":\"WORK\"}],"
	  "\"addresses\":[{},{\"city\":\"Kiel\"}]}]",
	    "body is not allowed with type contacts\n"
	    "contacts[0].phones[0] is empty\n"
	    "contacts[0].phones[1].phone is empty\n"
	    "contacts[0].emails[0].email must be a string\n"
	    "contacts[0].urls[0].url is missing\n"
	    "contacts[0].addresses[0] is empty\n" },
	{ "\"type\":\"buttons\",\"buttons\":[{\"id\":\"1\",\"title\":\"t\"}],"
	  "\"header\":{\"type\":\"image\",\"media\":{\"link\":\"\"}}",
	    "header.media.link is empty\n" },
};

static void
what_is_empty_is_said_of_each_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++)
		assert_string_equal(
		    compose_try_wrong(p,
			pool_printf(p, "{\"body\":\"b\",%s}", empty[i].body)),
		    empty[i].wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bill_says_all_of_it_and_its_sums_agree),
		cmocka_unit_test(what_is_empty_is_said_of_each_kind),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
