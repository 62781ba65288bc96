/*
 * Which changes an endpoint wants.  A test compares the types with
 * docs/openapi.yaml; what is a member's own, such as a draft, is not among
 * them.
 */
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#include "inbox/webhook/endpoint_events.h"

const char *const endpoint_events_types[] = { "message.created",
	"message.updated", "conversation.updated", "activity.created",
	"activity.updated", "team.updated", "label.updated", "tag.updated",
	"contact.updated", "number.updated", "template.updated",
	"broadcast.updated", "canned_reply.updated", "contact_field.updated",
	"group.updated", "workspace_event.created", NULL };

int
endpoint_events_want(const char *events, const char *type)
{
	size_t len = strlen(type);

	if (text_is(events, ENDPOINT_EVENTS_ALL))
		return 1;
	while (events != NULL && *events != '\0') {
		size_t word = strcspn(events, " ");

		if (word == len && memcmp(events, type, len) == 0)
			return 1;
		events += word + strspn(events + word, " ");
	}
	return 0;
}
