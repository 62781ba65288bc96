/*
 * An order of a catalogue as words: how many items, what they cost together,
 * and what the customer wrote with it.  Prices and quantities are numbers or
 * texts; what cannot be added up is not shown.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/preview/preview_order.h"
#include "whatsapp/preview/preview_words.h"

#define MOST	    1e12 /* more than anybody pays */
#define CURRENCY    3	 /* letters */
#define N_FRACTIONS 1000 /* some currencies have three decimals */

/* A number of at least 0, at most MOST, in member KEY: 1, 0. */
static int
read_amount(const struct json *item, const char *key, double *out)
{
	const char *s = json_text(item, key);
	char *end;

	if (s == NULL || s[0] < '0' || s[0] > '9')
		return 0;
	*out = strtod(s, &end);
	return *end == '\0' && *out <= MOST;
}

/* 1 when all items have a price in one currency. */
static int
add_up(const struct json *items, double *sum, const char **currency)
{
	const struct json *i;
	double price, quantity;

	*sum = 0;
	*currency = json_text(json_first(items), "currency");
	if (*currency == NULL || text_points(*currency) != CURRENCY)
		return 0;
	for (i = json_first(items); i != NULL; i = json_next(i)) {
		if (!read_amount(i, "item_price", &price) ||
		    !read_amount(i, "quantity", &quantity) ||
		    !text_is(json_text(i, "currency"), *currency))
			return 0;
		*sum += price * quantity;
	}
	return *sum <= MOST;
}

static const char *
total_text(struct pool *pool, double sum, const char *currency)
{
	int64_t all = (int64_t)(sum * N_FRACTIONS + 0.5);
	int decimals = all % N_FRACTIONS == 0 ? 0 : all % 10 == 0 ? 2 : 3;

	return pool_printf(
	    pool, ", %.*f %s", decimals, (double)all / N_FRACTIONS, currency);
}

void
preview_order(struct preview_words *w, const struct json *order)
{
	const struct json *items = json_get(order, "product_items"), *i;
	const char *note = json_text(order, "text"), *currency, *total = "";
	size_t n = json_count(items);
	double sum;

	if (add_up(items, &sum, &currency))
		total = total_text(w->pool, sum, currency);
	w->label = preview_words_named(w,
	    pool_printf(
		w->pool, "Order (%zu item%s%s)", n, n == 1 ? "" : "s", total),
	    note);
	for (i = json_first(items); i != NULL; i = json_next(i))
		preview_words_also(w, json_text(i, "product_retailer_id"));
}
