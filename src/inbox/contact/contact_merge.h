#ifndef INBOX_CONTACT_CONTACT_MERGE_H
#define INBOX_CONTACT_CONTACT_MERGE_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Two contacts of one person become one, because a member says so.  Nothing
 * merges contacts by itself.
 */
#define CONTACT_MERGE_MAX 200 /* conversations of the one that goes */

struct contact_merge {
	int64_t keep, gone;
	/* Where both have one: which of the two stays; NULL not said. */
	const char *phone;
	const char *user_id;
	const char *choose; /* answered: the field that has to be said */
};

enum contact_merge_result {
	CONTACT_MERGE_DONE,
	CONTACT_MERGE_NO_KEEP, /* there is no contact KEEP … */
	CONTACT_MERGE_NO_GONE, /* … or GONE, or it is the same */
	CONTACT_MERGE_CHOOSE,  /* CHOOSE must be one of the two */
	CONTACT_MERGE_MANY,    /* more than CONTACT_MERGE_MAX conversations */
	CONTACT_MERGE_FAILED
};

/*
 * KEEP gets what only GONE has: phone, user id, e-mail address, tags, values of
 * own fields, and its conversations, whose link is a person's decision from
 * then on.  GONE is deleted.  In the caller's transaction; nothing is written
 * unless it is DONE or FAILED.
 */
enum contact_merge_result contact_merge(
    struct session *, struct pool *, struct contact_merge *, int64_t now);

extern const struct statements contact_merge_statements;

#endif
