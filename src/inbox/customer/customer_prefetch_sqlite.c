/*
 * Looks at what storing a message of a customer will read and write, for
 * process/drain/prefetch.c: its place among the provider's ids, who the
 * customer is, the conversation and its place in each list, the end of its
 * messages, its contact.  These are nine of ten pages that the drain reads in a
 * large inbox.  Whatever the rows say, nothing is decided by it.
 *
 * On SQLite only, where a look at a page that is not in memory is a wait for
 * the disk, and one follows the other.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/conversation/identity.h"
#include "inbox/customer/customer_prefetch_sqlite.h"
#include "inbox/workspace/number.h"

enum { MESSAGE, SIGHTING, CONVERSATION, N_SQL };

/* The conversation's place in a list. */
#define IN_LIST(index, key)                                                    \
	" (SELECT 1 FROM conversations AS l INDEXED BY conversations_" index   \
	"  WHERE l.workspace_id = c.workspace_id AND " key " AND l.id = c.id)"

static const char *const customer_prefetch_sql[N_SQL] = {
	[MESSAGE] = "SELECT id FROM messages WHERE workspace_id = $1"
		    " AND number_id = $2 AND wamid = $3",
	[SIGHTING] = "SELECT name FROM sightings WHERE workspace_id = $1"
		     " AND number_id = $2 AND account = $3 AND user_id = $4"
		     " AND parent_user_id = $5 AND portfolio = $6",
	[CONVERSATION] = "SELECT" IN_LIST("by_status",
	    "l.status = c.status AND"
	    " l.last_message_at = c.last_message_at") "," IN_LIST("by_facets",
	    "l.facets = c.facets AND"
	    " l.last_message_at = c.last_message_at") "," IN_LIST("by_number",
	    "l.number_id = c.number_id AND l.status = c.status AND"
	    " l.last_message_at = c.last_message_at") "," IN_LIST("by_window",
	    "l.window_ends = c.window_ends") ","
					     " (SELECT m.id FROM messages AS m"
					     "  WHERE m.workspace_id = "
					     "c.workspace_id"
					     "  AND m.conversation_id = c.id"
					     "  ORDER BY m.sent_at DESC, m.id "
					     "DESC LIMIT 1),"
					     " (SELECT count(*) FROM "
					     "contact_tags AS k CROSS JOIN "
					     "contacts AS p"
					     "  ON p.id = k.contact_id CROSS "
					     "JOIN conversation_tags AS t"
					     "  ON t.workspace_id = "
					     "k.workspace_id AND t.tag_id = "
					     "k.tag_id"
					     "  AND t.status = c.status"
					     "  AND t.last_message_at = "
					     "c.last_message_at"
					     "  AND t.conversation_id = c.id"
					     "  WHERE k.workspace_id = "
					     "c.workspace_id"
					     "  AND k.contact_id = "
					     "c.contact_id)"
					     " FROM conversations AS c WHERE "
					     "c.workspace_id = $1 AND c.id = "
					     "$2",
};

const struct statements customer_prefetch_statements = {
	.sql = customer_prefetch_sql,
	.n = N_SQL,
	.also = STATEMENTS(&identity_statements),
};

static const char *
said_prefetch(const char *s)
{
	return s != NULL ? s : "";
}

/* Reads a row, if there is one: 0, -1. */
static int
look_at(struct db *db, int which, const struct db_arg *args)
{
	int64_t one;

	return db_get_int(db, customer_prefetch_sql[which], args, &one) == -1
		   ? -1
		   : 0;
}

/* Whose VALUE is: -1, or 0 and the conversation, if nothing has it. */
static int
look_at_identity(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t *id)
{
	if (value == NULL)
		return 0;
	return identity_find(db, number, kind, value, IDENTITY_NOW, id) == -1
		   ? -1
		   : 0;
}

int
customer_prefetch(struct db *db, const struct number_key *number,
    const struct customer *k, const char *portfolio, const char *wamid)
{
	struct db_arg workspace = db_int(number->workspace_id);
	struct db_arg of = db_int(number->id);
	int64_t id = 0;

	if (wamid != NULL &&
	    look_at(db, MESSAGE, DB_ARGS(workspace, of, db_text(wamid))) == -1)
		return -1;
	if (look_at(db, SIGHTING,
		DB_ARGS(workspace, of, db_text(said_prefetch(k->wa_id)),
		    db_text(said_prefetch(k->user_id)),
		    db_text(said_prefetch(k->parent_user_id)),
		    db_text(k->user_id != NULL ? said_prefetch(portfolio)
					       : ""))) == -1 ||
	    look_at_identity(db, number, IDENTITY_WA_ID, k->wa_id, &id) == -1 ||
	    look_at_identity(db, number, IDENTITY_GROUP, k->group_id, &id) ==
		-1 ||
	    look_at_identity(db, number, IDENTITY_USER_ID, k->user_id, &id) ==
		-1)
		return -1;
	return id == 0
		   ? 0
		   : look_at(db, CONVERSATION, DB_ARGS(workspace, db_int(id)));
}
