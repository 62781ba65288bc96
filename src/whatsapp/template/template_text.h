#ifndef WHATSAPP_TEMPLATE_TEMPLATE_TEXT_H
#define WHATSAPP_TEMPLATE_TEMPLATE_TEXT_H

struct buf;
struct json;
struct pool;

/*
 * The text of a component of a template, whose placeholders are {{1}} or
 * {{name}}.  Components stand in an array, that of a definition or that of a
 * message; all may be NULL.
 */

/* The component of KIND (header, body, …, in any case); NULL none. */
const struct json *template_text_part(
    const struct json *components, const char *kind);
/* 1: member KEY of O is WORD, in any case. */
int template_text_is(const struct json *o, const char *key, const char *word);

/* The different placeholders of TEXT, in their order, in POOL: how many. */
#define TEMPLATE_TEXT_PLACES_MAX 100
int template_text_places(struct pool *, const char *text, char **names);
int template_text_is_number(const char *name);

/* The parameter of PART, a component that is sent, for placeholder number I,
 * called NAME; NULL none. */
const struct json *template_text_parameter(
    const struct json *part, const char *name, int i);

/* Adds TEXT, a line of its own, with the values of PART in its placeholders. */
void template_text_fill(
    struct pool *, struct buf *, const char *text, const struct json *part);

#endif
