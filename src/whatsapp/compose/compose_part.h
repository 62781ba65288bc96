#ifndef WHATSAPP_COMPOSE_COMPOSE_PART_H
#define WHATSAPP_COMPOSE_COMPOSE_PART_H

#include <stddef.h>

#include "whatsapp/compose/composed.h"

struct json_out;

/*
 * For compose*.c: a message that is being read.  All that is wrong is noted.
 */
struct compose_part {
	struct pool *pool;
	const struct json *body;
	struct json_out *out; /* the provider's object, open */
	/* what of the body reads like it, for the preview; NULL none */
	const struct json *shown;
	struct compose *to;
	struct compose_wrong *wrong, **end;
};

/* One for each kind: fills out and to. */
void compose_text(struct compose_part *);
void compose_location(struct compose_part *);
void compose_contacts(struct compose_part *);
void compose_reaction(struct compose_part *);
void compose_media(struct compose_part *);
void compose_template(struct compose_part *);
void compose_buttons(struct compose_part *);
void compose_list(struct compose_part *);

void compose_note(struct compose_part *, const char *field, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* PATH.KEY, or KEY when PATH is "". */
const char *compose_path(
    struct compose_part *, const char *path, const char *key);

/*
 * Member KEY of O, which stands at PATH; absent and null are NULL.  What has
 * another type, or breaks MAX code points, is noted and NULL.  Needed ones
 * that are missing are noted.
 */
const char *compose_get_text(struct compose_part *, const struct json *o,
    const char *path, const char *key, size_t max, int needed);
int64_t compose_get_id(struct compose_part *, const struct json *o,
    const char *path, const char *key, int needed); /* 0 none */
int compose_get_bool(struct compose_part *, const struct json *o,
    const char *path, const char *key); /* -1 none */
const struct json *compose_get_object(struct compose_part *,
    const struct json *o, const char *path, const char *key);
/* With 1 to MAX elements, which are objects. */
const struct json *compose_get_list(struct compose_part *, const struct json *o,
    const char *path, const char *key, size_t max, int needed);

/* Notes each member of O that is not among FIELDS, which has blanks between. */
void compose_only(struct compose_part *, const struct json *o, const char *path,
    const char *fields);
int compose_has_word(const char *words, const char *word);

#endif
