#ifndef INBOX_OWN_GROUP_OWN_GROUP_ASKED_H
#define INBOX_OWN_GROUP_OWN_GROUP_ASKED_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What the provider is still to be asked of groups: for the processor
 * (process/group_change.h).
 */
struct own_group_asked { /* texts in POOL, NULL none */
	int64_t id;
	int64_t asking; /* by which asking */
	int64_t asked_at;
	int64_t attempts;
	int64_t sent_at;	/* of a creation whose answer is not known */
	const char *asked;	/* create, change, remove, … */
	const char *group_id;	/* but of a creation */
	const char *request_id; /* of a creation that the provider has taken */
	const char *request;	/* the provider's JSON */
	const char *subject, *description, *approval; /* of a creation */
	const char *phone_number_id;
	const char *provider; /* of the number */
	const char *waba_id;
};

/* The first number after AFTER of which something is due: 1, 0, -1. */
int own_group_asked_number(
    struct db *, int64_t after, int64_t now, int64_t *number_id);
/* What is due longest of the number: 1; 0 none, or it is being moved; -1. */
int own_group_asked_due(struct db *, struct pool *, int64_t number_id,
    int64_t now, struct own_group_asked *);
/* The request of a creation leaves: it is not made twice.  0, -1. */
int own_group_asked_sent(
    struct db *, const struct own_group_asked *, int64_t now);

/*
 * What came of it, in the caller's transaction; 0, -1.  What members or
 * deliveries have changed meanwhile stands.  ERROR is JSON
 * {"code","title","detail"}.  own_group_asked_taken: of a creation; a delivery
 * says the rest, until DEADLINE.
 */
int own_group_asked_taken(struct db *, const struct own_group_asked *,
    const char *request_id, int64_t deadline);
int own_group_asked_done(struct db *, const struct own_group_asked *);
/* Done, and this is its invite link now; NULL: not said. */
int own_group_asked_link(
    struct db *, const struct own_group_asked *, const char *invite_link);
int own_group_asked_later(struct db *, const struct own_group_asked *,
    int64_t due_at, const char *error);
int own_group_asked_refused(
    struct db *, const struct own_group_asked *, const char *error);

/* Where its group is now: 1 and the conversation, 0 nowhere, -1. */
int own_group_asked_place(struct db *, const struct own_group_asked *,
    int64_t *workspace_id, int64_t *conversation_id);
/* The file of a picture, in the blob store and POOL: 1, 0 it is gone, -1. */
int own_group_asked_picture(struct db *, struct pool *,
    const struct own_group_asked *, const char **path);

extern const struct statements own_group_asked_statements;

#endif
