/*
 * Reads interactive messages about an order: order_details (review and pay) and
 * order_status.
 */
#include "lib/json/json.h"

#include "whatsapp/compose/compose_kind.h"
#include "whatsapp/compose/field/compose_bill.h"

static void
put_order(struct compose_part *c, const char *type, const char *name,
    void (*check)(struct compose_part *, const struct json *, const char *))
{
	const struct json *o = compose_get_object(c, c->body, "", type);

	compose_open_interactive(c, type, 0);
	if (o != NULL)
		check(c, o, type);
	json_put_text(c->out, "name", name);
	json_put(c->out, "parameters", o);
	json_close(c->out);
}

void
compose_order_details(struct compose_part *c)
{
	put_order(c, "order_details", "review_and_pay", compose_bill_check);
}

void
compose_order_status(struct compose_part *c)
{
	put_order(c, "order_status", "review_order", compose_bill_check_status);
}
