#ifndef WHATSAPP_TEMPLATE_TEMPLATE_FIT_H
#define WHATSAPP_TEMPLATE_TEMPLATE_FIT_H

struct json;
struct pool;

/*
 * A message template of the provider (docs/protocol.md §6.7), its definition
 * beside what a member sends of it.  DEFINITION is the array "components" of
 * the provider's list, SENT that of the message; both may be NULL.
 */

/* What is wrong with SENT, in POOL: number or kind of the parameters of header,
 * body and buttons.  NULL: it fits, or the definition says nothing of it. */
const char *template_fit(
    struct pool *, const struct json *definition, const struct json *sent);

/* The text as the customer reads it: header, body and footer, a line each, with
 * the values in them; in POOL, NULL when the definition has no body. */
const char *template_fit_text(
    struct pool *, const struct json *definition, const struct json *sent);

/* The text of its body, with its placeholders; NULL none. */
const char *template_fit_body(const struct json *definition);

#endif
