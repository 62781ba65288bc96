#ifndef INBOX_CONVERSATION_PROFILE_H
#define INBOX_CONVERSATION_PROFILE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What a conversation shows of its customer: each thing as it was last said.
 * Of two that were said in the same second the greater text stands, so that
 * the order in which they are heard does not matter.
 */
struct profile {
	/* E.164, of the account last seen of those that the customer has */
	const char *phone;
	int64_t phone_at;
	const char *user_id;
	int64_t user_id_at;
	const char *name; /* what they call themselves */
	int64_t name_at;  /* or one of those below */
};

/* A name that stands in until the customer's own is known. */
#define PROFILE_AT_USERNAME 0
#define PROFILE_AT_USER_ID  (-1) /* and only while there is no phone */

extern const struct statements profile_statements;

/*
 * A name as sightings keep it, =NAME or @USERNAME, in POOL; NULL when neither
 * is said.  profile_name: what SAID, which has its user id already, says of
 * the name with such a text.
 */
const char *profile_name_text(
    struct pool *, const char *name, const char *username);
void profile_name(
    struct pool *, struct profile *said, const char *text, int64_t at);

/* Of a conversation, in POOL: 1, 0 (no such conversation), -1. */
int profile_read(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, struct profile *);
/* NOW 0: only times have moved. */
int profile_write(struct db *, int64_t workspace_id, int64_t conversation_id,
    const struct profile *, int64_t now);

/* Adds what SAID says: 1 when something else is shown now, 0 when only times
 * moved, -1 when nothing did. */
int profile_add(struct profile *, const struct profile *said);

#endif
