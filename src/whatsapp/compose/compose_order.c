/*
 * Reads bills: order_details (review and pay) and order_status.  The fields
 * are Meta's own, and which of them are needed differs by country (India: UPI,
 * gateways; Brazil: Pix, boleto, links): what is there is checked, and that
 * the sums are right.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose_part.h"

#define REFERENCE_MAX 35
#define ITEMS_MAX     999
#define QUANTITY_MAX  99999
#define WORD_MAX      60
#define TEXT_MAX      120
/* Of offset 100: nobody's bill; ITEMS_MAX of them fit into 64 bits. */
#define AMOUNT_MAX    INT64_C(1000000000000000)
#define OFFSET	      100
#define DETAILS                                                                \
	"reference_id type currency total_amount order payment_type "          \
	"payment_configuration payment_settings goods_type beneficiaries"

static const char order_items[] = "order_details.order.items";

/* A field that may be absent.  One that is there goes to the provider as it is,
 * and must say something. */
static const char *
get_given(struct compose_part *c, const struct json *o, const char *path,
    const char *key, size_t max)
{
	return json_get(o, key) == NULL
		   ? NULL
		   : compose_get_text(c, o, path, key, max, 1);
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
    const char *key)
{
	const struct json *m = json_get(o, key);
	const char *at = compose_path(c, path, key);
	int64_t value, offset;

	if (m == NULL)
		return 0;
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

/* What all items cost: the sale price where there is one. */
static int64_t
sum_items(struct compose_part *c, const struct json *items)
{
	const struct json *e;
	int64_t sum = 0;
	int n = 0;

	for (e = json_first(items); e != NULL; e = json_next(e)) {
		const char *at =
		    pool_printf(c->pool, "%s[%d]", order_items, n++);
		int64_t quantity = 0;
		int64_t price = get_amount(c, e, at, "amount");
		int64_t sale = get_amount(c, e, at, "sale_amount");

		compose_also(
		    c, compose_get_text(c, e, at, "name", WORD_MAX, 1));
		if (json_get(e, "amount") == NULL)
			compose_note(
			    c, compose_path(c, at, "amount"), "is missing");
		if (!json_int(e, "quantity", &quantity) || quantity < 1 ||
		    quantity > QUANTITY_MAX)
			compose_note(c, compose_path(c, at, "quantity"),
			    "must be a whole number from 1 to %d",
			    QUANTITY_MAX);
		else
			sum += cost_of(c, at, quantity,
			    json_get(e, "sale_amount") ? sale : price);
	}
	return sum;
}

/* Meta refuses a bill whose sums are wrong, without saying which. */
static void
check_sums(struct compose_part *c, const struct json *details,
    const struct json *order)
{
	static const char at[] = "order_details.order";
	const struct json *items = NULL;
	int64_t sum = 0, subtotal = get_amount(c, order, at, "subtotal");
	int64_t total = subtotal + get_amount(c, order, at, "tax") +
			get_amount(c, order, at, "shipping") -
			get_amount(c, order, at, "discount");
	int64_t said = get_amount(c, details, "order_details", "total_amount");

	if (json_get(order, "items") != NULL)
		items = compose_get_list(c, order, at, "items", ITEMS_MAX, 1);
	sum = sum_items(c, items);
	if (c->wrong != NULL)
		return;
	if (items != NULL && json_get(order, "subtotal") != NULL &&
	    sum != subtotal)
		compose_note(c, "order_details.order.subtotal",
		    "is %lld, and the items cost %lld", (long long)subtotal,
		    (long long)sum);
	else if (json_get(order, "subtotal") != NULL &&
		 json_get(details, "total_amount") != NULL && said != total)
		compose_note(c, "order_details.total_amount",
		    "is %lld, and subtotal, tax and shipping less discount are "
		    "%lld",
		    (long long)said, (long long)total);
}

static void
check_details(struct compose_part *c, const struct json *o)
{
	const char *currency = get_given(c, o, "order_details", "currency", 3);
	const char *type = get_given(c, o, "order_details", "type", WORD_MAX);
	const struct json *order = json_get(o, "order");

	compose_only(c, o, "order_details", DETAILS);
	check_reference(c, o, "order_details");
	if (currency != NULL &&
	    (strlen(currency) != 3 ||
		strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
		compose_note(c, "order_details.currency",
		    "must be three capital letters, such as BRL");
	if (type != NULL && !text_is(type, "digital-goods") &&
	    !text_is(type, "physical-goods"))
		compose_note(c, "order_details.type",
		    "must be digital-goods or physical-goods");
	if (json_get(o, "payment_settings") != NULL)
		compose_get_list(
		    c, o, "order_details", "payment_settings", 10, 0);
	if (order != NULL)
		order = compose_get_object(c, o, "order_details", "order");
	check_sums(c, o, order);
}

static void
put_action(struct compose_part *c, const char *name, const struct json *o)
{
	json_put_text(c->out, "name", name);
	json_put(c->out, "parameters", o);
	json_close(c->out);
}

void
compose_order_details(struct compose_part *c)
{
	const struct json *o =
	    compose_get_object(c, c->body, "", "order_details");

	compose_open_interactive(c, "order_details", 0);
	if (o != NULL)
		check_details(c, o);
	put_action(c, "review_and_pay", o);
}

void
compose_order_status(struct compose_part *c)
{
	static const char *const words[] = { "pending", "processing",
		"partially_shipped", "shipped", "completed", "canceled", NULL };
	const struct json *o =
	    compose_get_object(c, c->body, "", "order_status");
	const struct json *order;
	const char *status;

	compose_open_interactive(c, "order_status", 0);
	if (o != NULL) {
		compose_only(
		    c, o, "order_status", "reference_id order payment");
		check_reference(c, o, "order_status");
		order = compose_get_object(c, o, "order_status", "order");
		status = compose_get_text(c, order, "order_status.order",
		    "status", WORD_MAX, order != NULL);
		get_given(
		    c, order, "order_status.order", "description", TEXT_MAX);
		if (status != NULL && !text_among(status, words))
			compose_note(c, "order_status.order.status",
			    "must be one of pending, processing, "
			    "partially_shipped, shipped, completed, canceled");
	}
	put_action(c, "review_order", o);
}
