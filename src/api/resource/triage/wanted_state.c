/*
 * The state that a conversation is to have, of one of them and of many.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/text.h"

#include "inbox/conversation/conversation.h"

#include "api/action.h"
#include "api/input.h"
#include "api/resource/triage/wanted_state.h"

/* "until", of what is snoozed. */
static void
read_until(struct action *a, struct wanted_state *w)
{
	const char *s = NULL;
	int snoozed = text_is(w->state, "snoozed");

	switch (input_text(a, "until", &s)) {
	case INPUT_THERE:
		if (!snoozed)
			input_wrong(a, "until", "stands with snoozed only");
		else if (clock_parse(s, &w->until) == -1)
			input_wrong(
			    a, "until", "is no time like 2026-01-30T12:00:00Z");
		else if (w->until <= a->now ||
			 w->until > a->now + CONVERSATION_SNOOZE_MAX)
			input_wrong(
			    a, "until", "is not within the next 366 days");
		break;
	case INPUT_WRONG:
		break;
	default:
		if (snoozed)
			input_wrong(a, "until", "is needed with snoozed");
	}
}

void
wanted_state_read(struct action *a, struct wanted_state *w)
{
	static const char *const states[] = { "open", "pending", "snoozed",
		"closed", NULL };

	*w = (struct wanted_state){ 0 };
	if (input_text(a, "state", &w->state) == INPUT_THERE &&
	    !text_among(w->state, states))
		input_wrong(
		    a, "state", "is not open, pending, snoozed or closed");
	read_until(a, w);
}
