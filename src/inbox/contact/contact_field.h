#ifndef INBOX_CONTACT_CONTACT_FIELD_H
#define INBOX_CONTACT_CONTACT_FIELD_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Fields that a workspace has defined for its contacts, and what contacts have
 * in them.  Functions that write need the caller's transaction.
 */
#define CONTACT_FIELDS_MAX  50 /* of a workspace */
#define CONTACT_CHOICES_MAX 50 /* of a field */

struct contact_field { /* texts in POOL */
	int64_t id;
	const char *key; /* of files and programs; it stays */
	const char *label;
	const char *type;    /* text, number, date, choice, boolean; it stays */
	const char *choices; /* a JSON array of texts; NULL it is no choice */
	int64_t created_at;
	int64_t updated_at;
};

/* What a contact has in a field; VALUE NULL: nothing. */
struct contact_value {
	int64_t field_id;
	const char *key;
	const char *type;
	const char *value; /* as contact_field_validate.h says */
};

/* Field ID, or with KEY: 1, 0 none, -1. */
int contact_field_get(
    struct session *, struct pool *, int64_t id, struct contact_field *);
int contact_field_find(
    struct session *, struct pool *, const char *key, struct contact_field *);

/* All, by key, into FIELDS of CONTACT_FIELDS_MAX: how many, -1. */
int contact_field_list(
    struct session *, struct pool *, struct contact_field *fields);

/* Adds a field: 1 and *ID; 0 there are CONTACT_FIELDS_MAX already; -1.  No
 * other has its key: ask contact_field_find in the same transaction. */
int contact_field_add(
    struct session *, const struct contact_field *, int64_t now, int64_t *id);

/* Label and choices become what is given; what contacts have stays, also what
 * is no choice any more: 0, -1. */
int contact_field_change(
    struct session *, const struct contact_field *, int64_t now);

/* Deletes field ID, and what contacts have in it: of more than 40 a job does
 * it, and nobody sees it any more: 0, -1. */
int contact_field_delete(struct session *, int64_t id);

/* What contact_field_values asks, in advance (db_prefetch). */
void contact_field_prefetch(struct session *, int64_t id);

/* What contact ID has, by field, in POOL: how many, -1. */
int contact_field_values(struct session *, struct pool *, int64_t id,
    const struct contact_value **values);

/* Contact ID has VALUES from now on; fields that are not among them stay as
 * they are.  What changes nothing writes nothing: 0, -1. */
int contact_field_put(struct session *, int64_t id,
    const struct contact_value *values, size_t n, int64_t now);

/* Contact KEEP gets of VALUES, which another has, those of fields in which it
 * has nothing: 0, -1. */
int contact_field_fill(struct session *, int64_t keep,
    const struct contact_value *values, size_t n, int64_t now);

extern const struct statements contact_field_statements;

#endif
