#ifndef INBOX_CONVERSATION_PROFILE_H
#define INBOX_CONVERSATION_PROFILE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What a conversation shows of its customer: the newest phone, user id and
 * name, each with its time.  Of two values of the same second the greater text
 * wins, so that the result does not depend on the order of events.
 */
struct profile {
	/* E.164, of the customer's account that was seen last */
	const char *phone;
	int64_t phone_at;
	const char *user_id;
	int64_t user_id_at;
	const char *name; /* profile name, or a stand-in */
	int64_t name_at;  /* of a stand-in: one of those below */
	/* without @; profile_read leaves it alone: few customers have one */
	const char *username;
	int64_t username_at;
};

/* name_at of a stand-in, which is shown until the profile name is known. */
#define PROFILE_AT_USERNAME 0
#define PROFILE_AT_USER_ID  (-1) /* only while there is no phone */

extern const struct statements profile_statements;

/*
 * profile_name_text: a name as the table sightings stores it, in POOL: =NAME,
 * @USERNAME, or =NAME, U+001F and @USERNAME; NULL when there is neither.  A
 * NAME with U+001F in it has a second one behind it, so that nobody writes
 * another username into the own name.  profile_name: sets name and username in
 * SAID, whose user id is set already, from such a text.
 */
const char *profile_name_text(
    struct pool *, const char *name, const char *username);
void profile_name(
    struct pool *, struct profile *said, const char *text, int64_t at);

/* The profile of a conversation, in POOL: 1, 0 there is no such, -1. */
int profile_read(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, struct profile *);
/* NOW is for updated_at; 0: only times differ, and updated_at stays. */
int profile_write(struct db *, int64_t workspace_id, int64_t conversation_id,
    const struct profile *, int64_t now);

/* profile_read_username: the username, into a profile that profile_read has
 * filled: 1, 0, -1.  profile_learn_username: writes SAID's, if it is newer
 * than what is there.  profile_write_username: in any case.  0, -1. */
int profile_read_username(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, struct profile *);
int profile_learn_username(struct db *, int64_t workspace_id,
    int64_t conversation_id, const struct profile *said, int64_t now);
int profile_write_username(struct db *, int64_t workspace_id,
    int64_t conversation_id, const struct profile *, int64_t now);

/* Adds the newer values of SAID: 1 a value changed, 0 only a time did, -1
 * nothing did. */
int profile_add(struct profile *, const struct profile *said);

#endif
