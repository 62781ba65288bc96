#ifndef API_RESOURCE_TRIAGE_WANTED_STATE_H
#define API_RESOURCE_TRIAGE_WANTED_STATE_H

#include <stdint.h>

struct action;

/* Which state a conversation is to have. */
struct wanted_state {
	const char *state; /* open, pending, snoozed, closed; NULL: none said */
	int64_t until;	   /* with snoozed */
};

/* "state" and "until" of the body; what is wrong is noted. */
void wanted_state_read(struct action *, struct wanted_state *);

#endif
