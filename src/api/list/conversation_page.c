/*
 * A page of conversations, by the filters of a request.
 */
#include "base/pool.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/conversation/list/conversation_marked.h"
#include "inbox/conversation/list/conversation_unseen.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/list/conversation_page.h"
#include "api/list/filter.h"

/* *LAST is where the page after begins; its id is 0: there is none.  0, -1. */
static int
read_filtered(struct action *a, struct conversation_list_filter *f, int limit,
    struct conversation_page *p, struct conversation_list_place *last)
{
	struct conversation_list_place bound = { 0, 0 };

	if (f->unseen)
		p->n = conversation_unseen_read(
		    a->session, a->pool, f, p->rows, limit, last);
	else if (conversation_marked_bound(a->session, f, &bound) == -1)
		return -1;
	else
		p->n = conversation_list_read(
		    a->session, a->pool, f, p->rows, limit + 1, &p->complete);
	if (p->n == -1)
		return -1;
	if (p->n > limit) {
		p->n = limit;
		*last = conversation_list_place(f, &p->rows[limit - 1]);
	} else if (bound.id != 0) {
		*last = bound;
		p->complete = 0;
	}
	return 0;
}

int
conversation_page_read(struct action *a, int limit, struct conversation_page *p)
{
	struct conversation_list_place last = { 0, 0 };
	struct conversation_list_filter f;
	int nothing, rc = filter_read(a, &f, &nothing);

	*p = (struct conversation_page){ .complete = 1 };
	if (rc != 1)
		return rc;
	if (!cursor_read_pair(a, &f.after.last_message_at, &f.after.id))
		return 0;
	/* One more says whether there are more. */
	p->rows = pool_room(a->pool, sizeof(*p->rows) * ((size_t)limit + 1));
	if (!nothing && read_filtered(a, &f, limit, p, &last) == -1)
		return -1;
	if (last.id != 0)
		p->next = cursor_write_pair(a, last.last_message_at, last.id);
	return 1;
}
