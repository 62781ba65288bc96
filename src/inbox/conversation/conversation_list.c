/*
 * Lists of conversations.  Every statement has all filters, with the same
 * parameters; they differ in the index that they read, which is that of the
 * leading filter.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_cache.h"
#include "session/session_db.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/conversation_list.h"
#include "inbox/search/search.h"

#define WALK_MAX   4   /* of the list, for each that a search found */
#define WALK_LOOK  256 /* after so many: will it do? */
#define DENSITY_AT 40  /* about as much as a page */
#define NUMBER_ID  4   /* column of lists: r.number_id, which each row has */

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
	ONE,
	ONE_TAGGED,
	ONE_PLAIN,
	PLACES,
	DENSITY,
	NUMBER,
	N_SQL
};

/*
 * $1 status   $2 $3 the place   $4 unread   $5 assigned, 0 nobody
 * $6 linked   $7 window   $8 now   $9 number
 * $10 limit   $11 no message older than this   $12 ONE: which conversation
 * $13 the leading tag's id   $14 all tags, as with_all() writes them
 * $15 the state, of an archived one   $16 1: unanswered.  NULL is any.
 *
 * What to show is read from r and k.  Of a conversation that is in the
 * session's cache c.missing_id is NULL, so there is no r, and neither row is
 * touched; whether it is in the list, and where, is asked of c all the same.
 *
 * All filters are one condition (NOT (… OR …)): with six, SQLite's planner
 * expects next to no row, and sorts instead of reading an index in its order.
 */
#define SHOWN(PLACE) "SELECT " PLACE "," CONVERSATION_OTHER_COLUMNS("r")
#define MISSING(OF)  " LEFT JOIN my_conversations r ON r.id = " OF ".missing_id"
#define CONTACT                                                                \
	" LEFT JOIN my_contacts k ON k.id = r.contact_id" CONVERSATION_LAST("r")
#define COLUMNS                                                                \
	SHOWN("c.last_message_at, c.id")                                       \
	" FROM my_conversations c" MISSING("c") CONTACT
#define AFTER                                                                  \
	" AND c.last_message_at > $11"                                         \
	" AND (c.last_message_at, c.id) < ($2, $3)"
#define REST AFTER FILTERS
/* Of an active conversation no state is asked. */
#define WORK                                                                   \
	"  OR CAST($15 AS TEXT) IS NOT NULL AND c.state <> $15"                \
	"  OR CAST($16 AS BIGINT) IS NOT NULL AND c.unanswered_since IS NULL)"
/* "$4 IS NOT NULL" alone tells PostgreSQL no type. */
#define FILTERS                                                                \
	" AND NOT (CAST($4 AS BIGINT) IS NOT NULL AND c.is_read = $4"          \
	"  OR CAST($5 AS BIGINT) IS NOT NULL"                                  \
	"   AND COALESCE(c.assigned_to, 0) <> $5"                              \
	"  OR CAST($6 AS BIGINT) IS NOT NULL"                                  \
	"   AND (c.contact_id IS NULL) = ($6 <> 0)"                            \
	"  OR CAST($7 AS BIGINT) IS NOT NULL"                                  \
	"   AND (COALESCE(c.window_ends, 0) > $8) <> ($7 <> 0)"                \
	"  OR CAST($9 AS BIGINT) IS NOT NULL AND c.number_id <> $9" WORK
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
	" AND COALESCE(CAST($5 AS BIGINT), " NOBODYS ") = " NOBODYS AFTER      \
	" AND NOT (CAST($7 AS BIGINT) IS NOT NULL"                             \
	"   AND (COALESCE(c.window_ends, 0) > $8) <> ($7 <> 0)"                \
	"  OR CAST($9 AS BIGINT) IS NOT NULL AND c.number_id <> $9" WORK
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
		 "c.contact_id" FILTERS

/* Lists that begin with what is longest so: who waits, what is set aside. */
#define OLDEST_OF(FROM, AT, MORE)                                              \
	"SELECT" CONVERSATION_COLUMNS " FROM " FROM                            \
	" CROSS JOIN my_conversations c" CONVERSATION_CONTACT                  \
	    CONVERSATION_LAST("c") " WHERE (" AT ", o.conversation_id)"        \
				   " > ($2, $3) AND c.id = o.conversation_id"  \
				   " AND (CAST($1 AS TEXT) IS NULL"            \
				   "  OR c.status = $1)"                       \
				   " AND (CAST($14 AS TEXT) IS NULL"           \
				   "  OR k.tag_ids LIKE '%' || $14)"           \
				   " AND c.last_message_at > $11" MORE FILTERS \
				   " ORDER BY " AT ", o.conversation_id"       \
				   " LIMIT $10"

/* Where one stands, if the filter lets it through.  A search asks that of all
 * that it found, and a contact's row is one more to be read. */
#define ONE_OF(FROM, REST)                                                     \
	"SELECT c.last_message_at, c.id FROM " FROM " WHERE c.id = $12"        \
	" AND (CAST($1 AS TEXT) IS NULL OR c.status = $1)" REST

#define ALL_TAGS " AND k.tag_ids LIKE '%' || $14"

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
	[ONE] = ONE_OF("my_conversations c", REST),
	[ONE_PLAIN] = ONE_OF("my_conversations c", AFTER),
	[ONE_TAGGED] =
	    ONE_OF("my_conversations c" CONVERSATION_CONTACT, REST) ALL_TAGS,
	/* An index has all of it. */
	[PLACES] = "SELECT c.last_message_at, c.id FROM my_conversations c"
		   " WHERE c.status = $1" AFTER NEWEST,
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
};

int
conversation_list_number(
    struct session *s, const char *phone_number_id, int64_t *id)
{
	return db_get_int(session_db(s), conversation_list_sql[NUMBER],
	    DB_ARGS(db_text(phone_number_id)), id);
}

static int
is_aside(const struct conversation_list_filter *f)
{
	return f->state != NULL && !text_is(f->state, "closed");
}

static int
is_oldest_first(const struct conversation_list_filter *f)
{
	return f->q == NULL && (f->unanswered || is_aside(f));
}

struct conversation_list_place
conversation_list_place(
    const struct conversation_list_filter *f, const struct conversation *c)
{
	int64_t at = !is_oldest_first(f) ? c->last_message_at
		     : f->unanswered	 ? c->unanswered_since
					 : c->aside_at;

	return (struct conversation_list_place){ at, c->id };
}

/* The statement whose leading filter is likely the most selective. */
static const char *
choose_list(const struct conversation_list_filter *f)
{
	if (f->unanswered)
		return conversation_list_sql[WAITING];
	if (is_aside(f))
		return conversation_list_sql[ASIDE];
	if (f->n_tags > 0)
		return conversation_list_sql[TAGGED];
	if (f->assigned_to > 0)
		return conversation_list_sql[ASSIGNED];
	if (f->unread != CONVERSATION_LIST_ANY ||
	    f->linked != CONVERSATION_LIST_ANY)
		return conversation_list_sql[FACETED];
	if (f->number_id != 0)
		return conversation_list_sql[OF_NUMBER];
	if (f->assigned_to == 0)
		return conversation_list_sql[FACETED];
	if (f->window == 0)
		return conversation_list_sql[CLOSED];
	return conversation_list_sql[f->status == NULL ? BY_TIME : BY_STATUS];
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
static const char *
with_all(struct pool *pool, const struct conversation_list_filter *f)
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

/* Runs STATEMENT with the filter; ONE: the conversation that ONE is about. */
static struct db_rows *
query(struct session *s, const char *statement,
    const struct conversation_list_filter *f, const char *tags, int64_t one,
    int max)
{
	int64_t window = f->now - CONVERSATION_WINDOW;
	/* With an open window the last message is not older than the window. */
	int64_t oldest = f->window == 1 && window > 0 ? window : 0;
	struct conversation_list_place after = f->after;

	if (is_oldest_first(f) && after.last_message_at == INT64_MAX)
		after = (struct conversation_list_place){ 0, 0 };

	return db_query(session_db(s), statement,
	    DB_SHARED_ARGS(db_text(f->status), db_int(after.last_message_at),
		db_int(after.id), flag(f->unread),
		f->assigned_to == CONVERSATION_LIST_ANY
		    ? db_null()
		    : db_int(f->assigned_to),
		flag(f->linked), flag(f->window), db_int(f->now),
		db_id(f->number_id), db_int(max), db_int(oldest), db_int(one),
		db_id(f->tags[0]), db_text(tags), db_text(f->state),
		db_id(f->unanswered)));
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
compare_places(int64_t at, int64_t id, int64_t other_at, int64_t other_id)
{
	if (at != other_at)
		return at < other_at ? 1 : -1;
	return (id < other_id) - (id > other_id);
}

static int
newest_first(const void *a, const void *b)
{
	const struct conversation_list_place *x = a, *y = b;

	return compare_places(
	    x->last_message_at, x->id, y->last_message_at, y->id);
}

static int
newest_row_first(const void *a, const void *b)
{
	const struct conversation *x = a, *y = b;

	return compare_places(
	    x->last_message_at, x->id, y->last_message_at, y->id);
}

/* The status is all that the filter asks for. */
static int
is_plain(const struct conversation_list_filter *f)
{
	return f->status != NULL && f->state == NULL && !f->unanswered &&
	       f->n_tags == 0 && f->number_id == 0 &&
	       f->unread == CONVERSATION_LIST_ANY &&
	       f->assigned_to == CONVERSATION_LIST_ANY &&
	       f->linked == CONVERSATION_LIST_ANY &&
	       f->window == CONVERSATION_LIST_ANY;
}

/* Where it stands, if the filter lets it through: 1, 0, -1. */
static int
find_place(struct session *s, const struct conversation_list_filter *f,
    const char *tags, int64_t one, struct conversation_list_place *place)
{
	int which = tags != NULL ? ONE_TAGGED : is_plain(f) ? ONE_PLAIN : ONE;
	struct db_rows *r =
	    query(s, conversation_list_sql[which], f, tags, one, 1);
	int rc = db_next(r);

	if (rc == 1) {
		place->last_message_at = db_col_int(r, 0);
		place->id = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

static int
is_among(const int64_t *ids, int n, int64_t id)
{
	int low = 0;

	while (n > 0) {
		int half = n / 2;

		if (ids[low + half] == id)
			return 1;
		if (ids[low + half] > id) {
			low += half + 1;
			n -= half + 1;
		} else
			n = half;
	}
	return 0;
}

/* At that rate of hits the walk ends before it is too long. */
static int
is_worth_it(int rows, int hits, int found, int max)
{
	return rows % WALK_LOOK != 0 ||
	       (int64_t)hits * WALK_MAX * found >= (int64_t)rows * max;
}

/*
 * The first MAX of the list that are among the FOUND IDS (descending): how many
 * *N, and 1; 0 when they are not so near to its beginning; -1.  What many
 * conversations have the newest of them have, too, and to read the list's index
 * in its order takes less than to look for the place of each.
 */
static int
walk_list(struct session *s, const struct conversation_list_filter *f,
    const int64_t *ids, int found, struct conversation_list_place *out, int max,
    int *n)
{
	struct db_rows *r = query(
	    s, conversation_list_sql[PLACES], f, NULL, 0, WALK_MAX * found);
	int rows = 0, rc = 1;

	for (*n = 0; *n < max && (rc = db_next(r)) == 1; rows++) {
		if (rows > 0 && !is_worth_it(rows, *n, found, max))
			break;
		if (is_among(ids, found, db_col_int(r, 1)))
			out[(*n)++] =
			    (struct conversation_list_place){ db_col_int(r, 0),
				    db_col_int(r, 1) };
	}
	db_end(r);
	if (rc == -1)
		return -1;
	return *n == max || (rc == 0 && rows < WALK_MAX * found);
}

/* The places of those of the FOUND IDS that the filter lets through, the first
 * MAX of them in order, in OUT, which has room for all: how many, or -1. */
static int
find_places(struct session *s, const struct conversation_list_filter *f,
    const char *tags, const int64_t *ids, int found,
    struct conversation_list_place *out, int max)
{
	int n = 0, rc = 0;

	if (found > max && is_plain(f))
		rc = walk_list(s, f, ids, found, out, max, &n);
	if (rc != 0)
		return rc == -1 ? -1 : n;
	n = 0;
	for (int i = 0; i < found; i++) {
		if ((rc = find_place(s, f, tags, ids[i], &out[n])) == -1)
			return -1;
		n += rc;
	}
	qsort(out, (size_t)n, sizeof(*out), newest_first);
	return n < max ? n : max;
}

/* A search leads: what it found is let through the filter one by one. */
static int
read_found(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, const char *tags,
    struct conversation *out, int max, int *complete)
{
	struct conversation_list_place *all;
	int64_t *ids = NULL;
	int n, found;

	found = search_conversations(s, pool, f->q, &ids, complete);
	if (found <= 0)
		return found;
	all = pool_alloc(pool, sizeof(*all) * (size_t)found);
	n = find_places(s, f, tags, ids, found, all, max);
	for (int i = 0; i < n; i++)
		if (conversation_get_row(s, pool, all[i].id, &out[i]) != 1)
			return -1;
	return n;
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

/*
 * The page, when its first conversation is in the session's cache: the others
 * are likely to be, too, and an index says all that is asked then.  How many; 0
 * when it is not, or there is none; -1.
 */
static int
read_cached(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max)
{
	struct db_rows *r =
	    query(s, conversation_list_sql[PLACES], f, NULL, 0, max);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		struct conversation c = { .last_message_at = db_col_int(r, 0),
			.id = db_col_int(r, 1) };

		c.is_cached = session_cache_get(s, c.id) != NULL;
		if (n == 0 && !c.is_cached)
			break;
		out[n++] = c;
	}
	db_end(r);
	return rc == -1 || read_missing(s, pool, out, n) == -1 ? -1 : n;
}

/* In the order of the list, or FACETED without one. */
static int
read_list(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, const char *tags,
    struct conversation *out, int max)
{
	const char *statement = choose_list(f);
	int n = is_plain(f) ? read_cached(s, pool, f, out, max) : 0;

	if (n == 0)
		n = read_rows(
		    query(s, statement, f, tags, 0, max), pool, out, max);
	if (n > 1 && statement == conversation_list_sql[FACETED])
		qsort(out, (size_t)n, sizeof(*out), newest_row_first);
	return n;
}

int
conversation_list_read(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max,
    int *complete)
{
	const char *tags = with_all(pool, f);
	struct conversation_list_filter ordered = *f;
	int n;

	*complete = 1;
	if (f->q != NULL)
		n = read_found(s, pool, f, tags, out, max, complete);
	else if (rarest_leads(s, &ordered) == -1)
		return -1;
	else
		n = read_list(s, pool, &ordered, tags, out, max);
	return n == -1 || conversation_name_all(s, pool, out, n) == -1 ? -1 : n;
}
