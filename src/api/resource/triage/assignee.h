#ifndef API_RESOURCE_TRIAGE_ASSIGNEE_H
#define API_RESOURCE_TRIAGE_ASSIGNEE_H

#include <stdint.h>

#include "inbox/mark/mark.h"

struct action;

/* To whom a conversation is assigned: a member, a team, or both. */
struct assignee {
	int has_user, has_team; /* 0: that stays as it is */
	int64_t user_id;	/* 0 nobody */
	struct mark team;	/* id 0 none */
};

/* "user_id" and "team_id" of the body; what is wrong is noted: 0, -1. */
int assignee_read(struct action *, struct assignee *);
/* Of a conversation of the workspace: 0, -1. */
int assignee_set(
    struct action *, int64_t conversation_id, const struct assignee *);

#endif
