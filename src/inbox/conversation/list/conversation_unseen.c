/*
 * A list of what is unread for one member.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/conversation/list/conversation_unseen.h"
#include "inbox/own/seen.h"

#define PIECE 50 /* conversations read at a time, and one more */

const struct statements conversation_unseen_statements = {
	.also = STATEMENTS(&conversation_list_statements, &seen_statements),
};

int
conversation_unseen_read(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max,
    struct conversation_list_place *next)
{
	struct conversation *some =
	    pool_room(pool, sizeof(*some) * (PIECE + 1));
	struct conversation_list_filter part = *f;
	int n = 0, looked = 0, got, complete;

	*next = (struct conversation_list_place){ 0, 0 };
	do {
		got = conversation_list_read(
		    s, pool, &part, some, PIECE + 1, &complete);
		if (got == -1)
			return -1;
		for (int i = 0; i < got && i < PIECE && n < max; i++) {
			struct seen_mark seen;

			if (seen_get(s, some[i].id, &seen) == -1)
				return -1;
			part.after = conversation_list_place(f, &some[i]);
			looked++;
			if (seen.unread > 0)
				out[n++] = some[i];
		}
	} while (got > PIECE && n < max && looked < CONVERSATION_UNSEEN_LOOK);
	/* The last of a piece may be left when the page is full. */
	if (got > 0 && (got > PIECE || part.after.id != some[got - 1].id))
		*next = part.after;
	return n;
}
