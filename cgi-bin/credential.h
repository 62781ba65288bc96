#ifndef CGI_BIN_CREDENTIAL_H
#define CGI_BIN_CREDENTIAL_H

#include <stddef.h>

struct config;
struct http_request;

/*
 * What lets a webhook in.  With tokens configured (WHATSAPP_WEBHOOK_TOKEN) a
 * POST must carry one: Authorization: Bearer T, or Basic with the password T,
 * or …/whatsapp/T.  With app secrets configured (WHATSAPP_APP_SECRET) it must
 * also carry Meta's X-Hub-Signature-256 over its raw bytes.  Comparisons take
 * the same time whether or not they succeed.
 */

/*
 * Before the body is read: the place of the token in the configuration, from
 * 1; 0 when no token is configured; -1 when none fits.
 */
int	credential_token(const struct http_request *, const struct config *);

/* The place of the secret that signed BODY; 0 none configured; -1 none fits.
 * BODY may be NULL: then only whether the header is there and well formed. */
int	credential_secret(const struct http_request *, const struct config *,
	    const char *body, size_t len);

#endif
