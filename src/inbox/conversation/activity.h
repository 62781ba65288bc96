#ifndef INBOX_CONVERSATION_ACTIVITY_H
#define INBOX_CONVERSATION_ACTIVITY_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * What members did with a conversation, and the notes that they write for each
 * other; no customer sees them.  conversation.c writes what is done, in the
 * transaction that does it.
 */
#define ACTIVITY_TEXT_MAX  4096 /* code points of a note */
#define ACTIVITY_NOTES_MAX 500	/* of a conversation */

struct activity { /* texts in POOL; 0 and NULL: none */
	int64_t id;
	int64_t conversation_id;
	/* note, state, assigned, contact, team, label_added, label_removed,
	 * blocked, unblocked (it was asked for: block.h), left: whom it was
	 * assigned to (the trigger member_gone, or a job) */
	const char *kind;
	int64_t user_id; /* who */
	const char *user_name;
	const char *text; /* of a note; state: which; of a mark: its name */
	int64_t subject;  /* of all but a note: which; state: until */
	const char *subject_name; /* of whom it was assigned to */
	int64_t at;
	int64_t edited_at;
};

/* At most MAX of the conversation before BEFORE, the newest first: how many,
 * -1. */
int activity_list(struct session *, struct pool *, int64_t conversation_id,
    int64_t before, struct activity *, int max);
/* 1, 0 there is none, -1. */
int activity_get(
    struct session *, struct pool *, int64_t id, struct activity *);

/* Adds a note: 1 and *ID; 0 the conversation has ACTIVITY_NOTES_MAX; -1. */
int activity_add_note(struct session *, int64_t conversation_id,
    const char *text, int64_t now, int64_t *id);
/* Of a note that the member wrote; of others nothing is changed: 0, -1. */
int activity_change_note(
    struct session *, int64_t id, const char *text, int64_t now);
/* Of a note, whose ever: 0, -1. */
int activity_delete_note(struct session *, int64_t id);

extern const struct statements activity_statements;

#endif
