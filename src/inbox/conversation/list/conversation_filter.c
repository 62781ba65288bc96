/*
 * A filter of lists of conversations as arguments of their statements
 * (conversation_filter.h).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_filter.h"

enum { PLACES, PLACES_TOP, N_SQL };

static const char *const conversation_filter_sql[N_SQL] = {
	/* An index has all of it, and at the top says no comparison more. */
	[PLACES] = "SELECT c.last_message_at, c.id FROM my_conversations c"
		   " WHERE c.status = $1" CONVERSATION_AFTER
		   " ORDER BY 1 DESC, 2 DESC LIMIT $10",
	[PLACES_TOP] = "SELECT c.last_message_at, c.id"
		       " FROM my_conversations c"
		       " WHERE c.status = $1 AND c.last_message_at > $11"
		       " ORDER BY 1 DESC, 2 DESC LIMIT $10",
};

const struct statements conversation_filter_statements = {
	.sql = conversation_filter_sql,
	.n = N_SQL,
};

int
conversation_filter_is_aside(const struct conversation_list_filter *f)
{
	return f->state != NULL && !text_is(f->state, "closed");
}

int
conversation_filter_is_oldest_first(const struct conversation_list_filter *f)
{
	return f->q == NULL &&
	       (f->unanswered || conversation_filter_is_aside(f));
}

static struct db_arg
flag(int value)
{
	return value == CONVERSATION_LIST_ANY ? db_null() : db_int(value);
}

static int
by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* All tags as a LIKE pattern, " 3 % 7 %": tag_ids has ids in order, others
 * may be between.  The first % is in the statement, since SQLite would
 * prepare "LIKE $14" again for each value. */
const char *
conversation_filter_tags(
    struct pool *pool, const struct conversation_list_filter *f)
{
	int64_t ids[CONVERSATION_LIST_TAGS_MAX];
	char *s = "";

	if (f->n_tags == 0)
		return NULL;
	memcpy(ids, f->tags, sizeof(ids));
	qsort(ids, (size_t)f->n_tags, sizeof(*ids), by_id);
	for (int i = 0; i < f->n_tags; i++)
		s = pool_printf(pool, "%s %" PRId64 " %%", s, ids[i]);
	return s;
}

/* AHEAD: in advance only (db_prefetch), NULL. */
static struct db_rows *
ask(struct session *s, const char *statement,
    const struct conversation_list_filter *f, const char *tags, int64_t one,
    int max, int ahead)
{
	const struct db_arg *args;
	int64_t window = f->now - CONVERSATION_WINDOW;
	/* With an open window the last message is not older than the window. */
	int64_t oldest =
	    f->window == 1 && window > f->since ? window : f->since;
	struct conversation_list_place after = f->after;

	if (conversation_filter_is_oldest_first(f) &&
	    after.last_message_at == INT64_MAX)
		after = (struct conversation_list_place){ 0, 0 };

	args = DB_SHARED_ARGS(db_text(f->status), db_int(after.last_message_at),
	    db_int(after.id), flag(f->unread),
	    f->assigned_to == CONVERSATION_LIST_ANY ? db_null()
						    : db_int(f->assigned_to),
	    flag(f->linked), flag(f->window), db_int(f->now),
	    db_id(f->number_id), db_int(max), db_int(oldest), db_int(one),
	    db_id(f->tags[0]), db_text(tags), db_text(f->state),
	    db_id(f->unanswered), db_text(f->label_ids), db_int(f->n_labels),
	    f->team_id == CONVERSATION_LIST_NO_TEAM ? db_int(0)
						    : db_id(f->team_id),
	    db_id(f->teams_of), db_id(f->lead), db_text(f->marketing));
	if (!ahead)
		return db_query(session_db(s), statement, args);
	db_prefetch(session_db(s), statement, args);
	return NULL;
}

struct db_rows *
conversation_filter_query(struct session *s, const char *statement,
    const struct conversation_list_filter *f, const char *tags, int64_t one,
    int max)
{
	return ask(s, statement, f, tags, one, max, 0);
}

void
conversation_filter_prefetch(struct session *s, const char *statement,
    const struct conversation_list_filter *f, const char *tags, int64_t one,
    int max)
{
	(void)ask(s, statement, f, tags, one, max, 1);
}

struct db_rows *
conversation_filter_places(
    struct session *s, const struct conversation_list_filter *f, int max)
{
	int which = f->after.last_message_at == INT64_MAX ? PLACES_TOP : PLACES;

	return conversation_filter_query(
	    s, conversation_filter_sql[which], f, NULL, 0, max);
}

int
conversation_filter_has_marks(const struct conversation_list_filter *f)
{
	return f->n_labels > 0 || f->team_id != 0 || f->teams_of != 0 ||
	       f->marketing != NULL;
}

int
conversation_filter_is_plain(const struct conversation_list_filter *f)
{
	return f->status != NULL && f->state == NULL && !f->unanswered &&
	       f->n_tags == 0 && !conversation_filter_has_marks(f) &&
	       f->number_id == 0 && f->unread == CONVERSATION_LIST_ANY &&
	       f->assigned_to == CONVERSATION_LIST_ANY &&
	       f->linked == CONVERSATION_LIST_ANY &&
	       f->window == CONVERSATION_LIST_ANY;
}

int
conversation_filter_compare(const void *a, const void *b)
{
	const struct conversation_list_place *x = a, *y = b;

	if (x->last_message_at != y->last_message_at)
		return x->last_message_at < y->last_message_at ? 1 : -1;
	return (x->id < y->id) - (x->id > y->id);
}
