/*
 * The size of a picture or a film, from few of its bytes.
 */
#include "unit.h"

#include "inbox/media/picture.h"

struct bytes {
	const char *s;
	size_t len;
};

#define BYTES(S)                                                               \
	{                                                                      \
		(S), sizeof(S) - 1                                             \
	}

#define JPEG  "\xff\xd8\xff\xe0\0\x04JF"
#define FRAME "\xff\xc0\0\x11\x08\0\x64\0\xc8\x03" /* 200 wide, 100 high */
#define EXIF  "Exif\0\0"
#define PNG   "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define RIFF  "RIFF\0\0\0\0WEBP"
#define FTYP                                                                   \
	"\0\0\0\x10"                                                           \
	"ftypisom\0\0\0\0"
#define ZERO8	"\0\0\0\0\0\0\0\0"
#define ZERO16	ZERO8 ZERO8
/* A track's head of 92 bytes: 40 before the matrix, 36 of it, width, height. */
#define TKHD_0	"\0\0\0\x5ctkhd" ZERO16 ZERO16 ZERO8
#define UPRIGHT "\0\1\0\0" ZERO8 "\0\0\0\0\0\1\0\0" ZERO8 "\0\0\0\0\x40\0\0\0"
#define LAID                                                                   \
	"\0\0\0\0\0\1\0\0"                                                     \
	"\0\0\0\0\xff\xff\0\0" ZERO16 "\x40\0\0\0"
#define SIDES	 "\x02\x80\0\0\x01\x68\0\0" /* 640, 360 */
#define NO_SIDES ZERO8

static size_t
read_bytes(void *arg, int64_t at, unsigned char *s, size_t len)
{
	const struct bytes *b = arg;

	if ((uint64_t)at >= b->len)
		return 0;
	if (len > b->len - (size_t)at)
		len = b->len - (size_t)at;
	memcpy(s, b->s + at, len);
	return len;
}

static const struct {
	const char *what;
	struct bytes file;
	int width, height; /* 0: not known */
} cases[] = {
	{ "JPEG", BYTES(JPEG FRAME), 200, 100 },
	{ "filled up", BYTES(JPEG "\xff\xff" FRAME), 200, 100 },
	{ "progressive", BYTES(JPEG "\xff\xc2\0\x11\x08\0\x01\0\x02\x03"), 2,
	    1 },
	{ "tables before", BYTES(JPEG "\xff\xc4\0\x04..\xff\xdb\0\x03." FRAME),
	    200, 100 },
	{ "turned, big-endian",
	    BYTES(JPEG "\xff\xe1\0\x22" EXIF "MM\0*\0\0\0\x08\0\1"
		       "\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0" FRAME),
	    100, 200 },
	{ "turned, little-endian",
	    BYTES(JPEG "\xff\xe1\0\x22" EXIF "II*\0\x08\0\0\0\1\0"
		       "\x12\x01\3\0\1\0\0\0\x08\0\0\0\0\0\0\0" FRAME),
	    100, 200 },
	{ "upside down is as wide",
	    BYTES(JPEG "\xff\xe1\0\x22" EXIF "MM\0*\0\0\0\x08\0\1"
		       "\x01\x12\0\3\0\0\0\1\0\3\0\0\0\0\0\0" FRAME),
	    200, 100 },
	{ "EXIF points outside",
	    BYTES(JPEG "\xff\xe1\0\x10" EXIF "MM\0*\xff\xff\xff\xff" FRAME),
	    200, 100 },
	{ "scan before a frame", BYTES(JPEG "\xff\xda\0\x04.." FRAME), 0, 0 },
	{ "a segment without room for its length",
	    BYTES(JPEG "\xff\xe2\0\1" FRAME), 0, 0 },
	{ "a height that comes later",
	    BYTES(JPEG "\xff\xc0\0\x11\x08\0\0\0\xc8\x03"), 0, 0 },
	{ "cut short", BYTES(JPEG "\xff\xc0\0\x11\x08\0"), 0, 0 },
	{ "PNG", BYTES(PNG "\0\0\1\x40\0\0\0\xf0"), 320, 240 },
	{ "PNG, too large", BYTES(PNG "\0\1\0\0\0\0\0\xf0"), 0, 0 },
	{ "PNG, of no width", BYTES(PNG "\0\0\0\0\0\0\0\xf0"), 0, 0 },
	{ "GIF", BYTES("GIF89a\x0a\0\x14\0"), 10, 20 },
	{ "WebP, lossy",
	    BYTES(RIFF "VP8 \0\0\0\0"
		       "...\x9d\x01\x2a\0\2\0\1"),
	    512, 256 },
	{ "WebP, lossless",
	    BYTES(RIFF "VP8L\0\0\0\0/\xff\xc1\x3f\0"
		       "....."),
	    512, 256 },
	{ "WebP, extended", BYTES(RIFF "VP8X\0\0\0\0\0\0\0\0\xff\1\0\xff\0\0"),
	    512, 256 },
	{ "a film",
	    BYTES(FTYP "\0\0\0\0moov\0\0\0\x64trak" TKHD_0 UPRIGHT SIDES), 640,
	    360 },
	{ "a film that is turned",
	    BYTES(FTYP "\0\0\0\0moov\0\0\0\x64trak" TKHD_0 LAID SIDES), 360,
	    640 },
	{ "sound before the pictures, and the index at the end",
	    BYTES(FTYP "\0\0\0\1mdat\0\0\0\0\0\0\0\x14....\0\0\0\xd0moov"
		       "\0\0\0\x64trak" TKHD_0 UPRIGHT NO_SIDES
		       "\0\0\0\x64trak" TKHD_0 UPRIGHT SIDES),
	    640, 360 },
	{ "sound alone",
	    BYTES(FTYP "\0\0\0\x6cmoov\0\0\0\x64trak" TKHD_0 UPRIGHT NO_SIDES),
	    0, 0 },
	{ "a box shorter than its head", BYTES(FTYP "\0\0\0\7moov"), 0, 0 },
	{ "a box longer than a number",
	    BYTES(FTYP "\0\0\0\1moov\xff\xff\xff\xff\xff\xff\xff\xff"), 0, 0 },
	{ "a track's head that is too short",
	    BYTES(FTYP "\0\0\0\0moov\0\0\0\x10trak\0\0\0\x0ctkhd\0\0\0\0"), 0,
	    0 },
	{ "a document", BYTES("%PDF-1.7 and so on, for some bytes"), 0, 0 },
	{ "nothing", BYTES(""), 0, 0 },
};

static void
its_size_is_known_before_it_is_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes b = cases[i].file;
		struct picture_size size = { 0 };
		int rc = picture_size(read_bytes, &b, &size);

		if (rc != (cases[i].width > 0) ||
		    size.width != cases[i].width ||
		    size.height != cases[i].height)
			fail_msg("%s: %d, %d × %d", cases[i].what, rc,
			    size.width, size.height);
	}
}

/* Wherever it is cut, and whatever a byte says: an answer, and no more. */
static void
a_file_that_is_damaged_has_a_size_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t cut = 0; cut < cases[i].file.len; cut++) {
			/* Of that length, for who looks for overruns. */
			char *copy = malloc(cut + 1);
			struct bytes b = { copy, cut };
			struct picture_size size = { 0 };

			assert_non_null(copy);
			memcpy(copy, cases[i].file.s, cut);
			picture_size(read_bytes, &b, &size);
			for (int c = 0; cut > 0 && c < 256; c += 17) {
				copy[cut - 1] = (char)c;
				if (picture_size(read_bytes, &b, &size) == 1)
					assert_true(
					    size.width >= 1 &&
					    size.width <= PICTURE_SIDE_MAX);
			}
			free(copy);
		}
}

/* Of boxes that hold nothing there may be many. */
static void
a_film_of_many_boxes_is_left(void **state)
{
	char *many = calloc(1, 8 * 100000 + 16);
	struct bytes b = { many, 8 * 100000 + 16 };
	struct picture_size size;

	(void)state;
	assert_non_null(many);
	memcpy(many, FTYP, 16);
	for (size_t i = 2; i < 100002; i++)
		memcpy(many + 8 * i,
		    "\0\0\0\x08"
		    "free",
		    8);
	assert_int_equal(picture_size(read_bytes, &b, &size), 0);
	free(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_size_is_known_before_it_is_shown),
		cmocka_unit_test(a_file_that_is_damaged_has_a_size_or_none),
		cmocka_unit_test(a_film_of_many_boxes_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
