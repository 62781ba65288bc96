/* One message object: its line in a list, its search text, its parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/event.h"

#define N(table) (sizeof(table) / sizeof(*(table)))

/* Messages are written with ' for ", to be read more easily. */
static const struct json *
read_json(struct pool *p, const char *s)
{
	char *copy = pool_copy(p, s), *c;
	const struct json *v;
	const char *why;

	for (c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	if ((v = json_parse(p, copy, strlen(copy), &why)) == NULL)
		fail_msg("%s: %s", s, why);
	return v;
}

static void
every_type_has_its_line(void **state)
{
	static const struct {
		const char *message;
		const char *type;
		const char *preview;
		const char *text; /* NULL: as the preview */
	} cases[] = {
		{ "{'type':'text','text':{'body':'a\\n b'}}", "text", "a b",
		    "a\n b" },
		{ "{'type':'text','text':{'body':''}}", "text", "Empty message",
		    NULL },
		{ "{'type':'text','text':'bare'}", "unknown", "Empty message",
		    NULL },
		{ "{'type':'text'}", "unknown", "Empty message", NULL },
		{ "{'type':'image','image':{'id':'1'}}", "image", "Photo",
		    NULL },
		{ "{'type':'image','image':{'caption':'  '}}", "image", "Photo",
		    "  " },
		{ "{'type':'video','video':{'id':'1'}}", "video", "Video",
		    NULL },
		{ "{'type':'audio','audio':{'voice':'true'}}", "audio",
		    "Voice message", NULL },
		{ "{'type':'audio','audio':{'id':1}}", "audio", "Audio", NULL },
		{ "{'type':'voice','voice':{'id':'1'}}", "audio",
		    "Voice message", NULL },
		{ "{'type':'document','document':{'filename':'a.pdf'}}",
		    "document", "Document: a.pdf", "a.pdf" },
		{ "{'type':'document','document':{'filename':' '}}", "document",
		    "Document", " " },
		{ "{'type':'sticker','sticker':{'id':'1'}}", "sticker",
		    "Sticker", NULL },
		{ "{'type':'location','location':{'latitude':1,'longitude':2,"
		  "'address':'Here 1'}}",
		    "location", "Location: Here 1", "Here 1" },
		{ "{'type':'location','location':{'latitude':1,'longitude':2}}",
		    "location", "Location", NULL },
		{ "{'type':'contacts','contacts':[{'name':{'last_name':'B'}}]}",
		    "contacts", "Contact: B", "B" },
		{ "{'type':'contacts','contacts':[{}]}", "contacts", "Contact",
		    NULL },
		{ "{'type':'contacts','contacts':[7,{},null]}", "contacts",
		    "Contacts: 3", NULL },
		{ "{'type':'contacts','contacts':{}}", "unknown", "Contact",
		    NULL },
		{ "{'type':'contacts','contacts':[{'org':{'company':'Bakery'},"
		  "'phones':[{'phone':'+1'}]}]}",
		    "contacts", "Contact: Bakery", "Bakery" },
		{ "{'type':'contacts','contacts':[{'vcard':'BEGIN:VCARD\\r\\n"
		  "VERSION:3.0\\r\\nFN:Rosa M\\r\\nEND:VCARD'}]}",
		    "contacts", "Contact: Rosa M", "Rosa M" },
		{ "{'type':'contacts','contacts':[{'vcard':'FN:\\nORG:Bank'}]}",
		    "contacts", "Contact: Bank", "Bank" },
		{ "{'type':'template','template':{'name':'hello'}}", "template",
		    "Template: hello", "hello" },
		{ "{'type':'reaction','reaction':{'emoji':'x'}}", "reaction",
		    "Reacted x", NULL },
		{ "{'type':'reaction','reaction':{'emoji':null}}", "reaction",
		    "Removed a reaction", NULL },
		{ "{'type':'order','order':{'product_items':[]}}", "order",
		    "Order (0 items)", NULL },
		{ "{'type':'order','order':{'text':'Ring twice',"
		  "'product_items':[{'product_retailer_id':'tea','quantity':'3'"
		  ","
		  "'item_price':'2.35','currency':'EUR'},{'quantity':1,"
		  "'item_price':12,'currency':'EUR'}]}}",
		    "order", "Order (2 items, 19.05 EUR): Ring twice",
		    "Ring twice tea" },
		{ "{'type':'order','order':{'product_items':[{'quantity':2,"
		  "'item_price':0.7505,'currency':'KWD'}]}}",
		    "order", "Order (1 item, 1.501 KWD)", NULL },
		/* two currencies, a price that is none: no sum */
		{ "{'type':'order','order':{'product_items':[{'quantity':1,"
		  "'item_price':1,'currency':'EUR'},{'quantity':1,"
		  "'item_price':1,'currency':'USD'}]}}",
		    "order", "Order (2 items)", NULL },
		{ "{'type':'order','order':{'product_items':[{'quantity':1,"
		  "'item_price':'free','currency':'EUR'}]}}",
		    "order", "Order (1 item)", NULL },
		{ "{'type':'order','order':{'product_items':[{'quantity':1e300,"
		  "'item_price':1e300,'currency':'EUR'}]}}",
		    "order", "Order (1 item)", NULL },
		{ "{'type':'interactive','interactive':{'type':'button',"
		  "'body':{'text':'Choose'}}}",
		    "interactive", "Choose", NULL },
		{ "{'type':'interactive'}", "unknown",
		    "Unsupported message (open it on the phone)", NULL },
		{ "{'type':'interactive','interactive':{'type':'beam'}}",
		    "interactive", "Interactive message", NULL },
		{ "{'type':'interactive','interactive':{'nfm_reply':{'body':"
		  "'Sent','response_json':'{\\'flow_token\\':\\'T\\',"
		  "\\'screen_0_Taste_0\\':\\'2_Too sweet\\',\\'day\\':"
		  "[\\'Mon\\',\\'7_Tue\\'],\\'guests\\':4,\\'photo\\':"
		  "[{\\'id\\':9,\\'file_name\\':\\'a.png\\'}]}'}}}",
		    "interactive", "Form: Too sweet, Mon, 7_Tue, 4, a.png",
		    "Too sweet, Mon, 7_Tue, 4, a.png" },
		{ "{'type':'interactive','interactive':{'nfm_reply':{'body':"
		  "'Sent','response_json':'{\\'flow_token\\':\\'T\\'}'}}}",
		    "interactive", "Form without answers", NULL },
		{ "{'type':'interactive','interactive':{'nfm_reply':{'body':"
		  "'Sent','response_json':'on Monday'}}}",
		    "interactive", "Form: on Monday", "on Monday" },
		{ "{'type':'interactive','interactive':{'nfm_reply':{'body':"
		  "'Sent','response_json':'{\\'flow_token\\':\\'T'}}}",
		    "interactive", "Form without answers", NULL },
		{ "{'type':'interactive','interactive':{'nfm_reply':{'name':"
		  "'address_message','body':'Asha\\n12 Lake Rd'}}}",
		    "interactive", "Address: Asha 12 Lake Rd",
		    "Asha\n12 Lake Rd" },
		{ "{'type':'interactive','interactive':{'payment_method':"
		  "{'payment_method':'upi','reference_id':'R1'}}}",
		    "interactive", "Payment: upi", "upi R1" },
		{ "{'type':'interactive','interactive':{'call_permission_reply'"
		  ":{'response':'reject'}}}",
		    "interactive", "Declined calls", NULL },
		{ "{'type':'button','button':{'payload':'P'}}", "button", "P",
		    NULL },
		{ "{'type':'button','button':{}}", "button", "Button", NULL },
		{ "{'type':'system','system':{}}", "system", "System message",
		    NULL },
		{ "{'type':'unsupported'}", "unsupported",
		    "Unsupported message (open it on the phone)", NULL },
		{ "{'type':'unsupported','unsupported':{'type':'pin'}}",
		    "unsupported", "Pinned a message (open it on the phone)",
		    NULL },
		{ "{'type':'unsupported','unsupported':{'type':'album'}}",
		    "unsupported", "Album (open it on the phone)", NULL },
		{ "{'type':'unsupported','unsupported':{'type':'event'}}",
		    "unsupported", "Event (open it on the phone)", NULL },
		{ "{'type':'event','event':{'name':'Picnic'}}", "unknown",
		    "Event", NULL },
		{ "{'type':'unsupported','unsupported':{'type':'star_map'}}",
		    "unsupported",
		    "Unsupported message: star map (open it on the phone)",
		    NULL },
		{ "{'type':'unsupported','errors':[{'code':131060}]}",
		    "unsupported", "Message (open it on the phone)", NULL },
		{ "{'type':'media_placeholder'}", "media_placeholder", "Media",
		    NULL },
		{ "{'type':'new\\u202e\\nthing'}", "unknown",
		    "Message of type new thing", NULL },
		{ "{'type':7}", "unknown", "Message of type 7", NULL },
		{ "{'errors':[{'code':1}]}", "unsupported",
		    "Unsupported message (open it on the phone)", NULL },
		{ "{'video':{'id':'1'}}", "video", "Video", NULL },
		{ "{}", "unknown", "Unsupported message (open it on the phone)",
		    NULL },
	};
	struct pool *p = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct event e = { .kind = EVENT_MESSAGE };
		const char *text = cases[i].text;

		content_read(p, read_json(p, cases[i].message), &e);
		if (!text_is(e.type, cases[i].type))
			fail_msg("%s: type %s", cases[i].message, e.type);
		if (!text_is(e.preview, cases[i].preview))
			fail_msg("%s: %s", cases[i].message, e.preview);
		if (!text_is(e.text, text ? text : cases[i].preview))
			fail_msg("%s: text %s", cases[i].message, e.text);
		assert_int_equal(json_type(json_parse(
				     p, e.content, strlen(e.content), NULL)),
		    JSON_OBJECT);
	}
	pool_free(p);
}

/* docs/openapi.yaml promises that, whatever came. */
static void
a_text_has_a_body_that_is_a_text(void **state)
{
	static const struct {
		const char *object;
		const char *content;
	} cases[] = {
		{ "{'body':'a'}", "{\"body\":\"a\"}" },
		{ "{'body':7}", "{\"body\":\"7\"}" },
		{ "{'body':null}", "{\"body\":\"\"}" },
		{ "{'body':['a'],'x':1}", "{\"body\":\"\",\"x\":1}" },
		{ "{}", "{\"body\":\"\"}" },
	};
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct event e = { .kind = EVENT_MESSAGE };

		content_read(p,
		    read_json(p, pool_printf(p, "{'type':'text','text':%s}",
				     cases[i].object)),
		    &e);
		assert_string_equal(e.type, "text");
		assert_string_equal(e.content, cases[i].content);
	}
	pool_free(p);
}

static void
a_line_is_at_most_a_hundred_points(void **state)
{
	struct pool *p = pool_new();
	struct event e = { .kind = EVENT_MESSAGE };
	char *long_name = pool_printf(p, "%0*d", 300, 1);
	const char *const types[] = { "'text','text':{'body'",
		"'document','document':{'filename'",
		"'location','location':{'name'",
		"'interactive','interactive':{'list_reply':{'title'" };
	size_t i;

	(void)state;
	for (i = 0; i < N(types); i++) {
		content_read(p,
		    read_json(p, pool_printf(p, "{'type':%s:'%s'}%s}", types[i],
				     long_name, i == 3 ? "}" : "")),
		    &e);
		assert_int_equal(text_points(e.preview), 100);
	}
	pool_free(p);
}

static void
context_has_only_what_is_said(void **state)
{
	static const struct {
		const char *context;
		const char *written;
	} cases[] = {
		{ "{}", NULL },
		{ "null", NULL },
		{ "'x'", NULL },
		{ "{'id':'','from':null,'forwarded':false}", NULL },
		{ "{'id':'w'}", "{\"wamid\":\"w\"}" },
		{ "{'from':'1','id':'w','from_user_id':'US.1'}",
		    "{\"wamid\":\"w\",\"from\":\"1\",\"user_id\":\"US.1\"}" },
		{ "{'forwarded':true}", "{\"forwarded\":true}" },
		{ "{'frequently_forwarded':true}",
		    "{\"forwarded\":true,\"frequently_forwarded\":true}" },
		{ "{'referred_product':{'catalog_id':'1'}}",
		    "{\"referred_product\":{\"catalog_id\":\"1\"}}" },
	};
	struct pool *p = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		struct event e = { .kind = EVENT_MESSAGE };

		content_read(p,
		    read_json(
			p, pool_printf(p, "{'context':%s}", cases[i].context)),
		    &e);
		if (e.context != cases[i].written &&
		    !text_is(e.context, cases[i].written))
			fail_msg("%s: %s", cases[i].context, e.context);
	}
	pool_free(p);
}

static void
errors_come_in_several_shapes(void **state)
{
	static const char *const cases[][2] = {
		{ "[{'code':131047,'title':'T','error_data':{'details':'D'}}]",
		    "{\"code\":131047,\"title\":\"T\",\"detail\":\"D\"}" },
		{ "[{'code':'501','title':'T','details':'D','message':'M'}]",
		    "{\"code\":501,\"title\":\"T\",\"detail\":\"D\"}" },
		{ "[{'code':1,'message':'M'}]",
		    "{\"code\":1,\"title\":\"M\",\"detail\":\"M\"}" },
		{ "[{'code':1,'title':'T','error_data':'plain'},{'code':2}]",
		    "{\"code\":1,\"title\":\"T\",\"detail\":\"plain\"}" },
		{ "{'code':1,'title':'T'}",
		    "{\"code\":1,\"title\":\"T\",\"detail\":null}" },
		{ "[{}]", "{\"code\":null,\"title\":null,\"detail\":null}" },
		{ "[]", NULL },
		{ "[null]", NULL },
		{ "'text'", NULL },
	};
	struct pool *p = pool_new();
	const char *got;
	int64_t code;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		got = content_error(p, read_json(p, cases[i][0]), &code);
		if (got != cases[i][1] && !text_is(got, cases[i][1]))
			fail_msg("%s: %s", cases[i][0], got);
	}
	assert_null(content_error(p, NULL, &code));
	assert_int_equal(code, 0);
	pool_free(p);
}

static void
files_are_named_by_their_parts(void **state)
{
	struct pool *p = pool_new();
	struct event e = { .kind = EVENT_MESSAGE };

	(void)state;
	content_read(p,
	    read_json(p, "{'type':'document','document':{"
			 "'id':848704520347750,'mime_type':'application/pdf',"
			 "'sha256':'mu/J=','filename':'a.pdf'}}"),
	    &e);
	assert_string_equal(e.media.id, "848704520347750");
	assert_string_equal(e.media.mime_type, "application/pdf");
	assert_string_equal(e.media.sha256, "mu/J=");
	assert_string_equal(e.media.filename, "a.pdf");
	assert_null(content_lower(p, NULL));
	assert_string_equal(content_lower(p, "READ"), "read");
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_its_line),
		cmocka_unit_test(a_text_has_a_body_that_is_a_text),
		cmocka_unit_test(a_line_is_at_most_a_hundred_points),
		cmocka_unit_test(context_has_only_what_is_said),
		cmocka_unit_test(errors_come_in_several_shapes),
		cmocka_unit_test(files_are_named_by_their_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
