#ifndef INBOX_CONTACT_CONTACT_FIELD_VALIDATE_H
#define INBOX_CONTACT_CONTACT_FIELD_VALIDATE_H

struct contact_field;
struct json;
struct pool;

/*
 * What a person may give of a field and of its values; in POOL, or NULL and
 * *WHY says why not, for people.
 */
#define CONTACT_FIELD_KEY_MAX	 32  /* bytes */
#define CONTACT_FIELD_LABEL_MAX	 100 /* code points, of a choice too */
#define CONTACT_FIELD_TEXT_MAX	 500 /* code points */
#define CONTACT_FIELD_DIGITS_MAX 15  /* all that a double tells apart */

/* Small letters, digits and '_', a letter first; no column that files of
 * contacts have. */
const char *contact_field_validate_key(
    struct pool *, const char *typed, const char **why);
const char *contact_field_validate_label(
    struct pool *, const char *typed, const char **why);
const char *contact_field_validate_type(
    struct pool *, const char *typed, const char **why);

/* An array of 1 to CONTACT_CHOICES_MAX texts, none twice: as JSON. */
const char *contact_field_validate_choices(
    struct pool *, const struct json *typed, const char **why);

/* A value that is not empty, by the type of the field, as it is stored: a text
 * on one line; a number as JSON writes it, without exponent; a day as
 * 2026-01-31; one of the choices; true or false. */
const char *contact_field_validate_value(struct pool *,
    const struct contact_field *, const char *typed, const char **why);

/* The same of a value of JSON, which has the type of the field: a number, a
 * boolean, or else a text. */
const char *contact_field_validate_json(struct pool *,
    const struct contact_field *, const struct json *typed, const char **why);

#endif
