#ifndef INBOX_CONVERSATION_GROUP_PARTICIPANT_LIST_H
#define INBOX_CONVERSATION_GROUP_PARTICIPANT_LIST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/* Who is or was in a group, for a member; texts in the caller's pool. */
struct group_participant_row {
	int64_t id;
	const char *phone; /* E.164; NULL not known */
	const char *user_id;
	const char *name; /* as the contact has it, else as was shown */
	int64_t seen_at;  /* newest sign of being in it; 0 none */
	int64_t left_at;  /* 0 never */
	int is_in;
};

extern const struct statements group_participant_list_statements;

/* At most MAX of the group of a conversation behind AFTER (0: from the first
 * on), in the order in which they were first named: how many, or -1. */
int group_participant_list_read(struct session *, struct pool *,
    int64_t conversation_id, int64_t after, struct group_participant_row *,
    int max);

/* Who asks to join a group, and has no answer yet. */
struct group_asking_row {
	int64_t id;
	const char *request_id; /* the provider's, by which it is answered */
	const char *phone;	/* E.164; NULL not known */
	const char *user_id;
	const char *name; /* as above */
	int64_t asked_at;
};

/* As group_participant_list_read. */
int group_participant_list_asking(struct session *, struct pool *,
    int64_t conversation_id, int64_t after, struct group_asking_row *, int max);
/* 1: somebody asks to join by this request, 0, -1. */
int group_participant_list_asks(
    struct session *, int64_t conversation_id, const char *request_id);

#endif
