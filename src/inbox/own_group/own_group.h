#ifndef INBOX_OWN_GROUP_OWN_GROUP_H
#define INBOX_OWN_GROUP_OWN_GROUP_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * The groups of a workspace's numbers, for its members.  The provider makes
 * them; the processor asks it (process/group_change.h), so what a member does
 * is first asked for, and an answer comes later.
 */
#define OWN_GROUP_SUBJECT_MAX	   128	/* code points */
#define OWN_GROUP_DESCRIPTION_MAX  2048 /* code points */
#define OWN_GROUP_PARTICIPANTS_MAX 8	/* of a group, and so of a request */
#define OWN_GROUP_ANSWERS_MAX	   50	/* requests to join, at a time: ours */
#define OWN_GROUP_PICTURE_MAX	   (5 * 1024 * 1024)

struct own_group { /* texts in POOL, NULL none or not known */
	int64_t id;
	const char *phone_number_id; /* whose */
	const char *state;	     /* as in the table */
	const char *subject;
	const char *description;
	const char *approval; /* auto_approve, approval_required */
	const char *group_id; /* WhatsApp's */
	const char *invite_link;
	const char *asked; /* create, change, remove, … as in the table */
	int64_t asked_by;  /* which member, 0 none or the command line */
	const char *asker; /* their name */
	int64_t asked_at;
	const char *error;	 /* JSON {"code","title","detail"} */
	int64_t conversation_id; /* 0 none */
};

/* Group ID: 1, 0 none, -1. */
int own_group_get(
    struct session *, struct pool *, int64_t id, struct own_group *);
/* At most MAX behind AFTER, by id; of WhatsApp's GROUP_ID only, unless it is
 * NULL: how many, -1. */
int own_group_list(struct session *, struct pool *, const char *group_id,
    int64_t after, struct own_group *, int max);

/*
 * In the caller's transaction, and then the processor is to be woken.  One of
 * NUMBER_ID: 1 and its *ID, 0 the number is being moved, -1.
 */
int own_group_create(struct session *, int64_t number_id, const char *subject,
    const char *description, const char *approval, int64_t now, int64_t *id);

/* REQUEST is JSON, as the provider's (own_group_change_body, …); of a
 * picture {"upload"}.  NULL: nothing stands against it; else why it cannot
 * be asked, for people.  Of an end REQUEST is NULL: it takes the place of
 * what is asked for; and so it is of requests, the list of who asks to join. */
enum own_group_wish {
	OWN_GROUP_CHANGE,
	OWN_GROUP_PICTURE,
	OWN_GROUP_LINK,
	OWN_GROUP_REQUESTS,
	OWN_GROUP_APPROVE,
	OWN_GROUP_REJECT,
	OWN_GROUP_REMOVE,
	OWN_GROUP_END
};
const char *own_group_why_not(
    struct pool *, const struct own_group *, enum own_group_wish);
int own_group_ask(struct session *, int64_t id, enum own_group_wish,
    const char *request, int64_t now);
/* One that was refused is forgotten. */
int own_group_forget(struct session *, int64_t id);

/* The provider's JSON, in POOL; NULL stays as it is. */
const char *own_group_change_body(
    struct pool *, const char *subject, const char *description);
const char *own_group_remove_body(
    struct pool *, const char *const *participants, int n);
const char *own_group_answer_body(
    struct pool *, const char *const *join_requests, int n);
const char *own_group_picture_body(struct pool *, int64_t upload);

/* Why UPLOAD can be no group's picture, for people; NULL in *WHY: it can.  0,
 * -1. */
int own_group_check_picture(
    struct session *, struct pool *, int64_t upload, const char **why);

extern const struct statements own_group_statements;

#endif
