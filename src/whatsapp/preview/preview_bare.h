#ifndef WHATSAPP_PREVIEW_PREVIEW_BARE_H
#define WHATSAPP_PREVIEW_PREVIEW_BARE_H

#include <stdint.h>

struct json;
struct pool;
struct preview;
struct preview_words;

/* What the provider does not hand on: OBJECT says what it was, or NULL. */
void preview_unsupported(struct preview_words *, const struct json *object);

/* A message of which only the type is known.  ERROR_CODE is that of the
 * message, 0 none. */
void preview_unknown(
    struct pool *, const char *type, int64_t error_code, struct preview *);

#endif
