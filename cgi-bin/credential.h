#ifndef CGI_BIN_CREDENTIAL_H
#define CGI_BIN_CREDENTIAL_H

#include <stddef.h>

struct config;
struct http_request;
struct token_files;

/*
 * The credentials of a webhook.  When there are tokens (WHATSAPP_WEBHOOK_TOKEN,
 * and the files of WASPOOL_TOKEN_DIR), a POST must carry one: Authorization:
 * Bearer T, or Basic with the password T, or …/whatsapp/T.  When app secrets
 * are configured (WHATSAPP_APP_SECRET), it must also carry Meta's
 * X-Hub-Signature-256 over its raw bytes.  Comparisons take the same time
 * whether they succeed or not.
 */

/* The prefix of the name of a token for one number or account; its id
 * follows. */
#define CREDENTIAL_OF "token-of-"

/*
 * Checks the token, before the body is read.  1 and *NAME, in the request's
 * pool: "token-1" by its place in the configuration, or CREDENTIAL_OF and the
 * name of its file; 0 when there are no tokens; -1 when it is missing or wrong.
 * The token files may be NULL.
 */
int credential_token(const struct http_request *, const struct config *,
    struct token_files *, const char **name);

/* Checks the signature: the place of the secret that signed BODY; 0 none is
 * configured; -1 missing or wrong.  With BODY NULL it only checks that the
 * header is there and well formed. */
int credential_secret(const struct http_request *, const struct config *,
    const char *body, size_t len);

#endif
