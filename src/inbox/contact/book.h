#ifndef INBOX_CONTACT_BOOK_H
#define INBOX_CONTACT_BOOK_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;

/*
 * The address book: contacts and their tags.  The handle is that of a member
 * connection (member.h) that serves a workspace.  Making or changing a contact
 * links the conversations of its phone that nobody linked or unlinked by hand.
 * What writes wants to be inside a db_begin … db_commit of the caller.
 */
#define BOOK_NAME_MAX 200	/* code points */
#define BOOK_EMAIL_MAX 254	/* bytes, RFC 5321 */
#define BOOK_TAG_MAX 50		/* code points */
#define BOOK_TAGS_MAX 50	/* a contact */

struct book_contact {
	int64_t		 id;
	const char	*phone;		/* E.164 with + */
	const char	*name;
	const char	*email;		/* NULL none */
	const char	**tags;		/* names, sorted */
	size_t		 n_tags;
	int64_t		 created_at;
	int64_t		 updated_at;
};

/*
 * What a person typed, as it is kept, in POOL; NULL when it cannot be, and
 * *WHY says so in a few words ("is no international phone number").
 */
const char *book_phone(struct pool *, const char *typed, const char **why);
const char *book_name(struct pool *, const char *typed, const char **why);
const char *book_email(struct pool *, const char *typed, const char **why);
const char *book_tag_name(struct pool *, const char *typed, const char **why);

/* A contact and its tags: 1, 0 there is none, -1. */
int	book_get(struct db *, struct pool *, int64_t id,
	    struct book_contact *);
/* The contact that has this phone: 1 and *ID, 0, -1. */
int	book_find(struct db *, const char *phone, int64_t *id);

/*
 * Adds it (phone, name, email, tags, each as the functions above answer
 * them): 1 and *ID; 0 when the phone is taken, *ID is whose; -1.
 */
int	book_create(struct db *, struct pool *, const struct book_contact *,
	    int64_t now, int64_t *id);

/*
 * Writes phone, name and email of contact ID (which is there): 1; 0 when the
 * phone is another's, whose id is in *TAKEN; -1.  Nothing is written when
 * nothing changes.  Its conversations follow the phone.
 */
int	book_change(struct db *, struct pool *, const struct book_contact *,
	    int64_t now, int64_t *taken);

/* Its conversations become unlinked: 1, 0 there was none, -1. */
int	book_delete(struct db *, int64_t id);

/* Puts a tag on contact ID, made when it is new, or takes it off: 0, -1. */
int	book_tag(struct db *, int64_t id, const char *name, int64_t now);
int	book_untag(struct db *, int64_t id, const char *name, int64_t now);

/*
 * Contacts, newest first, with an id below BEFORE: at most MAX into IDS; how
 * many, or -1.  Q: words of name or email, digits of the phone (search.h),
 * NULL any.  TAG: that they carry, NULL any.
 */
int	book_list(struct db *, struct pool *, const char *q, const char *tag,
	    int64_t before, int64_t *ids, int max);

/* Tags by name, each with the number of its contacts. */
struct book_tag {
	const char	*name;
	int64_t		 contacts;
};
/* At most MAX with a name after AFTER ("" from the start): how many, -1. */
int	book_tags(struct db *, struct pool *, const char *after,
	    struct book_tag *, int max);
int	book_tag_id(struct db *, const char *name, int64_t *id);	/* 1 0 -1 */

const char *const *book_sql(size_t *n);

#endif
