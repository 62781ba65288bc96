#ifndef LIB_JSON_JSON_SPECIAL_H
#define LIB_JSON_JSON_SPECIAL_H

#include <stdint.h>

/* What may not stand in a string of JSON as it is, for json_string*.c. */
static inline int
json_is_special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

#define JSON_EACH UINT64_C(0x0101010101010101)
#define JSON_HIGH (JSON_EACH << 7)

/* Non-zero when one of eight bytes is special, by the usual trick of a borrow
 * into the highest bit of a byte, which those that are not ASCII have. */
static inline uint64_t
json_special_in(uint64_t x)
{
	uint64_t quote = x ^ JSON_EACH * '"', backslash = x ^ JSON_EACH * '\\';

	return (((x - JSON_EACH * 0x20) & ~x) | ((quote - JSON_EACH) & ~quote) |
		   ((backslash - JSON_EACH) & ~backslash)) &
	       JSON_HIGH;
}

#endif
