/*
 * Lists of conversations.  Every statement has all filters, with the same
 * parameters; they differ in the index that they read, which is that of the
 * leading filter.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_cache.h"
#include "session/session_db.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_filter.h"
#include "inbox/conversation/list/conversation_found.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/conversation/list/conversation_marked.h"

#define DENSITY_AT 40 /* about as much as a page */
#define NUMBER_ID  4  /* column of lists: r.number_id, which each row has */

enum {
	BY_TIME,
	BY_STATUS,
	FACETED,
	ASSIGNED,
	OF_NUMBER,
	CLOSED,
	TAGGED,
	WAITING,
	ASIDE,
	DENSITY,
	NUMBER,
	N_SQL
};

/*
 * Parameters and filters: conversation_filter.h.
 *
 * What to show is read from r and k.  Of a conversation that is in the
 * session's cache c.missing_id is NULL, so there is no r, and neither row is
 * touched; whether it is in the list, and where, is asked of c all the same.
 */
#define SHOWN(PLACE) "SELECT " PLACE "," CONVERSATION_OTHER_COLUMNS("r")
#define MISSING(OF)  " LEFT JOIN my_conversations r ON r.id = " OF ".missing_id"
#define CONTACT                                                                \
	" LEFT JOIN my_contacts k ON k.id = r.contact_id" CONVERSATION_LAST("r")
#define COLUMNS                                                                \
	SHOWN("c.last_message_at, c.id")                                       \
	" FROM my_conversations c" MISSING("c") CONTACT
#define REST   CONVERSATION_AFTER CONVERSATION_FILTERS
#define NEWEST " ORDER BY 1 DESC, 2 DESC LIMIT $10"

/* Indexes have the status before the time, so "all" is two lists merged. */
#define EACH_STATUS(LEADS)                                                     \
	COLUMNS " WHERE c.status = 'active' AND " LEADS                        \
		" AND COALESCE($1, 'active') = 'active'" REST                  \
		" UNION ALL " COLUMNS                                          \
		" WHERE c.status = 'archived' AND " LEADS                      \
		" AND COALESCE($1, 'archived') = 'archived'" REST NEWEST

/*
 * Whether a conversation is read, linked, assigned and archived is one column
 * (schema/sqlite/inbox.sql, facets), and a list for each of its sixteen values
 * is read from an index, or left out at once, when a filter leaves none of its
 * rows.  Those that remain are merged; only their page reads rows, but for the
 * two other filters.
 */
#define FACET(VALUE, STATUS, READ, LINKED, NOBODYS)                            \
	"SELECT c.last_message_at AS at, c.id AS id, c.missing_id"             \
	" AS missing_id"                                                       \
	" FROM my_conversations c WHERE c.facets = " VALUE                     \
	" AND COALESCE($1, '" STATUS "') = '" STATUS "'"                       \
	" AND COALESCE(1 - CAST($4 AS BIGINT), " READ ") = " READ              \
	" AND COALESCE(CAST($6 AS BIGINT), " LINKED ") = " LINKED              \
	" AND COALESCE(CAST($5 AS BIGINT), " NOBODYS                           \
	") = " NOBODYS CONVERSATION_AFTER                                      \
	" AND NOT (CAST($7 AS BIGINT) IS NOT NULL"                             \
	"   AND (COALESCE(c.window_ends, 0) > $8) <> ($7 <> 0)"                \
	"  OR CAST($9 AS BIGINT) IS NOT NULL AND c.number_id <> "              \
	"$9" CONVERSATION_WORK ")"
#define ALSO	 " UNION ALL "
/* $5 is 0 or NULL here: nobody's, or anybody's. */
#define NOBODY	 "0"
#define SOMEBODY "1"
#define FACETS                                                                 \
	FACET("0", "active", "0", "0", NOBODY)                                 \
	ALSO FACET("1", "active", "1", "0", NOBODY)                            \
	ALSO FACET("2", "active", "0", "1", NOBODY)                            \
	ALSO FACET("3", "active", "1", "1", NOBODY)                            \
	ALSO FACET("4", "active", "0", "0", SOMEBODY)                          \
	ALSO FACET("5", "active", "1", "0", SOMEBODY)                          \
	ALSO FACET("6", "active", "0", "1", SOMEBODY)                          \
	ALSO FACET("7", "active", "1", "1", SOMEBODY)                          \
	ALSO FACET("8", "archived", "0", "0", NOBODY)                          \
	ALSO FACET("9", "archived", "1", "0", NOBODY)                          \
	ALSO FACET("10", "archived", "0", "1", NOBODY)                         \
	ALSO FACET("11", "archived", "1", "1", NOBODY)                         \
	ALSO FACET("12", "archived", "0", "0", SOMEBODY)                       \
	ALSO FACET("13", "archived", "1", "0", SOMEBODY)                       \
	ALSO FACET("14", "archived", "0", "1", SOMEBODY)                       \
	ALSO FACET("15", "archived", "1", "1", SOMEBODY)

/* The list of the first tag, which is the shortest, leads; a conversation is
 * read only when it has all tags. */
#define OF_TAG(STATUS)                                                         \
	SHOWN("t.last_message_at, t.conversation_id")                          \
	" FROM my_conversation_tags t CROSS JOIN my_conversations c"           \
	" CROSS JOIN my_contacts k" MISSING("c") CONVERSATION_LAST(            \
	    "r") " WHERE t.tag_id = $13 AND t.status = '" STATUS "'"           \
		 " AND COALESCE($1, '" STATUS "') = '" STATUS "'"              \
		 " AND t.last_message_at > $11"                                \
		 " AND (t.last_message_at, t.conversation_id) < ($2, $3)"      \
		 " AND t.tag_ids LIKE '%' || $14"                              \
		 " AND c.id = t.conversation_id AND k.id = "                   \
		 "c.contact_id" CONVERSATION_FILTERS

/* Lists that begin with what is longest so: who waits, what is set aside. */
#define OLDEST_OF(FROM, AT, MORE)                                              \
	"SELECT" CONVERSATION_COLUMNS " FROM " FROM                            \
	" CROSS JOIN my_conversations c" CONVERSATION_CONTACT                  \
	    CONVERSATION_LAST(                                                 \
		"c") " WHERE (" AT ", o.conversation_id)"                      \
		     " > ($2, $3) AND c.id = o.conversation_id"                \
		     " AND (CAST($1 AS TEXT) IS NULL"                          \
		     "  OR c.status = $1)"                                     \
		     " AND (CAST($14 AS TEXT) IS NULL"                         \
		     "  OR k.tag_ids LIKE '%' || $14)"                         \
		     " AND c.last_message_at > $11" MORE CONVERSATION_FILTERS  \
		     " ORDER BY " AT ", o.conversation_id"                     \
		     " LIMIT $10"

static const char *const conversation_list_sql[N_SQL] = {
	[BY_TIME] = EACH_STATUS("1 = 1"),
	[BY_STATUS] = COLUMNS " WHERE c.status = $1" REST NEWEST,
	/* Without an order, which conversation_list_read makes. */
	[FACETED] = SHOWN("f.at, f.id") " FROM (" FACETS NEWEST
					") AS f" MISSING("f") CONTACT,
	[ASSIGNED] = EACH_STATUS("c.assigned_to = $5"),
	[OF_NUMBER] = EACH_STATUS("c.number_id = $9"),
	/* The window as the leading filter: among the others it would be
	 * checked after the place. */
	[CLOSED] = EACH_STATUS("COALESCE(c.window_ends, 0) <= $8"),
	[TAGGED] = OF_TAG("active") " UNION ALL " OF_TAG("archived") NEWEST,
	[WAITING] = OLDEST_OF("my_unanswered o", "o.since", ""),
	[ASIDE] = OLDEST_OF("my_set_aside o", "o.at", " AND o.state = $15"),
	/* The time of the conversation at position DENSITY_AT of a tag's
	 * list. */
	[DENSITY] = "SELECT last_message_at FROM my_conversation_tags"
		    " WHERE tag_id = $1 AND status = COALESCE($2, 'active')"
		    " AND (last_message_at, conversation_id) < ($3, $4)"
		    " ORDER BY last_message_at DESC, conversation_id DESC"
		    " LIMIT 1 OFFSET $5",
	[NUMBER] = "SELECT id FROM my_numbers WHERE phone_number_id = $1",
};

const struct statements conversation_list_statements = {
	.sql = conversation_list_sql,
	.n = N_SQL,
	.also = STATEMENTS(&conversation_filter_statements,
	    &conversation_found_statements, &conversation_marked_statements),
};

int
conversation_list_number(
    struct session *s, const char *phone_number_id, int64_t *id)
{
	return db_get_int(session_db(s), conversation_list_sql[NUMBER],
	    DB_ARGS(db_text(phone_number_id)), id);
}

struct conversation_list_place
conversation_list_place(
    const struct conversation_list_filter *f, const struct conversation *c)
{
	int64_t at = !conversation_filter_is_oldest_first(f)
			 ? c->last_message_at
		     : f->unanswered ? c->unanswered_since
				     : c->aside_at;

	return (struct conversation_list_place){ at, c->id };
}

/* FACETED asks for no team, no label and no marketing, which would be sixteen
 * times in it. */
static int
has_facets(const struct conversation_list_filter *f)
{
	return !conversation_filter_has_marks(f);
}

/* The statement whose leading filter is likely the most selective. */
static const char *
choose_list(const struct conversation_list_filter *f)
{
	if (f->unanswered)
		return conversation_list_sql[WAITING];
	if (conversation_filter_is_aside(f))
		return conversation_list_sql[ASIDE];
	if (f->n_tags > 0)
		return conversation_list_sql[TAGGED];
	if (f->assigned_to > 0)
		return conversation_list_sql[ASSIGNED];
	if (has_facets(f) && (f->unread != CONVERSATION_LIST_ANY ||
				 f->linked != CONVERSATION_LIST_ANY))
		return conversation_list_sql[FACETED];
	if (f->number_id != 0)
		return conversation_list_sql[OF_NUMBER];
	if (has_facets(f) && f->assigned_to == 0)
		return conversation_list_sql[FACETED];
	if (f->window == 0)
		return conversation_list_sql[CLOSED];
	return conversation_list_sql[f->status == NULL ? BY_TIME : BY_STATUS];
}

static int
read_rows(
    struct db_rows *r, struct pool *pool, struct conversation *out, int max)
{
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		struct conversation *c = &out[n++];

		if (db_col_int(r, NUMBER_ID) == 0)
			*c = (struct conversation){ .is_cached = 1,
				.last_message_at = db_col_int(r, 0),
				.id = db_col_int(r, 1) };
		else
			conversation_read_row(r, pool, c);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Puts the rarest tag first: the one whose list reaches back furthest. */
static int
rarest_leads(struct session *s, struct conversation_list_filter *f)
{
	int64_t oldest = INT64_MAX;

	for (int i = 0; i < f->n_tags && f->n_tags > 1; i++) {
		int64_t tag = f->tags[i], at = 0;

		if (db_get_int(session_db(s), conversation_list_sql[DENSITY],
			DB_ARGS(db_int(tag), db_text(f->status),
			    db_int(f->after.last_message_at),
			    db_int(f->after.id), db_int(DENSITY_AT)),
			&at) == -1)
			return -1;
		if (at < oldest) {
			oldest = at;
			f->tags[i] = f->tags[0];
			f->tags[0] = tag;
		}
	}
	return 0;
}

static int
newest_row_first(const void *a, const void *b)
{
	const struct conversation *x = a, *y = b;

	return conversation_filter_compare(
	    &(struct conversation_list_place){ x->last_message_at, x->id },
	    &(struct conversation_list_place){ y->last_message_at, y->id });
}

/* Of those that the session's cache lacks, what to show. */
static int
read_missing(
    struct session *s, struct pool *pool, struct conversation *c, int n)
{
	for (; n > 0; n--, c++)
		if (!c->is_cached &&
		    conversation_get_row(s, pool, c->id, c) != 1)
			return -1;
	return 0;
}

/* The places of a page whose first conversation is in the cache, from the
 * index: how many, 0, -1. */
static int
read_places(struct session *s, const struct conversation_list_filter *f,
    struct session_cache_place *places, int max)
{
	struct db_rows *r = conversation_filter_places(s, f, max);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		places[n++] = (struct session_cache_place){ db_col_int(r, 0),
			db_col_int(r, 1) };
		if (n == 1 && session_cache_get(s, places->id) == NULL) {
			n = 0;
			break;
		}
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Those of the top are kept for all members, since each of them looks at it
 * when somebody wrote. */
static int
find_places(struct session *s, const struct conversation_list_filter *f,
    struct session_cache_place *places, int max)
{
	const struct session_cache_place *kept;
	int n = 0;

	if (f->after.last_message_at != INT64_MAX || f->since != 0)
		return read_places(s, f, places, max);
	kept = session_cache_top(s, f->status, max, &n);
	if (kept != NULL) {
		memcpy(places, kept, sizeof(*kept) * (size_t)n);
		return n;
	}
	n = read_places(s, f, places, max);
	if (n > 0)
		session_cache_put_top(s, f->status, max, places, n);
	return n;
}

/*
 * The page, of the row behind it only the place, when its first conversation is
 * in the session's cache: the others are likely to be, too, and an index says
 * all that is asked then.  How many; 0 when it is not, or there is none; -1.
 */
static int
read_cached(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max)
{
	struct session_cache_place *places =
	    pool_room(pool, sizeof(*places) * (size_t)max);
	int n = find_places(s, f, places, max);

	/* What is shown of the first may have turned, by time alone. */
	if (n > 0 && session_cache_get(s, places->id) == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		out[i] = (struct conversation){
			.is_cached = i == max - 1 ||
				     session_cache_get(s, places[i].id) != NULL,
			.last_message_at = places[i].at,
			.id = places[i].id,
		};
	return n == -1 || read_missing(s, pool, out, n) == -1 ? -1 : n;
}

/* In the order of the list, or FACETED without one. */
static int
read_list(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, const char *tags,
    struct conversation *out, int max)
{
	const char *statement = choose_list(f);
	int n = session_cache_is_used(s) && conversation_filter_is_plain(f)
		    ? read_cached(s, pool, f, out, max)
		    : 0;

	if (n == 0)
		n = read_rows(
		    conversation_filter_query(s, statement, f, tags, 0, max),
		    pool, out, max);
	if (n > 1 && statement == conversation_list_sql[FACETED])
		qsort(out, (size_t)n, sizeof(*out), newest_row_first);
	return n;
}

int
conversation_list_read(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max,
    int *complete)
{
	const char *tags = conversation_filter_tags(pool, f);
	struct conversation_list_filter ordered = *f;
	int n;

	*complete = 1;
	if (f->q != NULL)
		n = conversation_found_read(
		    s, pool, f, tags, out, max, complete);
	else if ((n = conversation_marked_is_short(s, &ordered)) == 1)
		n = conversation_marked_read(s, pool, &ordered, out, max);
	else if (n == -1 || rarest_leads(s, &ordered) == -1)
		return -1;
	else
		n = read_list(s, pool, &ordered, tags, out, max);
	return n == -1 || conversation_name_all(s, pool, out, n) == -1 ? -1 : n;
}
