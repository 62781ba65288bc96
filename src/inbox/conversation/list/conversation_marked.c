/*
 * Lists of conversations that a team, a label or marketing leads
 * (conversation_marked.h).
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_filter.h"
#include "inbox/conversation/list/conversation_marked.h"

enum {
	OF_MARK,
	OF_TEAMS,
	OF_MARKETING,
	COUNT,
	COUNT_TEAMS,
	COUNT_MARKETING,
	PLACE,
	N_SQL
};

/* Both statuses are two ranges of one index. */
#define OF_STATUS(S)                                                           \
	" AND k.status IN (COALESCE(" S ", 'active'),"                         \
	" COALESCE(" S ", 'archived'))"

/* Only the page reads what is shown. */
#define LED_BY(FROM, LEADS)                                                    \
	"SELECT" CONVERSATION_COLUMNS                                          \
	" FROM (SELECT c.last_message_at AS at, c.id AS id"                    \
	"  FROM " FROM " k CROSS JOIN my_conversations c"                      \
	"  WHERE " LEADS                                                       \
	" AND c.last_message_at > 0" CONVERSATION_AFTER CONVERSATION_FILTERS   \
	"  ORDER BY 1 DESC, 2 DESC LIMIT $10) AS f"                            \
	" CROSS JOIN my_conversations c" CONVERSATION_CONTACT                  \
	    CONVERSATION_LAST("c") " WHERE c.id = f.id"                        \
				   " ORDER BY f.at DESC, f.id DESC"
#define LED_BY_MARK(LEADS)                                                     \
	LED_BY("my_conversation_marks",                                        \
	    LEADS OF_STATUS("$1") " AND c.id = k.conversation_id")

#define IS_MINE(USER)                                                          \
	"k.mark_id IN (SELECT t.team_id FROM my_team_members t"                \
	" WHERE t.user_id = " USER ")"

/* No more than $3 of them. */
#define COUNT_OF(LEADS)                                                        \
	"SELECT COUNT(*) FROM (SELECT 1 FROM my_conversation_marks k"          \
	" WHERE " LEADS OF_STATUS("$2") " LIMIT $3) AS my_rows"

#define AFTER_IN(STATUS)                                                       \
	"SELECT last_message_at FROM my_conversations"                         \
	" WHERE status = '" STATUS "' AND COALESCE($1, '" STATUS               \
	"') = '" STATUS "' AND (last_message_at, id) < ($2, $3)"

static const char *const conversation_marked_sql[N_SQL] = {
	[OF_MARK] = LED_BY_MARK("k.mark_id = $21"),
	[OF_TEAMS] = LED_BY_MARK(IS_MINE("$20")),
	[OF_MARKETING] = LED_BY("my_conversations",
	    "k.marketing = $22 AND c.id = k.id"
	    " AND (CAST($1 AS TEXT) IS NULL OR c.status = $1)"),
	[COUNT] = COUNT_OF("k.mark_id = $1"),
	[COUNT_TEAMS] = COUNT_OF(IS_MINE("$1")),
	/* Of both statuses: the index has no more. */
	[COUNT_MARKETING] = "SELECT COUNT(*) FROM (SELECT 1"
			    " FROM my_conversations WHERE marketing = $1"
			    " LIMIT $2) AS my_rows",
	/* The time of the conversation at that place of the list of all. */
	[PLACE] = "SELECT last_message_at FROM (" AFTER_IN(
	    "active") " UNION ALL " AFTER_IN("archived") " ORDER BY 1 DESC "
							 "LIMIT 1 OFFSET $4) "
							 "AS some_of",
};

const struct statements conversation_marked_statements = {
	.sql = conversation_marked_sql,
	.n = N_SQL,
};

/* How many have it, up to one more than MARKED_MAX. */
static int
count_marked(struct session *s, const struct conversation_list_filter *f,
    int statement, int64_t id, int64_t *n)
{
	return db_get_int(session_db(s), conversation_marked_sql[statement],
	    DB_ARGS(db_int(id), db_text(f->status),
		db_int(CONVERSATION_MARKED_MAX + 1)),
	    n);
}

static int
count_marketing(
    struct session *s, const struct conversation_list_filter *f, int64_t *n)
{
	return db_get_int(session_db(s),
	    conversation_marked_sql[COUNT_MARKETING],
	    DB_ARGS(db_text(f->marketing), db_int(CONVERSATION_MARKED_MAX + 1)),
	    n);
}

static int
rarest_label_leads(
    struct session *s, struct conversation_list_filter *f, int64_t *fewest)
{
	*fewest = INT64_MAX;
	for (int i = 0; i < f->n_labels; i++) {
		int64_t id = f->labels[i], n = 0;

		if (count_marked(s, f, COUNT, id, &n) == -1)
			return -1;
		if (n < *fewest) {
			*fewest = n;
			f->labels[i] = f->labels[0];
			f->labels[0] = id;
		}
	}
	return 0;
}

/* Others lead where they are in the order of the list, or are few anyway. */
static int
has_other_lead(const struct conversation_list_filter *f)
{
	return f->unanswered || conversation_filter_is_aside(f) ||
	       f->n_tags > 0;
}

int
conversation_marked_is_short(
    struct session *s, struct conversation_list_filter *f)
{
	int64_t n = INT64_MAX;
	int rc = 0;

	if (!conversation_filter_has_marks(f) || has_other_lead(f))
		return 0;
	if (f->n_labels > 0)
		rc = rarest_label_leads(s, f, &n);
	else if (f->team_id > 0)
		rc = count_marked(s, f, COUNT, f->team_id, &n);
	else if (f->teams_of != 0)
		rc = count_marked(s, f, COUNT_TEAMS, f->teams_of, &n);
	else if (f->marketing != NULL)
		rc = count_marketing(s, f, &n);
	return rc == -1 ? -1 : n <= CONVERSATION_MARKED_MAX;
}

int
conversation_marked_bound(struct session *s, struct conversation_list_filter *f,
    struct conversation_list_place *next)
{
	struct conversation_list_filter same = *f;
	int64_t at = 0;
	int rc;

	*next = (struct conversation_list_place){ 0, 0 };
	if (!conversation_filter_has_marks(f) || has_other_lead(f) ||
	    f->q != NULL)
		return 0;
	rc = conversation_marked_is_short(s, &same);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	rc = db_get_int(session_db(s), conversation_marked_sql[PLACE],
	    DB_ARGS(db_text(f->status), db_int(f->after.last_message_at),
		db_int(f->after.id), db_int(CONVERSATION_MARKED_LOOK)),
	    &at);
	/* Of one second are all of them looked at. */
	if (rc == 1 && at > 0 && at < f->after.last_message_at) {
		f->since = at;
		*next = (struct conversation_list_place){ at, INT64_MAX };
	}
	return rc == -1 ? -1 : 0;
}

/* What the leading mark says need not be asked of each. */
static struct conversation_list_filter
led(const struct conversation_list_filter *f)
{
	struct conversation_list_filter lead = *f;

	if (f->n_labels > 0)
		lead.lead = f->labels[0];
	else if (f->team_id > 0)
		lead.lead = f->team_id;
	if (f->n_labels == 1)
		lead.label_ids = NULL;
	else if (f->n_labels == 0 && f->team_id > 0)
		lead.team_id = 0;
	return lead;
}

int
conversation_marked_read(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, struct conversation *out, int max)
{
	const struct conversation_list_filter lead = led(f);
	int which = lead.lead != 0     ? OF_MARK
		    : f->teams_of != 0 ? OF_TEAMS
				       : OF_MARKETING;
	struct db_rows *r = conversation_filter_query(
	    s, conversation_marked_sql[which], &lead, NULL, 0, max);
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		conversation_read_row(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}
