/*
 * Marks conversations as read and unread, one of them and many.
 */
#include <stddef.h>

#include "base/config.h"

#include "inbox/conversation/conversation.h"
#include "inbox/outbox/submit.h"

#include "api/action.h"
#include "api/resource/triage/read_mark.h"

/* Tells the customer.  That it cannot be queued is no reason not to mark. */
static void
tell_read(struct action *a, int64_t id)
{
	if (a->config != NULL && !a->config->send_read_receipts)
		return;
	if (session_savepoint(a->session) == -1)
		return;
	if (submit_read_receipt(a->session, id, a->now) == -1)
		session_rollback_savepoint(a->session);
	else if (session_release(a->session) == 0)
		a->wake = 1;
}

int
read_mark_set(struct action *a, int64_t id, int read)
{
	struct conversation c;
	int rc;

	if (!read)
		return conversation_mark_unread(a->session, id, a->now);
	rc = conversation_get_row(a->session, a->pool, id, &c);
	if (rc != 1)
		return rc;
	if (!c.is_read || c.unread_count > 0)
		tell_read(a, id);
	return conversation_mark_read(a->session, id, a->now);
}
