#ifndef INBOX_CONTACT_CONTACT_H
#define INBOX_CONTACT_CONTACT_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_tag.h"

struct pool;
struct session;
struct statements;

/*
 * The address book: contacts and their tags, of the workspace that the session
 * serves (session.h).  A contact is known by a phone, a user id, or both; no
 * two of a workspace have the same.  A new one, or one with a new phone or user
 * id, is linked to the conversations of these, except those that a person
 * linked or unlinked.
 * Functions that write need the caller's transaction (session_begin …
 * session_commit).
 */
#define CONTACT_NAME_MAX  200 /* code points */
#define CONTACT_EMAIL_MAX 254 /* bytes, RFC 5321 */
#define CONTACT_TAG_MAX	  50  /* code points */
#define CONTACT_USER_MAX  200 /* bytes */

struct contact {
	int64_t id;
	const char *phone;   /* E.164 with +; NULL none … */
	const char *user_id; /* … but then this; NULL none */
	const char *name;
	const char *email; /* NULL none */
	const char **tags; /* names, sorted */
	size_t n_tags;
	const struct contact_value *values; /* of its own fields, by field */
	size_t n_values;
	/* of WhatsApp, without @; NULL not known.  The schema keeps it */
	const char *username;
	int64_t created_at;
	int64_t updated_at;
};

/*
 * Validates what a person typed.  The value as it is stored, in POOL; or NULL,
 * and *WHY says what is wrong in a few words ("is no international phone
 * number").
 */
const char *contact_validate_phone(
    struct pool *, const char *typed, const char **why);
const char *contact_validate_user_id(
    struct pool *, const char *typed, const char **why);
const char *contact_validate_name(
    struct pool *, const char *typed, const char **why);
const char *contact_validate_email(
    struct pool *, const char *typed, const char **why);
const char *contact_validate_tag(
    struct pool *, const char *typed, const char **why);

/* What contact_get asks of it, in advance (db_prefetch). */
void contact_prefetch(struct session *, int64_t id);

/* A contact, its tags and values: 1, 0 there is none, -1. */
int contact_get(struct session *, struct pool *, int64_t id, struct contact *);
/* The contact with this phone, with this user id: 1 and *ID, 0, -1. */
int contact_find(struct session *, const char *phone, int64_t *id);
int contact_find_user(struct session *, const char *user_id, int64_t *id);

/*
 * Adds a contact; its phone, user id, name, email, tags and values are as the
 * functions that validate return them.  1 and *ID; 0: contact *ID has the phone
 * or the user id already; -1.
 */
int contact_create(struct session *, struct pool *, const struct contact *,
    int64_t now, int64_t *id);

/*
 * Changes phone, user id, name and email of the contact with that id, which
 * exists: 1; 0: contact *TAKEN has the phone or the user id already; -1.
 * Nothing is written when nothing changes.  A new phone or user id moves its
 * links to the conversations of that.
 */
int contact_change(struct session *, struct pool *, const struct contact *,
    int64_t now, int64_t *taken);

/* Deletes it and unlinks its conversations: 1, 0 there was none, -1. */
int contact_delete(struct session *, int64_t id);

extern const struct statements contact_statements;

#endif
