#ifndef LIB_JSON_JSON_STRING_H
#define LIB_JSON_JSON_STRING_H

struct buf;

/*
 * Writes S as a string of JSON, quotes and all, for json_out.c; nobody else
 * includes this.  What is no UTF-8 becomes U+FFFD.
 */
void json_string_put(struct buf *, const char *s);

#endif
