/*
 * A phone number as a person typed or copied it, for phone.c: first what is
 * only there for the eye goes and other scripts become ASCII (ascii_only), then
 * + or 00 and the trunk prefix are looked at (without_trunk).  No number is
 * guessed: what may be meant in two ways is refused.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone_typed.h"

#define TYPED_MAX 256 /* bytes; twenty signs of four bytes, with marks */
/* Fewer digits behind a "/" are another last digit: 1234567/8. */
#define SLASH_MIN 3

/* From FIRST to LAST: AS, or nothing where it is 0; digits count up from AS. */
struct sign {
	uint32_t first, last;
	char as;
};

static const struct sign signs[] = {
	{ ' ', ' ', 0 }, { '-', '.', 0 }, { '[', '[', '(' }, { ']', ']', ')' },
	{ 0xa0, 0xa0, 0 },	 /* no-break space */
	{ 0xad, 0xad, 0 },	 /* soft hyphen */
	{ 0xb7, 0xb7, 0 },	 /* middle dot */
	{ 0x61c, 0x61c, 0 },	 /* Arabic letter mark */
	{ 0x660, 0x669, '0' },	 /* Arabic-Indic */
	{ 0x6f0, 0x6f9, '0' },	 /* Persian, Urdu */
	{ 0x7c0, 0x7c9, '0' },	 /* N'Ko */
	{ 0x966, 0x96f, '0' },	 /* Devanagari */
	{ 0x9e6, 0x9ef, '0' },	 /* Bengali */
	{ 0xa66, 0xa6f, '0' },	 /* Gurmukhi */
	{ 0xae6, 0xaef, '0' },	 /* Gujarati */
	{ 0xb66, 0xb6f, '0' },	 /* Oriya */
	{ 0xbe6, 0xbef, '0' },	 /* Tamil */
	{ 0xc66, 0xc6f, '0' },	 /* Telugu */
	{ 0xce6, 0xcef, '0' },	 /* Kannada */
	{ 0xd66, 0xd6f, '0' },	 /* Malayalam */
	{ 0xe50, 0xe59, '0' },	 /* Thai */
	{ 0xed0, 0xed9, '0' },	 /* Lao */
	{ 0x1040, 0x1049, '0' }, /* Burmese */
	{ 0x17e0, 0x17e9, '0' }, /* Khmer */
	{ 0x2000, 0x200f, 0 },	 /* spaces, zero-width ones, marks */
	{ 0x2010, 0x2015, 0 },	 /* hyphens and dashes */
	{ 0x202a, 0x202f, 0 },	 /* embeddings; narrow no-break space */
	{ 0x2044, 0x2044, '/' }, { 0x205f, 0x2060, 0 },
	{ 0x2066, 0x2069, 0 },				/* isolates */
	{ 0x2212, 0x2212, 0 },				/* minus */
	{ 0x2215, 0x2215, '/' }, { 0x3000, 0x3000, 0 }, /* ideographic space */
	{ 0x30fc, 0x30fc, 0 }, /* Katakana's long mark, typed as a dash */
	{ 0xfe58, 0xfe58, 0 }, { 0xfe62, 0xfe62, '+' }, { 0xfe63, 0xfe63, 0 },
	{ 0xfeff, 0xfeff, 0 }, { 0xff08, 0xff08, '(' }, { 0xff09, 0xff09, ')' },
	{ 0xff0b, 0xff0b, '+' }, { 0xff0d, 0xff0e, 0 }, { 0xff0f, 0xff0f, '/' },
	{ 0xff10, 0xff19, '0' }, /* full-width */
};

/*
 * Countries whose trunk prefix is 0 and whose numbers never begin with it:
 * ITU-T, "Dialling procedures", annex to Operational Bulletin 994 (2011-12-15).
 */
static const char trunk_0[] =
    " 20 27 31 32 33 40 41 43 44 46 49 51 53 54 55 58 60 61 62 63 64 66 81 82"
    " 84 86 90 91 92 93 94 95 98 211 212 213 218 231 232 233 234 243 249 250"
    " 251 254 255 256 260 261 262 263 264 291 353 355 358 359 373 374 380 381"
    " 382 383 386 387 389 421 590 593 594 595 596 850 855 856 880 886 961 962"
    " 963 964 966 967 970 971 972 976 977 994 995 996 ";

/* Whose numbers may begin with 0, also from abroad, so that "(0)" is a digit:
 * Burkina Faso, Benin, Congo, Italy, Côte d'Ivoire, San Marino (their plans in
 * ITU-T E.164's national numbering plans). */
static const char keeps_0[] = " 225 226 229 242 378 39 ";

static int
is_country(const char *list, const char *digits, size_t len)
{
	char key[8] = " ";

	memcpy(key + 1, digits, len);
	memcpy(key + 1 + len, " ", 2);
	return strstr(list, key) != NULL;
}

/* The next code point of S, which is UTF-8; *S goes on. */
static uint32_t
next_point(const char **s)
{
	const unsigned char *u = (const unsigned char *)*s;
	int more = *u < 0xc0 ? 0 : *u < 0xe0 ? 1 : *u < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? *u : *u & (0x3fu >> more);

	for (int i = 1; i <= more; i++)
		c = c << 6 | (u[i] & 0x3fu);
	*s += 1 + more;
	return c;
}

/* TYPED with + ( ) / and digits only; what is none of these is '?'. */
static char *
ascii_only(struct pool *pool, const char *typed)
{
	struct buf b = { .pool = pool };

	typed += strspn(typed, " \t\r\n"); /* copied from a table's cell */
	while (*typed != '\0') {
		uint32_t c = next_point(&typed);
		size_t i;

		for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
			if (c >= signs[i].first && c <= signs[i].last)
				break;
		if (i == sizeof(signs) / sizeof(*signs))
			buf_char(&b,
			    c > 0 && c < 128 && strchr("+()/0123456789", (int)c)
				? (char)c
				: '?');
		else if (signs[i].as == '0')
			buf_char(&b, (char)('0' + (c - signs[i].first)));
		else if (signs[i].as != 0)
			buf_char(&b, signs[i].as);
	}
	return buf_end(&b);
}

/* The length of the country's code that D begins with; 0 when it is in neither
 * list. */
static size_t
code_len(const char *list, const char *d)
{
	for (size_t len = 2; len <= 3; len++)
		if (strlen(d) > len && is_country(list, d, len))
			return len;
	return 0;
}

/* D, the digits of a number, without the trunk prefix that some write behind
 * the country's code; BRACKET: where a "(0)" stood, 0 when none did.  NULL
 * when it is followed by another 0. */
static char *
without_trunk(struct pool *pool, const char *d, size_t bracket)
{
	size_t len = bracket, n = 1;

	if (text_begins(d, "3606")) /* Hungary's is 06 */
		len = n = 2;
	else if (bracket == 0)
		len = code_len(trunk_0, d);
	else if (is_country(keeps_0, d, bracket))
		len = 0;
	if (len == 0 || d[len] != '0')
		n = 0;
	if (n > 0 && d[len + n] == '0')
		return NULL;
	return pool_printf(pool, "+%.*s%s", (int)len, d, d + len + n);
}

/* Of S, as ascii_only made it, if it is no number. */
static const char *
what_is_wrong(const char *s)
{
	size_t digits = 0, before = strcspn(s, "?");

	for (size_t i = 0; i < before; i++)
		digits += s[i] >= '0' && s[i] <= '9';
	if (*s == '\0')
		return "it is empty";
	if (digits >= PHONE_TYPED_MIN && s[before] != '\0')
		return "leave out what follows the number; no account has an"
		       " extension";
	if (s[before] != '\0')
		return "it has other signs than digits";
	if (strchr(s + 1, '+') != NULL || strchr(s, '/') != NULL)
		return "give one number only";
	return *s == '+'   ? "write + and the country's code, which begins"
			     " with 1 to 9, and no further 0"
	       : *s == '0' ? "instead of the 0 write + and the country's code"
			   : "write + and the country's code before it";
}

/* The digits of S into B; *BRACKET: how many stand before a "(0)", if these may
 * be a country's code.  0 when S has something else too. */
static int
read_digits(const char *s, struct buf *b, size_t *bracket)
{
	const char *slash = strchr(s, '/');

	for (; *s != '\0'; s++) {
		if (text_begins(s, "(0)") && b->len >= 1 && b->len <= 3 &&
		    s[3] != '\0')
			*bracket = b->len;
		if (*s >= '0' && *s <= '9')
			buf_char(b, *s);
		else if (*s != '(' && *s != ')' && s != slash)
			return 0;
	}
	return slash == NULL || strspn(slash + 1, "0123456789") >= SLASH_MIN;
}

char *
phone_typed_e164(
    struct pool *pool, const char *typed, int require_plus, const char **why)
{
	struct buf b = { .pool = pool };
	size_t bracket = 0, digits, len = typed != NULL ? strlen(typed) : 0;
	const char *s;
	char *e164;

	*why = "it is too long";
	if (len > TYPED_MAX)
		return NULL;
	*why = "it has other signs than digits";
	if (len > 0 && !text_is_utf8(typed, len))
		return NULL;
	while (len > 0 && strchr(" \t\r\n", typed[len - 1]) != NULL)
		len--;
	s = len > 0 ? ascii_only(pool, pool_text(pool, typed, len)) : "";
	*why = what_is_wrong(s);
	while (*s == '(')
		s++;
	if (*s == '+' || text_begins(s, "00")) {
		s += *s == '+' ? 1 : 2;
		require_plus = 0;
	}
	if (require_plus || !read_digits(s, &b, &bracket))
		return NULL;
	if (*buf_end(&b) == '0' || b.len == 0)
		return NULL;
	e164 = without_trunk(pool, buf_end(&b), bracket);
	if (e164 == NULL)
		return NULL;
	digits = strlen(e164) - 1;
	if (digits >= PHONE_TYPED_MIN && digits <= PHONE_TYPED_MAX)
		return e164;
	*why = digits < PHONE_TYPED_MIN ? "it is too short" : "it is too long";
	return NULL;
}
