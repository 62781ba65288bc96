/*
 * Parameters of a template message: each type's form, limits and place.
 */
#include "unit.h"

#include "base/pool.h"

#include "compose_try.h"

static struct pool *p;

#define HEADER(s) "{\"type\":\"header\",\"parameters\":[{" s "}]}"
#define BODY(s)	  "{\"type\":\"body\",\"parameters\":[{" s "}]}"
#define BUTTON(sub, s)                                                         \
	"{\"type\":\"button\",\"sub_type\":\"" sub "\",\"index\":\"1\","       \
	"\"parameters\":[{" s "}]}"
#define TEXT(s)	  "\"type\":\"text\",\"text\":\"" s "\""
#define NAMED(n)  TEXT("x") ",\"parameter_name\":\"" n "\""
#define ACTION(s) "\"type\":\"action\",\"action\":{" s "}"
#define AMOUNT(n) "{\"value\":" n ",\"offset\":100}"
#define AT	  "template.components[0]"
#define FIRST	  AT ".parameters[0]"
#define BODY_TYPES                                                             \
	"must be one of text currency date_time group_id, in a component "

/* The components, and what is wrong with them. */
static const struct {
	const char *components, *wrong;
} cases[] = {
	{ "", "" },
	{ BODY(TEXT("Ann")), "" },
	{ BODY("\"type\":\"group_id\",\"group_id\":\"Y2FwaV9n\""), "" },
	{ BODY("\"type\":\"group_id\""), FIRST ".group_id is missing\n" },
	{ "{\"type\":\"BODY\"}", "" },
	{ BODY(NAMED("order_id")), "" },
	{ BODY("\"type\":\"currency\",\"currency\":{\"fallback_value\":\"$9\","
	       "\"code\":\"USD\",\"amount_1000\":9000}"),
	    "" },
	{ BODY("\"type\":\"date_time\",\"date_time\":{\"fallback_value\":"
	       "\"Friday\",\"day_of_week\":5}"),
	    "" },
	{ HEADER("\"type\":\"video\",\"video\":{\"id\":\"7\"}"), "" },
	{ HEADER("\"type\":\"document\",\"document\":{\"link\":\"https://x/a\","
		 "\"filename\":\"a.pdf\"}"),
	    "" },
	{ HEADER("\"type\":\"image\",\"image\":{\"upload\":7}"), "" },
	{ HEADER("\"type\":\"location\",\"location\":{\"latitude\":\"37.4\","
		 "\"longitude\":-122,\"name\":\"n\",\"address\":\"a\"}"),
	    "" },
	{ HEADER("\"type\":\"product\",\"product\":{\"catalog_id\":\"1\","
		 "\"product_retailer_id\":\"a\"}"),
	    "" },
	{ BUTTON("quick_reply", "\"type\":\"payload\",\"payload\":\"STOP\""),
	    "" },
	{ BUTTON("url", TEXT("suffix")), "" },
	{ BUTTON("otp", TEXT("123456")), "" },
	{ BUTTON("copy_code",
	      "\"type\":\"coupon_code\",\"coupon_code\":\"SAVE10\""),
	    "" },
	{ BUTTON("catalog", ACTION("\"thumbnail_product_retailer_id\":\"a\"")),
	    "" },
	{ BUTTON("mpm",
	      ACTION("\"thumbnail_product_retailer_id\":\"a\",\"sections\":["
		     "{\"title\":\"t\",\"product_items\":["
		     "{\"product_retailer_id\":\"a\"}]}]")),
	    "" },
	{ BUTTON("flow",
	      ACTION("\"flow_token\":\"t\",\"flow_action_data\":{\"a\":1}")),
	    "" },
	{ "{\"type\":\"button\",\"sub_type\":\"flow\",\"index\":0}", "" },
	{ BUTTON("order_details",
	      ACTION("\"order_details\":{\"reference_id\":\"r\"}")),
	    "" },
	{ BUTTON("voice_call", "\"type\":\"ttl_minutes\",\"ttl_minutes\":100"),
	    "" },
	{ "{\"type\":\"limited_time_offer\",\"parameters\":[{\"type\":"
	  "\"limited_time_offer\",\"limited_time_offer\":{"
	  "\"expiration_time_ms\":1790000000000}}]}",
	    "" },
	{ "{\"type\":\"order_status\",\"parameters\":[{\"type\":"
	  "\"order_status\",\"order_status\":{\"reference_id\":\"r\","
	  "\"order\":{\"status\":\"shipped\"}}}]}",
	    "" },
	{ "{\"type\":\"tap_target_configuration\",\"parameters\":[{\"type\":"
	  "\"tap_target_configuration\",\"tap_target_configuration\":[{"
	  "\"url\":\"https://x\",\"title\":\"t\"}]}]}",
	    "" },
	{ "{\"type\":\"carousel\",\"cards\":[{\"card_index\":0,"
	  "\"components\":[" HEADER("\"type\":\"image\",\"image\":{\"id\":"
				    "\"1\"}") "," BODY(TEXT("x")) "]}]}",
	    "" },

	/* A text is a text, and says something. */
	{ BODY("\"type\":\"text\""), FIRST ".text is missing\n" },
	{ BODY("\"type\":\"text\",\"text\":null"), FIRST ".text is missing\n" },
	{ BODY(TEXT(" ")), FIRST ".text is empty\n" },
	{ BODY("\"type\":\"text\",\"text\":7"),
	    FIRST ".text must be a string\n" },
	{ BODY("\"type\":\"text\",\"text\":{}"),
	    FIRST ".text must be a string\n" },
	{ BODY("\"type\":\"text\",\"text\":[\"a\"]"),
	    FIRST ".text must be a string\n" },
	{ BODY(TEXT("x") ",\"image\":{}"),
	    FIRST ".image is unknown; known are: type parameter_name text\n" },
	{ BODY("\"text\":\"x\""), FIRST ".type is missing\n" },
	{ BODY("\"type\":\"image\",\"image\":{\"id\":\"1\"}"),
	    FIRST ".type " BODY_TYPES "of type body\n" },
	{ BUTTON("quick_reply", TEXT("x")),
	    FIRST ".type must be one of payload, in a component of type "
		  "quick_reply\n" },
	{ "{\"type\":\"body\",\"parameters\":[1]}",
	    FIRST " must be an object\n" },
	{ "{\"type\":\"body\",\"parameters\":{}}",
	    AT ".parameters must be an array\n" },
	{ "{\"type\":\"header\"}", AT ".parameters is missing\n" },
	{ "{\"type\":\"header\",\"parameters\":[{" TEXT("a") "},{" TEXT(
	      "b") "}]}",
	    AT ".parameters must have 1 to 1 elements\n" },

	/* Names. */
	{ "{\"type\":\"body\",\"parameters\":[{" NAMED("a") "},{" TEXT(
	      "b") "}]}",
	    AT ".parameters[1].parameter_name is needed in all parameters or "
	       "in none\n" },
	{ "{\"type\":\"body\",\"parameters\":[{" NAMED("a") "},{" NAMED(
	      "a") "}]}",
	    AT ".parameters[1].parameter_name is given twice\n" },
	{ BODY(NAMED("Order Id")),
	    FIRST ".parameter_name may only have small letters, digits and "
		  "_\n" },
	{ BODY(NAMED("")), FIRST ".parameter_name is empty\n" },
	{ BUTTON("url", NAMED("a")),
	    FIRST ".parameter_name is unknown; known are: type text\n" },

	/* Money, time, place, file. */
	{ BODY("\"type\":\"currency\",\"currency\":\"$9\""),
	    FIRST ".currency must be an object\n" },
	{ BODY("\"type\":\"currency\",\"currency\":{\"code\":\"usd\","
	       "\"amount_1000\":\"9\"}"),
	    FIRST ".currency.fallback_value is missing\n" FIRST
		  ".currency.code must be three capital letters, such as "
		  "BRL\n" FIRST
		  ".currency.amount_1000 must be a whole number, the amount "
		  "times 1000\n" },
	{ BODY("\"type\":\"date_time\",\"date_time\":{}"),
	    FIRST ".date_time.fallback_value is missing\n" },
	{ HEADER("\"type\":\"image\",\"image\":\"https://x\""),
	    FIRST ".image must be an object\n" },
	{ HEADER("\"type\":\"image\",\"image\":{}"),
	    FIRST ".image must have exactly one of link, id and upload\n" },
	{ HEADER("\"type\":\"image\",\"image\":{\"link\":\"a.png\","
		 "\"caption\":\"x\"}"),
	    FIRST ".image.caption is unknown; known are: link id "
		  "upload\n" FIRST ".image.link must be an https URL\n" },
	{ HEADER("\"type\":\"document\",\"document\":{\"id\":\"x\","
		 "\"filename\":\"\"}"),
	    FIRST ".document.filename is empty\n" FIRST
		  ".document.id must be the provider's media id, digits only; "
		  "the id of POST /media goes into " FIRST
		  ".document.upload\n" },
	{ HEADER("\"type\":\"location\",\"location\":{\"latitude\":91,"
		 "\"longitude\":\"east\",\"name\":\"\"}"),
	    FIRST ".location.latitude must be a number from -90 to 90\n" FIRST
		  ".location.longitude must be a number from -180 to "
		  "180\n" FIRST ".location.name is empty\n" },

	/* Buttons. */
	{ "{\"type\":\"button\",\"sub_type\":\"big\",\"index\":\"ten\"}",
	    AT ".sub_type must be one of quick_reply, url, otp, copy_code, "
	       "catalog, mpm, flow, order_details, voice_call\n" AT
	       ".index must be the button's position, from 0 to 9\n" },
	{ "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":0}",
	    AT ".parameters is missing\n" },
	{ BUTTON("otp", TEXT("1234567890123456")),
	    FIRST ".text may have at most 15 characters\n" },
	{ BUTTON("copy_code", "\"type\":\"coupon_code\",\"coupon_code\":"
			      "\"123456789012345678901\""),
	    FIRST ".coupon_code may have at most 20 characters\n" },
	{ BUTTON("flow", ACTION("")), FIRST ".action is empty\n" },
	{ BUTTON("flow", ACTION("\"flow_token\":\"\","
				"\"flow_action_data\":{}")),
	    FIRST ".action.flow_token is empty\n" FIRST
		  ".action.flow_action_data must be an object that is not "
		  "empty\n" },
	{ BUTTON("catalog", ACTION("\"sections\":[]")),
	    FIRST ".action.sections is unknown; known are: "
		  "thumbnail_product_retailer_id\n" FIRST
		  ".action.thumbnail_product_retailer_id is missing\n" },
	{ BUTTON("mpm", ACTION("\"sections\":[{},{}]")),
	    FIRST ".action.thumbnail_product_retailer_id is missing\n" FIRST
		  ".action.sections[0].product_items is missing\n" FIRST
		  ".action.sections[0].title is missing\n" FIRST
		  ".action.sections[1].product_items is missing\n" FIRST
		  ".action.sections[1].title is missing\n" },
	{ BUTTON("order_details",
	      ACTION("\"order_details\":{\"reference_id\":\"r\","
		     "\"currency\":\"BRL\",\"total_amount\":" AMOUNT(
			 "1") ",\"order\":{}}")),
	    FIRST ".action.order_details.order.subtotal is missing\n" FIRST
		  ".action.order_details.order.items is missing\n" },
	{ BUTTON("voice_call", "\"type\":\"ttl_minutes\",\"ttl_minutes\":0"),
	    FIRST ".ttl_minutes must be a whole number of minutes, from 1 to "
		  "43200\n" },

	/* Components. */
	{ "{\"type\":\"foot\"}",
	    AT ".type must be one of header, body, limited_time_offer, "
	       "order_status, tap_target_configuration, button, carousel\n" },
	{ "{\"type\":\"body\",\"text\":\"x\"}",
	    AT ".text is unknown; known are: type parameters\n" },
	{ BODY(TEXT("a")) "," BODY(TEXT("b")),
	    "template.components[1] is given twice\n" },
	{ BUTTON("url", TEXT("a")) "," BUTTON("url", TEXT("b")),
	    "template.components[1] is given twice\n" },
	{ "{\"type\":\"carousel\",\"cards\":[{},{\"card_index\":1,"
	  "\"components\":[{\"type\":\"carousel\"}," HEADER(
	      "\"type\":\"image\",\"image\":{\"upload\":7}") "]}]}",
	    AT ".cards[0].card_index must be the card's position, from 0 to "
	       "9\n" AT ".cards[0].components is missing\n" AT
	       ".cards[1].components[0].type cannot stand in a card\n" AT
	       ".cards[1].components[1].parameters[0].image.upload is for the "
	       "one file of the header\n" },
};

static void
each_parameter_is_checked_for_its_type_and_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
		    compose_try_wrong(p,
			pool_printf(p,
			    "{\"type\":\"template\",\"template\":{\"name\":"
			    "\"n\",\"language\":\"en\",\"components\":[%s]}}",
			    cases[i].components)),
		    cases[i].wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_parameter_is_checked_for_its_type_and_place),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
