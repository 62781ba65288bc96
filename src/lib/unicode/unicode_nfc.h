#ifndef LIB_UNICODE_UNICODE_NFC_H
#define LIB_UNICODE_UNICODE_NFC_H

struct pool;

/*
 * S in Normalization Form C (UAX 15), in POOL: one text for what keyboards
 * write in two ways, é as one code point or as two.  NULL when S is not UTF-8.
 * What was normalised stays so with each later Unicode.
 */
char *unicode_nfc(struct pool *, const char *s);

#endif
