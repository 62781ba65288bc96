/*
 * Checks a bill (review and pay) and what became of an order, as interactive
 * messages and templates carry them.  The fields are Meta's own, and go to the
 * provider as they are; which ways to pay there are differs by country (India:
 * UPI, gateways; Brazil: Pix, boleto, links).  A bill may be without items, and
 * then it says its total; one that says an order says all of it.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/field/compose_bill.h"
#include "whatsapp/compose/field/compose_part.h"

#define REFERENCE_MAX 35
#define ITEMS_MAX     999
#define WAYS_MAX      10
#define QUANTITY_MAX  99999
#define WORD_MAX      60
#define ID_MAX	      100 /* ours: the provider names no limit */
#define TEXT_MAX      120
/* Of offset 100: nobody's bill; ITEMS_MAX of them fit into 64 bits. */
#define AMOUNT_MAX    INT64_C(1000000000000000)
#define OFFSET	      100
#define DETAILS                                                                \
	"reference_id type currency total_amount order payment_type "          \
	"payment_configuration payment_settings goods_type beneficiaries"

/* 1: it is there, be it as null. */
static int
is_given(const struct json *o, const char *key)
{
	return json_get(o, key) != NULL;
}

/* A field that may be absent.  One that is there goes to the provider as it is,
 * and must say something. */
static const char *
get_given(struct compose_part *c, const struct json *o, const char *path,
    const char *key, size_t max)
{
	return is_given(o, key) ? compose_get_text(c, o, path, key, max, 1)
				: NULL;
}

/* Letters, digits, - _ . as the provider takes them. */
static void
check_reference(struct compose_part *c, const struct json *o, const char *path)
{
	static const char taken[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_.";
	const char *s =
	    compose_get_text(c, o, path, "reference_id", REFERENCE_MAX, 1);

	compose_also(c, s);
	if (s != NULL && strspn(s, taken) != strlen(s))
		compose_note(c, compose_path(c, path, "reference_id"),
		    "may only have letters, digits, - _ and .");
}

/* {"value":1000,"offset":100}: the value, or 0 when it is absent or wrong. */
static int64_t
get_amount(struct compose_part *c, const struct json *o, const char *path,
    const char *key, int needed)
{
	const struct json *m = json_get(o, key);
	const char *at = compose_path(c, path, key);
	int64_t value, offset;

	if (m == NULL) {
		if (needed)
			compose_note(c, at, "is missing");
		return 0;
	}
	if (json_type(m) != JSON_OBJECT) {
		compose_note(c, at,
		    "must be an object, such as "
		    "{\"value\":1050,\"offset\":100} for 10.50");
		return 0;
	}
	if (json_type(json_get(m, "value")) != JSON_NUMBER ||
	    !json_int(m, "value", &value) || value < 0 || value > AMOUNT_MAX) {
		compose_note(c, compose_path(c, at, "value"),
		    "must be a whole number, not negative");
		value = 0;
	}
	if (!json_int(m, "offset", &offset) || offset != OFFSET)
		compose_note(
		    c, compose_path(c, at, "offset"), "must be %d", OFFSET);
	get_given(c, m, at, "description", WORD_MAX);
	get_given(c, m, at, "discount_program_name", WORD_MAX);
	return value;
}

/* What an item costs, or 0 when that is more than anybody pays. */
static int64_t
cost_of(
    struct compose_part *c, const char *path, int64_t quantity, int64_t price)
{
	if (price <= AMOUNT_MAX / quantity)
		return quantity * price;
	compose_note(c, compose_path(c, path, "quantity"),
	    "makes it cost more than %lld", (long long)AMOUNT_MAX);
	return 0;
}

/* What an item costs: the sale price where there is one. */
static int64_t
check_item(struct compose_part *c, const struct json *item, const char *path)
{
	int64_t quantity = 0;
	int64_t price = get_amount(c, item, path, "amount", 1);
	int64_t sale = get_amount(c, item, path, "sale_amount", 0);

	get_given(c, item, path, "retailer_id", ID_MAX);
	compose_also(c, compose_get_text(c, item, path, "name", WORD_MAX, 1));
	if (is_given(item, "sale_amount") && sale > price)
		compose_note(c, compose_path(c, path, "sale_amount"),
		    "is more than amount");
	if (json_int(item, "quantity", &quantity) && quantity >= 1 &&
	    quantity <= QUANTITY_MAX)
		return cost_of(c, path, quantity,
		    is_given(item, "sale_amount") ? sale : price);
	compose_note(c, compose_path(c, path, "quantity"),
	    "must be a whole number from 1 to %d", QUANTITY_MAX);
	return 0;
}

static void
check_expiration(struct compose_part *c, const struct json *o, const char *path)
{
	const char *at = compose_path(c, path, "expiration");
	int64_t seconds;

	if (!is_given(o, "expiration"))
		return;
	o = compose_get_object(c, o, path, "expiration");
	if (o == NULL)
		return;
	if (!json_int(o, "timestamp", &seconds) || seconds <= 0)
		compose_note(c, compose_path(c, at, "timestamp"),
		    "must be a time, in seconds since 1970");
	get_given(c, o, at, "description", TEXT_MAX);
}

/* Meta refuses a bill whose sums are wrong, without saying which. */
static void
check_order(struct compose_part *c, const struct json *order, const char *path,
    const char *bill, int64_t said)
{
	const char *status = get_given(c, order, path, "status", WORD_MAX);
	const char *at = compose_path(c, path, "items");
	const struct json *e;
	int64_t sum = 0, total;
	int64_t subtotal = get_amount(c, order, path, "subtotal", 1);
	int n = 0;

	total = subtotal + get_amount(c, order, path, "tax", 0) +
		get_amount(c, order, path, "shipping", 0) -
		get_amount(c, order, path, "discount", 0);
	if (status != NULL && !text_is(status, "pending"))
		compose_note(
		    c, compose_path(c, path, "status"), "must be pending");
	get_given(c, order, path, "catalog_id", ID_MAX);
	check_expiration(c, order, path);
	e = json_first(compose_get_list(c, order, path, "items", ITEMS_MAX, 1));
	for (; e != NULL; e = json_next(e))
		sum +=
		    check_item(c, e, pool_printf(c->pool, "%s[%d]", at, n++));
	if (c->wrong != NULL)
		return;
	if (sum != subtotal)
		compose_note(c, compose_path(c, path, "subtotal"),
		    "is %lld, and the items cost %lld", (long long)subtotal,
		    (long long)sum);
	else if (said != total)
		compose_note(c, compose_path(c, bill, "total_amount"),
		    "is %lld, and subtotal, tax and shipping less discount are "
		    "%lld",
		    (long long)said, (long long)total);
}

/* {"type":"payment_link","payment_link":{…}}: each way to pay says how. */
static void
check_ways(struct compose_part *c, const struct json *o, const char *path)
{
	const char *at = compose_path(c, path, "payment_settings");
	const struct json *e;
	int n = 0;

	if (!is_given(o, "payment_settings"))
		return;
	e = json_first(
	    compose_get_list(c, o, path, "payment_settings", WAYS_MAX, 1));
	for (; e != NULL; e = json_next(e)) {
		const char *way = pool_printf(c->pool, "%s[%d]", at, n++);
		const char *type =
		    compose_get_text(c, e, way, "type", WORD_MAX, 1);
		const struct json *how =
		    type == NULL ? NULL : compose_get_object(c, e, way, type);

		if (how != NULL && json_count(how) == 0)
			compose_note(c, compose_path(c, way, type), "is empty");
	}
}

static void
check_words(
    struct compose_part *c, const struct json *o, const char *path, int has_sum)
{
	static const char *const others[] = { "payment_type",
		"payment_configuration", "goods_type" };
	const char *currency =
	    has_sum ? compose_get_text(c, o, path, "currency", 3, 1)
		    : get_given(c, o, path, "currency", 3);
	const char *type = get_given(c, o, path, "type", WORD_MAX);

	if (currency != NULL &&
	    (strlen(currency) != 3 ||
		strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
		compose_note(c, compose_path(c, path, "currency"),
		    "must be three capital letters, such as BRL");
	if (type != NULL && !text_is(type, "digital-goods") &&
	    !text_is(type, "physical-goods"))
		compose_note(c, compose_path(c, path, "type"),
		    "must be digital-goods or physical-goods");
	for (int i = 0; i < 3; i++)
		get_given(c, o, path, others[i], WORD_MAX);
}

void
compose_bill_check(
    struct compose_part *c, const struct json *o, const char *path)
{
	int has_order = is_given(o, "order");
	const struct json *order;
	int64_t total;

	compose_only(c, o, path, DETAILS);
	check_reference(c, o, path);
	check_words(c, o, path, has_order || is_given(o, "total_amount"));
	check_ways(c, o, path);
	if (is_given(o, "beneficiaries"))
		compose_get_list(c, o, path, "beneficiaries", WAYS_MAX, 1);
	total = get_amount(c, o, path, "total_amount", has_order);
	order = has_order ? compose_get_object(c, o, path, "order") : NULL;
	if (order != NULL)
		check_order(
		    c, order, compose_path(c, path, "order"), path, total);
}

/* {"status":"captured","timestamp":…} */
static void
check_payment(struct compose_part *c, const struct json *o, const char *path)
{
	static const char *const words[] = { "pending", "captured", "failed",
		NULL };
	const char *at = compose_path(c, path, "payment"), *status;

	if (!is_given(o, "payment"))
		return;
	o = compose_get_object(c, o, path, "payment");
	if (o == NULL)
		return;
	status = compose_get_text(c, o, at, "status", WORD_MAX, 1);
	if (status != NULL && !text_among(status, words))
		compose_note(c, compose_path(c, at, "status"),
		    "must be one of pending, captured, failed");
}

void
compose_bill_check_status(
    struct compose_part *c, const struct json *o, const char *path)
{
	static const char *const words[] = { "pending", "processing",
		"partially_shipped", "shipped", "completed", "canceled", NULL };
	const char *at = compose_path(c, path, "order"), *status;
	const struct json *order;

	compose_only(c, o, path, "reference_id order payment");
	check_reference(c, o, path);
	order = compose_get_object(c, o, path, "order");
	status =
	    compose_get_text(c, order, at, "status", WORD_MAX, order != NULL);
	get_given(c, order, at, "description", TEXT_MAX);
	if (status != NULL && !text_among(status, words))
		compose_note(c, compose_path(c, at, "status"),
		    "must be one of pending, processing, "
		    "partially_shipped, shipped, completed, canceled");
	check_payment(c, o, path);
}
