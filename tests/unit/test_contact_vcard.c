/*
 * vCards as phones and address books write them.  A text is read to its end;
 * contacts are written one after the other as LINE:phone|name|email|tags, bad
 * ones as LINE!.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/contact/files/contact_vcard.h"

#define CARD(text) "BEGIN:VCARD\r\n" text "END:VCARD\r\n"
#define TEL	   "TEL:+16505551234\r\n"

static const struct contact_field fields[] = {
	{ .id = 1, .key = "city", .type = "text" },
	{ .id = 2, .key = "size", .type = "number" },
};

static const struct {
	const char *text, *contacts;
} cases[] = {
	{ "", "" },
	{ CARD("VERSION:3.0\r\nFN:Ann\r\n" TEL), "4:+16505551234|Ann|| " },
	/* 4.0, with a group, a quoted parameter and a tel: address */
	{ CARD("FN:Ann\r\nitem1.TEL;VALUE=uri;TYPE=\"voice,cell\":"
	       "tel:+1-650-555-1234\r\nEMAIL;PREF=1:a@example.org\r\n"),
	    "3:+16505551234|Ann|a@example.org| " },
	/* folded; a tab, too */
	{ CARD("FN:Sheena\r\n  Nel\r\n\tson\r\n" TEL),
	    "5:+16505551234|Sheena Nelson|| " },
	/* 2.1: quoted-printable, a soft line end, bare parameters */
	{ CARD("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=98=D0=B2;"
	       "=\r\n=D0=98;;;\r\nTEL;CELL;PREF:+1 650 555-1234\r\n"),
	    "4:+16505551234|\xd0\x98 \xd0\x98\xd0\xb2|| " },
	{ CARD("FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:J=F6rg\r\n" TEL),
	    "3:+16505551234|J\xc3\xb6rg|| " },
	/* several phones: each may be the account; a fax machine is none */
	{ CARD("FN:Ann\r\nTEL;TYPE=CELL:+16505551234\r\n"
	       "TEL;TYPE=HOME,FAX:+16505559999\r\n"
	       "TEL;TYPE=WORK:0044 20 7946 0958\r\n"),
	    "3:+16505551234|Ann|| 5:+442079460958|Ann|| " },
	/* the name, from what there is */
	{ CARD("N:Nelson;Sheena;May;Dr.;\r\n" TEL),
	    "3:+16505551234|Dr. Sheena May Nelson|| " },
	{ CARD("FN:\r\nN:;;;;\r\nORG:Caf\xc3\xa9\\, Ltd.;Sales\r\n" TEL),
	    "5:+16505551234|Caf\xc3\xa9, Ltd.|| " },
	{ CARD(TEL), "2:+16505551234||| " },
	{ CARD("FN:A\\;B\\, C\\nD\r\nCATEGORIES:x,y\\,z,,\r\n" TEL),
	    "4:+16505551234|A;B, C D||x/y,z " },
	/* no phone; a card in a card; a photo; what is no property */
	{ CARD("FN:No phone\r\n"), "" },
	{ CARD("FN:Ann\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:Bob\r\nTEL:+4930123456"
	       "\r\nEND:VCARD\r\n" TEL),
	    "8:+16505551234|Ann|| " },
	{ CARD("PHOTO;ENCODING=b:AAAA\r\n "
	       "BBBB\r\n\r\nFN:Ann\r\nrubbish\r\n" TEL),
	    "7:+16505551234|Ann|| " },
	{ "\xef\xbb\xbf" CARD("FN:Ann\n" TEL) CARD("FN:Bob\nTEL:+4930123456\n"),
	    "3:+16505551234|Ann|| 7:+4930123456|Bob|| " },
	/* bad: an extension, a local number, no UTF-8, no end */
	{ CARD("FN:Ann\r\nTEL:tel:+16505551234;ext=5\r\nTEL:030 1234567\r\n"),
	    "3! 4! " },
	{ CARD("FN:J\xf6rg\r\n" TEL), "3! " },
	{ "BEGIN:VCARD\r\nFN:Ann\r\n" TEL, "3! " },
	{ CARD("EMAIL:nobody\r\n" TEL), "3! " },
	/* of our own */
	{ CARD("FN:Ann\r\nX-WHATSAPP-USER-ID:PT.77\r\n"), "2:PT.77|Ann|| " },
	{ CARD(TEL "X-WASPOOL-FIELD:city;A\\;b\\, c\r\n"
		   "X-WASPOOL-FIELD:city;twice\r\nX-WASPOOL-FIELD:shoe;43\r\n"
		   "X-WASPOOL-FIELD:size;-1.50\r\nX-WASPOOL-FIELD:size\r\n"
		   "X-WASPOOL-FIELD:\r\nX-WASPOOL-FIELD:size;\r\n"),
	    "2:+16505551234||||city=A;b, c|size=-1.50 " },
	{ CARD(TEL "X-WASPOOL-FIELD:size;big\r\n"), "2! " },
};

static const char *
read_cards(struct pool *p, const char *text, size_t len)
{
	struct buf b = { .pool = p };
	struct contact_vcard v = { .fields = fields, .n_fields = 2 };
	struct contact_csv_line l;
	const struct contact *c = &l.contact;

	contact_vcard_open(&v, text, len);
	while (contact_vcard_next(&v, p, &l)) {
		if (l.why != NULL) {
			buf_printf(&b, "%ld! ", l.line);
			continue;
		}
		buf_printf(&b, "%ld:%s|%s|%s|", l.line,
		    c->phone != NULL ? c->phone : c->user_id,
		    c->name != NULL ? c->name : "",
		    c->email != NULL ? c->email : "");
		for (size_t i = 0; i < c->n_tags; i++)
			buf_printf(&b, "%s%s", i > 0 ? "/" : "", c->tags[i]);
		for (size_t i = 0; i < c->n_values; i++)
			buf_printf(
			    &b, "|%s=%s", c->values[i].key, c->values[i].value);
		buf_text(&b, " ");
	}
	return buf_end(&b);
}

static void
cards_are_read_as_they_are_written(void **state)
{
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got =
		    read_cards(p, cases[i].text, strlen(cases[i].text));

		if (strcmp(got, cases[i].contacts) != 0)
			fail_msg("%zu: %s, not %s", i, got, cases[i].contacts);
	}
	pool_free(p);
}

static void
a_card_is_known_by_its_first_line(void **state)
{
	static const char *const cards[] = { "BEGIN:VCARD\n",
		"\xef\xbb\xbf\r\n begin:vcard\r\n" };
	static const char *const others[] = { "", "phone,name\n", "BEGIN",
		"BEGIN:VCALENDAR\n" };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_true(contact_vcard_is(cards[i], strlen(cards[i])));
	for (int i = 0; i < 4; i++)
		assert_false(contact_vcard_is(others[i], strlen(others[i])));
}

/* Lines of at most 75 bytes, no letter in two. */
static void
what_is_written_is_read_again(void **state)
{
	const char *tags[] = { "a,b", "c;d" };
	const struct contact c = { .phone = "+16505551234",
		.name = "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd, \\ ; "
			"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2"
			"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2"
			"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2"
			"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2"
			"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2",
		.email = "a@example.org",
		.tags = tags,
		.n_tags = 2 };
	struct pool *p = pool_new();
	struct buf b = { .pool = p };
	const char *text, *line;

	(void)state;
	contact_vcard_write(&b, &c);
	text = buf_end(&b);
	for (line = text; *line != '\0';) {
		size_t len = strcspn(line, "\r");

		assert_true(len <= 75 && text_is_utf8(line, len));
		line += len + 2;
	}
	assert_non_null(strstr(text, "\r\n "));
	assert_string_equal(strchr(read_cards(p, text, strlen(text)), ':'),
	    pool_printf(p, ":+16505551234|%s|a@example.org|a,b/c;d ", c.name));
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cards_are_read_as_they_are_written),
		cmocka_unit_test(a_card_is_known_by_its_first_line),
		cmocka_unit_test(what_is_written_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
