#ifndef WHATSAPP_PREVIEW_PREVIEW_FORM_H
#define WHATSAPP_PREVIEW_PREVIEW_FORM_H

struct json;
struct pool;
struct preview_words;

/* A form that was filled in (nfm_reply), or an address (docs/protocol.md §3.2):
 * its answers. */
void preview_form(struct preview_words *, const struct json *reply);

/* The answers as JSON, which come in a text; NULL: it has none. */
const struct json *preview_form_answers(
    struct pool *, const struct json *reply);

#endif
