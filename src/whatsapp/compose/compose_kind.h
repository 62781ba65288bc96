#ifndef WHATSAPP_COMPOSE_COMPOSE_KIND_H
#define WHATSAPP_COMPOSE_COMPOSE_KIND_H

#include "whatsapp/compose/field/compose_part.h"

/* One reader for each type: fills out and to. */
void compose_text(struct compose_part *);
void compose_location(struct compose_part *);
void compose_contacts(struct compose_part *);
void compose_reaction(struct compose_part *);
void compose_media(struct compose_part *);
void compose_template(struct compose_part *);
void compose_buttons(struct compose_part *);
void compose_list(struct compose_part *);
void compose_cta_url(struct compose_part *);
void compose_location_request(struct compose_part *);
void compose_request_contact_info(struct compose_part *);
void compose_call_permission(struct compose_part *);
void compose_flow(struct compose_part *);
void compose_product(struct compose_part *);
void compose_product_list(struct compose_part *);
void compose_catalog_message(struct compose_part *);
void compose_carousel(struct compose_part *);
void compose_order_details(struct compose_part *);
void compose_order_status(struct compose_part *);

/*
 * Begins an interactive message of the provider's TYPE: header, body, footer,
 * and its action, which stays open.  FRAME, else 0: COMPOSE_HEADER: a header is
 * needed, and is a text; COMPOSE_NO_BODY: it may be without a body.
 */
#define COMPOSE_HEADER	1
#define COMPOSE_NO_BODY 2
void compose_open_interactive(
    struct compose_part *, const char *type, unsigned frame);
/* "button" and "url" of O as the action that opens a page. */
void compose_put_link(
    struct compose_part *, const struct json *o, const char *path);
/*
 * MEDIA, at PATH, is the file to be sent as TYPE: link, id or upload are
 * written into out.  Answers the name that a document by link has from its
 * link, in POOL; else NULL.
 */
const char *compose_put_file(struct compose_part *, const struct json *media,
    const char *path, const char *type);

/* Notes what is wrong with the components of a template message, LIST, which
 * stand at PATH. */
#define COMPOSE_COMPONENTS_MAX 32
void compose_check_components(
    struct compose_part *, const struct json *list, const char *path);

#endif
