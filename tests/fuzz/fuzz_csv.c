/*
 * A file of contacts: what is taken can be kept, and every line is named.
 */
#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

#include "inbox/contact/files/contact_csv.h"
#include "inbox/contact/files/contact_vcard.h"

static void
check(struct pool *pool, const struct contact *c)
{
	const char *why = NULL;

	must(c->phone != NULL || c->user_id != NULL);
	if (c->phone != NULL)
		must(text_is(phone_e164(pool, c->phone, 1), c->phone));
	if (c->user_id != NULL)
		must(text_is(contact_validate_user_id(pool, c->user_id, &why),
		    c->user_id));
	if (c->name != NULL)
		must(text_is(
		    contact_validate_name(pool, c->name, &why), c->name));
	if (c->email != NULL)
		must(text_is(
		    contact_validate_email(pool, c->email, &why), c->email));
	must(c->n_tags <= CONTACT_TAGS_MAX);
	for (size_t i = 0; i < c->n_tags; i++)
		must(text_is(
		    contact_validate_tag(pool, c->tags[i], &why), c->tags[i]));
}

static const struct contact_field fields[] = {
	{ .id = 1, .key = "size", .type = "number" },
	{ .id = 2, .key = "vip", .type = "boolean" },
};

static void
read_rows(const char *s, size_t len)
{
	struct pool *pool = pool_new();
	struct csv_row row;
	struct csv csv;
	long last = 0;
	size_t n = 0;

	csv_open(&csv, s, len);
	while (csv_next(&csv, pool, &row) != 0) {
		must(row.line > last && row.n <= CSV_FIELDS_MAX);
		last = row.line;
		must(++n <= len);
		pool_reset(pool);
	}
	pool_free(pool);
}

static void
read_cards(const char *s, size_t len)
{
	struct pool *pool = pool_new();
	struct contact_vcard cards = { .fields = fields, .n_fields = 2 };
	struct contact_csv_line l;
	size_t n = 0;

	contact_vcard_open(&cards, s, len);
	while (contact_vcard_next(&cards, pool, &l)) {
		must(l.line > 0 && ++n <= len);
		if (l.why == NULL)
			check(pool, &l.contact);
		else
			must(*l.why != '\0');
		pool_reset(pool);
	}
	pool_free(pool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new(), *lines = pool_new();
	const char *s = (const char *)data, *why = NULL;
	struct contact_csv sheet = { .fields = fields, .n_fields = 2 };
	struct contact_csv_line l;
	long last = 0;

	read_rows(s, size);
	read_cards(s, size);
	if (contact_csv_open(&sheet, pool, s, size, &why) == 0) {
		while (contact_csv_next(&sheet, lines, &l)) {
			must(l.line > last);
			last = l.line;
			if (l.why == NULL)
				check(lines, &l.contact);
			else
				must(*l.why != '\0');
			pool_reset(lines);
		}
	} else {
		must(why != NULL);
	}
	pool_free(lines);
	pool_free(pool);
	return 0;
}
