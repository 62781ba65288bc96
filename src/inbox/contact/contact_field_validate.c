/*
 * Validates fields of contacts and what is typed into them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_field_validate.h"

#define DIGITS "0123456789"
#define DAY    "dddd-dd-dd" /* d: a digit */

static const char *const contact_field_types[] = { "text", "number", "date",
	"choice", "boolean", NULL };

/* What else a contact has, and a column of a file may be called. */
static const char *const contact_field_taken[] = { "id", "phone", "user_id",
	"username", "name", "email", "tags", "created_at", "updated_at", NULL };

/* TYPED on one line, 1 to MAX code points. */
static const char *
read_line_field(
    struct pool *pool, const char *typed, size_t max, const char **why)
{
	size_t len = typed != NULL ? strlen(typed) : 0;
	const char *s = len > 0 ? text_fold(pool, typed, len) : NULL;

	if (s == NULL || *s == '\0')
		*why = "is empty";
	else if (text_points(s) > max)
		*why = pool_printf(pool, "is longer than %zu characters", max);
	else
		return s;
	return NULL;
}

const char *
contact_field_validate_key(
    struct pool *pool, const char *typed, const char **why)
{
	size_t len = typed != NULL ? strlen(typed) : 0;

	if (len == 0 || len > CONTACT_FIELD_KEY_MAX || typed[0] < 'a' ||
	    typed[0] > 'z' ||
	    strspn(typed, "abcdefghijklmnopqrstuvwxyz_" DIGITS) != len)
		*why = "has to be 1 to 32 small letters, digits and '_', a"
		       " letter first";
	else if (text_among(typed, contact_field_taken))
		*why = "is what contacts have anyway";
	else
		return pool_copy(pool, typed);
	return NULL;
}

const char *
contact_field_validate_label(
    struct pool *pool, const char *typed, const char **why)
{
	return read_line_field(pool, typed, CONTACT_FIELD_LABEL_MAX, why);
}

const char *
contact_field_validate_type(
    struct pool *pool, const char *typed, const char **why)
{
	if (typed != NULL && text_among(typed, contact_field_types))
		return pool_copy(pool, typed);
	*why = "is none of text, number, date, choice, boolean";
	return NULL;
}

static int
has_choice(const struct json *choices, const char *text)
{
	const struct json *c;

	for (c = json_first(choices); c != NULL; c = json_next(c))
		if (text_is(json_string(c), text))
			return 1;
	return 0;
}

const char *
contact_field_validate_choices(
    struct pool *pool, const struct json *typed, const char **why)
{
	const char *seen[CONTACT_CHOICES_MAX + 1] = { NULL };
	struct json_out *out = json_new(pool);
	const struct json *c;
	size_t n = 0;

	*why = "is no list of 1 to 50 texts";
	if (json_type(typed) != JSON_ARRAY || json_count(typed) == 0 ||
	    json_count(typed) > CONTACT_CHOICES_MAX)
		return NULL;
	json_open_array(out, NULL);
	for (c = json_first(typed); c != NULL; c = json_next(c)) {
		const char *text = NULL;

		if (json_type(c) == JSON_STRING)
			text = read_line_field(
			    pool, json_string(c), CONTACT_FIELD_LABEL_MAX, why);
		if (text == NULL)
			return NULL;
		if (text_among(text, seen)) {
			*why = "has a text twice";
			return NULL;
		}
		seen[n++] = text;
		json_put_text(out, NULL, text);
	}
	json_close(out);
	return json_end(out, NULL);
}

/* -12.50: what JSON writes and a double keeps. */
static int
is_number(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-';
	whole = strspn(s, DIGITS);
	if (whole == 0 || (*s == '0' && whole > 1))
		return 0;
	s += whole;
	if (*s == '.') {
		part = strspn(++s, DIGITS);
		if (part == 0)
			return 0;
		s += part;
	}
	return *s == '\0' && whole + part <= CONTACT_FIELD_DIGITS_MAX;
}

/* A day that there is, of the years 1 to 9999. */
static int
is_day(const char *s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	int year, month, day, leap;

	if (strlen(s) != strlen(DAY))
		return 0;
	for (size_t i = 0; DAY[i] != '\0'; i++)
		if (DAY[i] == 'd' ? strchr(DIGITS, s[i]) == NULL
				  : s[i] != DAY[i])
			return 0;
	year = (int)strtol(s, NULL, 10);
	month = (int)strtol(s + 5, NULL, 10);
	day = (int)strtol(s + 8, NULL, 10);
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && leap);
}

static int
is_choice(
    struct pool *pool, const struct contact_field *field, const char *text)
{
	return field->choices != NULL &&
	       has_choice(json_parse(pool, field->choices,
			      strlen(field->choices), NULL),
		   text);
}

const char *
contact_field_validate_value(struct pool *pool,
    const struct contact_field *field, const char *typed, const char **why)
{
	const char *s =
	    read_line_field(pool, typed, CONTACT_FIELD_TEXT_MAX, why);

	if (s == NULL || text_is(field->type, "text"))
		return s;
	if (text_is(field->type, "number")) {
		*why = "is no number such as -12.5, of 15 digits at most";
		return is_number(s) ? s : NULL;
	}
	if (text_is(field->type, "date")) {
		*why = "is no day such as 2026-01-31";
		return is_day(s) ? s : NULL;
	}
	if (text_is(field->type, "choice")) {
		*why = "is none of the choices";
		return is_choice(pool, field, s) ? s : NULL;
	}
	*why = "is neither true nor false";
	return text_is(s, "true") || text_is(s, "false") ? s : NULL;
}

const char *
contact_field_validate_json(struct pool *pool,
    const struct contact_field *field, const struct json *typed,
    const char **why)
{
	enum json_type wanted = text_is(field->type, "number")	  ? JSON_NUMBER
				: text_is(field->type, "boolean") ? JSON_BOOL
								  : JSON_STRING;

	if (json_type(typed) != wanted) {
		*why = wanted == JSON_NUMBER ? "is no number"
		       : wanted == JSON_BOOL ? "is neither true nor false"
					     : "is no text";
		return NULL;
	}
	return contact_field_validate_value(pool, field,
	    wanted == JSON_BOOL ? json_write(pool, typed) : json_string(typed),
	    why);
}
