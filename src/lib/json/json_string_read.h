#ifndef LIB_JSON_JSON_STRING_READ_H
#define LIB_JSON_JSON_STRING_READ_H

/* Readable bytes that must stand behind the NUL of what is read. */
#define JSON_STRING_BEHIND 7

/*
 * Reads a string where it stands, for json.c; nobody else includes this.  S is
 * behind the quote that begins it, in a text of UTF-8 that ends with a NUL.
 * What it says is at S then, and ends with a NUL: escapes become shorter.  A
 * NUL that was escaped (*NUL is 1) and half of a surrogate pair become U+FFFD.
 * Answers what follows the quote that ends it; NULL when it is no string, and
 * *WRONG is where.
 */
char *json_string_read(char *s, int *nul, char **wrong);

#endif
