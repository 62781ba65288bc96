#ifndef WHATSAPP_COMPOSE_FIELD_COMPOSE_PART_H
#define WHATSAPP_COMPOSE_FIELD_COMPOSE_PART_H

#include <stddef.h>

#include "base/buf.h"

#include "whatsapp/compose/field/composed.h"

struct json_out;

/*
 * Something that is being read from a body.  Reading goes on after an error, so
 * that the client gets all of them at once.
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
/* The id that the provider gave a file: digits, which are needed; those of an
 * upload of ours go into OURS. */
const char *compose_get_media_id(struct compose_part *, const struct json *o,
    const char *path, const char *key, const char *ours);
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
