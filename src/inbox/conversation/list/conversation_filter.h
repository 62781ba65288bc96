#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_FILTER_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_FILTER_H

#include <stdint.h>

struct db_rows;
struct pool;
struct session;
struct statements;

/* Which conversations are wanted, and from where on. */
#define CONVERSATION_LIST_TAGS_MAX   10
#define CONVERSATION_LIST_LABELS_MAX 10
#define CONVERSATION_LIST_ANY	     (-1)
#define CONVERSATION_LIST_NO_TEAM    (-1)

struct conversation_list_place { /* key of a row: the page after it */
	int64_t last_message_at; /* or by what else the list is ordered */
	int64_t id;
};

struct conversation_list_filter {
	const char *status;    /* active, archived; NULL any */
	const char *state;     /* closed, pending, snoozed; NULL any */
	int unanswered;	       /* 1: only where the customer waits */
	int unread;	       /* 1, 0, CONVERSATION_LIST_ANY */
	int unseen;	       /* 1: for conversation_unseen.h, which asks it */
	int64_t assigned_to;   /* a user, 0 nobody, CONVERSATION_LIST_ANY */
	int linked;	       /* to a contact: 1, 0, CONVERSATION_LIST_ANY */
	int window;	       /* open 1, closed 0, CONVERSATION_LIST_ANY */
	int64_t number_id;     /* 0 any */
	const char *marketing; /* stopped, allowed; NULL any */
	int64_t tags[CONVERSATION_LIST_TAGS_MAX]; /* all of them, each once */
	int n_tags;
	int64_t labels[CONVERSATION_LIST_LABELS_MAX]; /* the same */
	int n_labels;
	const char *label_ids; /* of them, " 3  7 "; NULL: none */
	int64_t team_id;       /* CONVERSATION_LIST_NO_TEAM; 0 any */
	int64_t teams_of;      /* of a team that this user is in; 0 any */
	int64_t lead;  /* the mark that leads; 0 none (conversation_marked.h) */
	int64_t since; /* none older than behind this; 0 any */
	const char *q; /* search.h; NULL any */
	int64_t now;   /* for the window */
	/* CONVERSATION_LIST_TOP to begin. */
	struct conversation_list_place after;
};

#define CONVERSATION_LIST_TOP                                                  \
	((struct conversation_list_place){ INT64_MAX, INT64_MAX })

/*
 * The same as SQL, for conversation_list.c and conversation_found.c.
 * Each of their statements over my_conversations c has all filters, with the
 * same parameters:
 *
 * $1 status   $2 $3 the place   $4 unread   $5 assigned, 0 nobody
 * $6 linked   $7 window   $8 now   $9 number
 * $10 limit   $11 no message older than this   $12 ONE: which conversation
 * $13 the leading tag's id   $14 all tags, as conversation_filter_tags writes
 * them   $15 the state, of an archived one   $16 1: unanswered   $17 all labels
 * as " 3  7 "   $18 how many they are   $19 the team, 0 none   $20 the user who
 * is in its team   $21 the mark that leads   $22 what is known of marketing.
 * NULL is any.
 *
 * All filters are one condition (NOT (… OR …)): with six, SQLite's planner
 * expects next to no row, and sorts instead of reading an index in its order.
 * "$4 IS NOT NULL" alone tells PostgreSQL no type.
 */
#define CONVERSATION_AFTER                                                     \
	" AND c.last_message_at > $11"                                         \
	" AND (c.last_message_at, c.id) < ($2, $3)"
/* Of an active conversation no state is asked. */
#define CONVERSATION_WORK                                                      \
	"  OR CAST($15 AS TEXT) IS NOT NULL AND c.state <> $15"                \
	"  OR CAST($16 AS BIGINT) IS NOT NULL AND c.unanswered_since IS NULL"
#define CONVERSATION_MARKS                                                     \
	"  OR CAST($17 AS TEXT) IS NOT NULL AND (SELECT COUNT(*)"              \
	"   FROM my_conversation_marks x WHERE x.conversation_id = c.id"       \
	"   AND $17 LIKE '% ' || x.mark_id || ' %') <> $18"                    \
	"  OR CAST($19 AS BIGINT) IS NOT NULL AND COALESCE(c.team_id, 0) "     \
	"<> $19"                                                               \
	"  OR CAST($20 AS BIGINT) IS NOT NULL AND NOT EXISTS (SELECT 1"        \
	"   FROM my_team_members y WHERE y.team_id = c.team_id"                \
	"   AND y.user_id = $20)"                                              \
	"  OR CAST($22 AS TEXT) IS NOT NULL AND COALESCE(c.marketing, '') "    \
	"<> $22"
#define CONVERSATION_FILTERS                                                   \
	" AND NOT (CAST($4 AS BIGINT) IS NOT NULL AND c.is_read = $4"          \
	"  OR CAST($5 AS BIGINT) IS NOT NULL"                                  \
	"   AND COALESCE(c.assigned_to, 0) <> $5"                              \
	"  OR CAST($6 AS BIGINT) IS NOT NULL"                                  \
	"   AND (c.contact_id IS NULL) = ($6 <> 0)"                            \
	"  OR CAST($7 AS BIGINT) IS NOT NULL"                                  \
	"   AND (COALESCE(c.window_ends, 0) > $8) <> ($7 <> 0)"                \
	"  OR CAST($9 AS BIGINT) IS NOT NULL AND c.number_id <> "              \
	"$9" CONVERSATION_WORK CONVERSATION_MARKS ")"

/* Runs STATEMENT with the filter, and at most MAX rows; TAGS in SQL, or NULL;
 * ONE: the conversation that it is about, or 0. */
struct db_rows *conversation_filter_query(struct session *,
    const char *statement, const struct conversation_list_filter *,
    const char *tags, int64_t one, int max);

/* The same in advance (db_prefetch). */
void conversation_filter_prefetch(struct session *, const char *statement,
    const struct conversation_list_filter *, const char *tags, int64_t one,
    int max);

/* All tags of the filter for $14, in POOL; NULL: it has none. */
const char *conversation_filter_tags(
    struct pool *, const struct conversation_list_filter *);

/* 1 when it asks for a team, for labels or for marketing. */
int conversation_filter_has_marks(const struct conversation_list_filter *);

/* 1 when the status is all that the filter asks for. */
int conversation_filter_is_plain(const struct conversation_list_filter *);

/* Of a filter that is plain: the first MAX of its list, time and id each, from
 * an index alone.  To be ended by the caller. */
struct db_rows *conversation_filter_places(
    struct session *, const struct conversation_list_filter *, int max);

/* 1 when the list begins with what is longest so: who waits for an answer, what
 * is set aside.  1 when what is set aside is asked for. */
int conversation_filter_is_oldest_first(
    const struct conversation_list_filter *);
int conversation_filter_is_aside(const struct conversation_list_filter *);

/* The order of lists, for qsort. */
int conversation_filter_compare(const void *place, const void *other);

extern const struct statements conversation_filter_statements;

#endif
