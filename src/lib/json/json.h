#ifndef LIB_JSON_JSON_H
#define LIB_JSON_JSON_H

#include <stddef.h>
#include <stdint.h>

struct pool;

/*
 * JSON, with yajl.  A document is a bounded tree in a pool.  Refused: depth
 * over 32, NUL in a key, bytes after the document, bad UTF-8, comments.  A NUL
 * in a string becomes U+FFFD.  Numbers keep their text.  Every accessor takes
 * NULL, so that a path needs no checks between its steps.
 */
enum json_type {
	JSON_NONE, /* the type of NULL */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json; /* a value; in POOL, never changed */

#define JSON_DEPTH_MAX 32

/* NULL when S is refused, and *WHY (when not NULL) says so, in POOL. */
const struct json *json_parse(
    struct pool *, const char *s, size_t len, const char **why);

enum json_type json_type(const struct json *);

/* Member KEY of an object (the last of several), else NULL. */
const struct json *json_get(const struct json *, const char *key);

/* Elements or members in order: for (e = json_first(a); e; e = json_next(e)) */
const struct json *json_first(const struct json *);
const struct json *json_next(const struct json *);
const char *json_key(const struct json *); /* of a member, else NULL */
size_t json_count(const struct json *);

/*
 * The text of a string or a number, else NULL; and "" is NULL too (absent,
 * null and "" mean the same to the provider).  Borrowed from the tree.
 */
const char *json_string(const struct json *);
/* The same of member KEY. */
const char *json_text(const struct json *, const char *key);

/*
 * A whole number from a number, or from a string that holds one ("12", 12,
 * 12.0): 1, and 0 when there is none or it does not fit.
 */
int json_integer(const struct json *, int64_t *);
int json_int(const struct json *, const char *key, int64_t *);

/* true/false, "true"/"false", 1/0 of member KEY, else OTHERWISE. */
int json_bool(const struct json *, const char *key, int otherwise);

/*
 * Writing.  Keys are NULL inside arrays and at the top.  Text that is not
 * UTF-8 is written with U+FFFD; NULL text is null.
 */
struct json_out;

struct json_out *json_new(struct pool *); /* in POOL */
/* There will be about LEN bytes: room for them at once. */
void json_expect(struct json_out *, size_t len);
/* Keys are not our own from here on: what needs it is escaped. */
void json_escape_keys(struct json_out *);
void json_open_object(struct json_out *, const char *key);
void json_open_array(struct json_out *, const char *key);
void json_close(struct json_out *); /* the innermost */
void json_put_text(struct json_out *, const char *key, const char *);
void json_put_int(struct json_out *, const char *key, int64_t);
void json_put_id(struct json_out *, const char *key, int64_t); /* 0: null */
void json_put_bool(struct json_out *, const char *key, int);
/* RFC 3339 as clock_text has it; null where that is NULL. */
void json_put_time(struct json_out *, const char *key, int64_t at);
void json_put_null(struct json_out *, const char *key);
void json_put(struct json_out *, const char *key, const struct json *);
/* RAW is one JSON value that this program wrote earlier; NULL is null. */
void json_put_raw(struct json_out *, const char *key, const char *raw);
/* How much was written so far; and, from BEGIN on, the value behind it,
 * borrowed until more is written. */
size_t json_written(const struct json_out *);
const char *json_value_at(const struct json_out *, size_t begin, size_t *len);
/* What was written, NUL-terminated, in the pool; LEN may be NULL. */
char *json_end(struct json_out *, size_t *len);

/* One value as compact JSON text, in POOL; NULL gives NULL. */
char *json_write(struct pool *, const struct json *);

#endif
