#ifndef WHATSAPP_COMPOSE_COMPOSE_PART_H
#define WHATSAPP_COMPOSE_COMPOSE_PART_H

#include <stddef.h>

#include "base/buf.h"

#include "whatsapp/compose/composed.h"

struct json_out;

/*
 * For compose*.c: a message that is being read.  Reading goes on after an
 * error, so that the client gets all of them at once.
 */
struct compose_part {
	struct pool *pool;
	const struct json *body;
	struct json_out *out; /* the provider's object, open */
	/* the part of body that has the provider's form, for the preview; NULL
	 * none */
	const struct json *shown;
	/* the line where the message has no words of its own; NULL none */
	const char *label;
	struct buf also; /* more words for the search */
	struct compose *to;
	struct compose_wrong *wrong, **end;
};

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

/* S, which may be NULL, is found by the search, too. */
void compose_also(struct compose_part *, const char *s);

/* Adds an error of FIELD to the list. */
void compose_note(struct compose_part *, const char *field, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* PATH.KEY, or KEY when PATH is "". */
const char *compose_path(
    struct compose_part *, const char *path, const char *key);

/*
 * Member KEY of O, which stands at PATH.  NULL when it is absent or null, which
 * is an error if NEEDED.  Another JSON type, or more than MAX code points, is
 * an error, and NULL too.
 */
const char *compose_get_text(struct compose_part *, const struct json *o,
    const char *path, const char *key, size_t max, int needed);
/* An http or https URL, which is needed. */
const char *compose_get_link(struct compose_part *, const struct json *o,
    const char *path, const char *key);
int64_t compose_get_id(struct compose_part *, const struct json *o,
    const char *path, const char *key, int needed); /* 0 none */
int compose_get_bool(struct compose_part *, const struct json *o,
    const char *path, const char *key); /* -1 none */
const struct json *compose_get_object(struct compose_part *,
    const struct json *o, const char *path, const char *key);
/* With 1 to MAX elements, which are objects. */
const struct json *compose_get_list(struct compose_part *, const struct json *o,
    const char *path, const char *key, size_t max, int needed);

/* Each member of O that is not among FIELDS (separated by blanks) is an
 * error. */
void compose_only(struct compose_part *, const struct json *o, const char *path,
    const char *fields);
int compose_has_word(const char *words, const char *word);

#endif
