/*
 * The SHA-256 of a file: a provider gives it as hex or as base64.
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "whatsapp/provider/provider.h"

char *
provider_sha256(struct pool *p, const char *s)
{
	size_t len = s == NULL ? 0 : strlen(s), n = 0;
	char *bytes = NULL;

	if (len == 64)
		bytes = codec_unhex(p, s, len, &n);
	else if (len > 0)
		bytes = codec_unbase64(p, s, len, &n);
	return bytes != NULL && n == 32 ? codec_hex(p, bytes, n) : NULL;
}
