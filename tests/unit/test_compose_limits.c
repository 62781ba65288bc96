#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "compose_try.h"
#include "whatsapp/compose/compose.h"

static struct pool *p;

/* BODY with %s made N times "ä", a character of two bytes. */
static int
with_points(const char *format, size_t n)
{
	struct compose_wrong *wrong;
	char *s = pool_alloc(p, 2 * n + 1);
	struct compose c;

	for (size_t i = 0; i < n; i++)
		memcpy(s + 2 * i, "\xc3\xa4", 2);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return compose_try(p, pool_printf(p, format, s), &c, &wrong);
#pragma GCC diagnostic pop
}

#define BUTTONS "\"buttons\":[{\"id\":\"1\",\"title\":\"a\"}]"
#define ROWS	"\"sections\":[{\"rows\":[{\"id\":\"1\",\"title\":\"a\"}]}]"

static void
limits_are_of_characters(void **state)
{
	static const struct {
		const char *body;
		size_t max;
	} limits[] = {
		{ "{\"type\":\"text\",\"text\":{\"body\":\"%s\"}}", 4096 },
		{ "{\"type\":\"image\",\"media\":{\"id\":\"1\"},"
		  "\"caption\":\"%s\"}",
		    1024 },
		{ "{\"type\":\"buttons\",\"body\":\"%s\"," BUTTONS "}", 1024 },
		{ "{\"type\":\"buttons\",\"body\":\"b\",\"header\":\"%"
		  "s\"," BUTTONS "}",
		    60 },
		{ "{\"type\":\"buttons\",\"body\":\"b\",\"footer\":\"%"
		  "s\"," BUTTONS "}",
		    60 },
		{ "{\"type\":\"buttons\",\"body\":\"b\",\"buttons\":["
		  "{\"id\":\"%s\",\"title\":\"a\"}]}",
		    256 },
		{ "{\"type\":\"list\",\"body\":\"b\",\"button\":\"%s\"," ROWS
		  "}",
		    20 },
		{ "{\"type\":\"list\",\"body\":\"b\",\"button\":\"b\","
		  "\"sections\":[{\"title\":\"%s\",\"rows\":["
		  "{\"id\":\"1\",\"title\":\"a\"}]}]}",
		    24 },
		{ "{\"type\":\"list\",\"body\":\"b\",\"button\":\"b\","
		  "\"sections\":[{\"rows\":["
		  "{\"id\":\"%s\",\"title\":\"a\"}]}]}",
		    200 },
		{ "{\"type\":\"list\",\"body\":\"b\",\"button\":\"b\","
		  "\"sections\":[{\"rows\":[{\"id\":\"1\",\"title\":\"a\","
		  "\"description\":\"%s\"}]}]}",
		    72 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		assert_int_equal(with_points(limits[i].body, limits[i].max), 0);
		assert_int_equal(
		    with_points(limits[i].body, limits[i].max + 1), -1);
	}
}

static void
a_list_has_ten_rows_in_all(void **state)
{
	struct compose_wrong *wrong;
	struct compose c;
	char body[4096], *s;

	(void)state;
	for (int n = 5; n <= 6; n++) {
		s = body + sprintf(body, "{\"type\":\"list\",\"body\":\"b\","
					 "\"button\":\"b\",\"sections\":[");
		for (int section = 0; section < 2; section++) {
			s += sprintf(s, "%s{\"title\":\"t\",\"rows\":[",
			    section > 0 ? "," : "");
			for (int i = 0; i < n; i++)
				s += sprintf(s,
				    "%s{\"id\":\"%d.%d\",\"title\":\"r\"}",
				    i > 0 ? "," : "", section, i);
			s += sprintf(s, "]}");
		}
		sprintf(s, "]}");
		assert_int_equal(
		    compose_try(p, body, &c, &wrong), n == 5 ? 0 : -1);
	}
	assert_string_equal(wrong->field, "sections");
	assert_string_equal(wrong->message, "have at most 10 rows in all");
}

static void
files_have_types_and_sizes(void **state)
{
	const int64_t mb = 1024 * 1024;

	(void)state;
	assert_null(compose_check_file(p, "image", "image/jpeg", 5 * mb));
	assert_string_equal(
	    compose_check_file(p, "image", "image/jpeg", 5 * mb + 1),
	    "a file sent as image may have at most 5 MB");
	assert_string_equal(compose_check_file(p, "image", "image/gif", 10),
	    "a file of type image/gif cannot be sent as image, "
	    "which takes image/jpeg image/png");
	assert_null(
	    compose_check_file(p, "audio", "Audio/Ogg; codecs=opus", 16 * mb));
	assert_non_null(
	    compose_check_file(p, "audio", "audio/ogg; codecs=vorbis", 1));
	assert_non_null(compose_check_file(p, "audio", "audio/wav", 1));
	assert_non_null(compose_check_file(p, "image", "", 1));
	assert_non_null(compose_check_file(p, "image", NULL, 1));
	assert_non_null(compose_check_file(p, "image", "image/png", 0));
	assert_null(
	    compose_check_file(p, "document", "application/pdf", 100 * mb));
	assert_null(compose_check_file(p, "document", "image/png", 6 * mb));
	assert_non_null(
	    compose_check_file(p, "document", "application/zip", 1));
	assert_string_equal(compose_check_file(p, "sticker", "image/webp", mb),
	    "a file sent as sticker may have at most 500 KB, 100 KB when it "
	    "does "
	    "not move");
	assert_string_equal(compose_mime_type("audio/x-m4a"), "audio/mp4");
	assert_string_equal(compose_mime_type("Image/JPG; q=1"), "image/jpeg");
	assert_string_equal(
	    compose_mime_type("audio/opus"), "audio/ogg; codecs=opus");
	assert_string_equal(compose_mime_type("audio/ogg"), "audio/ogg");
	assert_string_equal(compose_mime_type("audio/x-m4ax"), "audio/x-m4ax");
	assert_string_equal(compose_mime_type(""), "");
	assert_string_equal(compose_type_of("image/png"), "image");
	assert_string_equal(compose_type_of("image/webp"), "sticker");
	assert_string_equal(compose_type_of("video/mp4"), "video");
	assert_string_equal(compose_type_of("audio/ogg; codecs=opus"), "audio");
	assert_string_equal(compose_type_of("application/zip"), "document");
	assert_string_equal(compose_type_of(NULL), "document");
}

static void
the_first_bytes_say_what_a_file_is(void **state)
{
	static const struct {
		const char *head;
		size_t len;
		const char *said, *is;
	} files[] = {
		{ "OggS....OpusHead", 16, "video/ogg",
		    "audio/ogg; codecs=opus" },
		{ "OggS....\001vorbis", 15, "audio/ogg",
		    "audio/ogg; codecs=vorbis" },
		{ "OggS", 4, "audio/ogg; codecs=opus",
		    "audio/ogg; codecs=unknown" },
		{ "\x1a\x45\xdf\xa3", 4, "audio/ogg", "audio/webm" },
		{ "\x1a\x45\xdf\xa3", 4, "video/mp4", "video/webm" },
		{ "....ftypM4A ", 12, "video/mp4", "audio/mp4" },
		{ "....ftypisom", 12, "audio/mp4", "audio/mp4" },
		{ "....ftypisom", 12, "application/octet-stream", "video/mp4" },
		{ "....ftypheic", 12, "image/heic", "image/heic" },
		{ "....ftypmif1", 12, "image/jpeg", "image/heic" },
		{ "....ftypavif", 12, "", "image/avif" },
		{ "....ftyphev1", 12, "video/mp4", "video/mp4" },
		{ "....ftyp3gp5", 12, "audio/x-m4a", "audio/mp4" },
		{ "\xff\xfb", 2, "audio/wav", "audio/mpeg" },
		{ "\xff\xf1", 2, "audio/mpeg", "audio/aac" },
		{ "\xff\xfe", 2, "text/plain", "text/plain" },
		{ "\xff\xd8\xff", 3, "image/png", "image/jpeg" },
		{ "PK\003\004", 4, "application/msword", "application/msword" },
		{ "", 0, "audio/amr", "audio/amr" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		assert_string_equal(
		    compose_sniff((const unsigned char *)files[i].head,
			files[i].len, files[i].said),
		    files[i].is);
}

static void
a_sticker_has_512_pixels(void **state)
{
	unsigned char lossy[] = "RIFF....WEBPVP8 ....123\x9d\x01\x2a\0\2\0\2";
	unsigned char plain[] = "RIFF....WEBPVP8L....\x2f\xff\xc1\x7f\0....5";
	unsigned char cut[] = "RIFF....WEBPVP8X";

	(void)state;
	assert_null(compose_sticker_flaw(p, lossy, 30, 100 << 10));
	assert_null(compose_sticker_flaw(p, plain, 30, 100 << 10));
	assert_string_equal(compose_sticker_flaw(p, plain, 30, (100 << 10) + 1),
	    "a sticker that does not move may have at most 100 KB");
	lossy[26] = 1;
	assert_string_equal(compose_sticker_flaw(p, lossy, 30, 9),
	    "a sticker has 512 × 512 pixels, this has 513 × 512");
	assert_string_equal(
	    compose_sticker_flaw(p, cut, 16, 9), "it is no complete WebP");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_of_characters),
		cmocka_unit_test(a_list_has_ten_rows_in_all),
		cmocka_unit_test(files_have_types_and_sizes),
		cmocka_unit_test(the_first_bytes_say_what_a_file_is),
		cmocka_unit_test(a_sticker_has_512_pixels),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
