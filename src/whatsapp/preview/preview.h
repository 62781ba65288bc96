#ifndef WHATSAPP_PREVIEW_PREVIEW_H
#define WHATSAPP_PREVIEW_PREVIEW_H

#include <stdint.h>

#include "whatsapp/preview/preview_words.h"

struct json;
struct pool;

/* The words of a message of TYPE, from OBJECT, the provider's object for it.
 * ERROR_CODE is that of the message, 0 none. */
void preview_read(struct pool *, const char *type, const struct json *object,
    int64_t error_code, struct preview *);

#endif
