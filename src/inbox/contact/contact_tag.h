#ifndef INBOX_CONTACT_CONTACT_TAG_H
#define INBOX_CONTACT_CONTACT_TAG_H

#include <stddef.h>
#include <stdint.h>

struct name_cache;
struct pool;
struct session;
struct statements;

/*
 * Tags of contacts, of the workspace that the session serves.
 */
#define CONTACT_TAGS_MAX 50 /* a contact */

/* Puts a tag on contact ID, or takes it off: 0, -1.  contact_tag creates a tag
 * that does not exist yet. */
int contact_tag(struct session *, int64_t id, const char *name, int64_t now);
int contact_untag(struct session *, int64_t id, const char *name, int64_t now);

/* Tags by name, each with the number of its contacts. */
struct contact_tag {
	int64_t id;
	const char *name;
	int64_t contacts;
};
/* At most MAX with a name after AFTER ("" from the start): how many, -1. */
int contact_tags(struct session *, struct pool *, const char *after,
    struct contact_tag *, int max);
int contact_tag_id(
    struct session *, const char *name, int64_t *id); /* 1 0 -1 */
int contact_tag_get(struct session *, struct pool *, int64_t id,
    struct contact_tag *); /* 1 0 -1 */

/* Calls tag ID otherwise; nobody else has NAME (contact_tag_id).  Where many
 * contacts have it a job tells of them.  contact_tag_remove takes it off its
 * contacts, too.  0, -1. */
int contact_tag_rename(struct session *, int64_t id, const char *name);
int contact_tag_remove(struct session *, int64_t id);

/* The names of a contact's TAG_IDS (" 3  7 ", NULL for none), sorted, in POOL:
 * how many, or -1.  Names in the cache are not looked up again. */
int contact_tag_names(struct session *, struct pool *, const char *tag_ids,
    struct name_cache *, const char ***names);

extern const struct statements contact_tag_statements;

#endif
