#ifndef CGI_BIN_CREDENTIAL_H
#define CGI_BIN_CREDENTIAL_H

#include <stddef.h>

struct config;
struct http_request;
struct token_files;

/*
 * What lets a webhook in.  With tokens (WHATSAPP_WEBHOOK_TOKEN, and the files
 * of WASPOOL_TOKEN_DIR) a POST must carry one: Authorization: Bearer T, or
 * Basic with the password T, or …/whatsapp/T.  With app secrets configured
 * (WHATSAPP_APP_SECRET) it must also carry Meta's X-Hub-Signature-256 over its
 * raw bytes.  Comparisons take the same time whether or not they succeed.
 */

/* The name of a token that speaks for one number or account, before its id. */
#define CREDENTIAL_OF "token-of-"

/*
 * Before the body is read: 1 and *NAME, "token-1" by its place in the
 * configuration, or CREDENTIAL_OF and the name of its file, in the request's
 * pool; 0 when there are no tokens; -1 when none fits.  FILES may be NULL.
 */
int credential_token(const struct http_request *, const struct config *,
    struct token_files *, const char **name);

/* The place of the secret that signed BODY; 0 none configured; -1 none fits.
 * BODY may be NULL: then only whether the header is there and well formed. */
int credential_secret(const struct http_request *, const struct config *,
    const char *body, size_t len);

#endif
