/*
 * Which team and which labels a conversation has.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/name_cache.h"
#include "inbox/mark/mark_on.h"

enum {
	SHOWN,
	LABELS,
	SAY_ADDED,
	SAY_REMOVED,
	PUT,
	TAKE,
	SAY_TEAM,
	NO_TEAM,
	N_SQL
};

#define HAS                                                                    \
	"EXISTS (SELECT 1 FROM my_conversation_marks k"                        \
	" WHERE k.conversation_id = $1 AND k.mark_id = $2)"
/* What is done, before it is done: then it is seen whether it does anything. */
#define SAY(KIND)                                                              \
	"INSERT INTO my_activities(conversation_id, kind, subject, text, at)"  \
	" SELECT id, '" KIND "', CAST($2 AS BIGINT), CAST($3 AS TEXT),"        \
	" CAST($4 AS BIGINT) FROM my_conversations WHERE id = $1"

static const char *const mark_on_sql[N_SQL] = {
	/* One text, for the cache of names. */
	[SHOWN] = "SELECT kind || ' ' || COALESCE(color, '-') || ' ' || name"
		  " FROM my_marks WHERE id = $1",
	[LABELS] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_conversation_marks"
		   " WHERE conversation_id = $1 AND kind = 'label'"
		   " AND mark_id <> $2 LIMIT $3) AS my_rows",
	[SAY_ADDED] = SAY("label_added") " AND NOT " HAS,
	[SAY_REMOVED] = SAY("label_removed") " AND " HAS,
	[PUT] = "INSERT INTO my_conversation_marks(conversation_id, mark_id)"
		" VALUES ($1, $2)",
	[TAKE] = "DELETE FROM my_conversation_marks"
		 " WHERE conversation_id = $1 AND mark_id = $2",
	[SAY_TEAM] = SAY("team") " AND COALESCE(team_id, 0)"
				 " <> COALESCE(CAST($2 AS BIGINT), 0)",
	[NO_TEAM] = "DELETE FROM my_conversation_marks"
		    " WHERE conversation_id = $1 AND kind = 'team'",
};

const struct statements mark_on_statements = {
	.sql = mark_on_sql,
	.n = N_SQL,
};

/* "KIND COLOR NAME", as SHOWN has it. */
static struct mark
parse_shown(struct pool *pool, int64_t id, const char *text)
{
	const char *color = strchr(text, ' ') + 1;
	const char *name = strchr(color, ' ') + 1;

	return (struct mark){
		.id = id,
		.kind =
		    text_begins(text, MARK_TEAM " ") ? MARK_TEAM : MARK_LABEL,
		.color = *color == '-' ? NULL
				       : pool_text(pool, color,
					     (size_t)(name - color - 1)),
		.name = name,
	};
}

static int
label_by_name(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	int order = strcasecmp(x->name, y->name);

	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static void
take_shown(
    struct pool *pool, const struct mark *m, struct conversation_marks *out)
{
	struct mark *team;

	if (!text_is(m->kind, MARK_TEAM)) {
		out->labels[out->n_labels++] = *m;
		return;
	}
	team = pool_alloc(pool, sizeof(*team));
	*team = *m;
	out->team = team;
}

int
mark_on_read(struct session *s, struct pool *pool, const char *mark_ids,
    struct name_cache *known, struct conversation_marks *out)
{
	const char *next = mark_ids, *text;
	int rc = 0;

	*out = (struct conversation_marks){ 0 };
	if (mark_ids == NULL)
		return 0;
	/* An id takes three bytes at least. */
	out->labels =
	    pool_alloc(pool, sizeof(*out->labels) * (strlen(mark_ids) / 3 + 1));
	while (rc != -1 && *next != '\0') {
		char *end;
		int64_t id = strtoll(next, &end, 10);
		struct mark m;

		next = end + (*end != '\0'); /* the space behind each */
		rc = name_cache_find(
		    known, s, pool, mark_on_sql[SHOWN], id, &text);
		if (rc == 1) {
			m = parse_shown(pool, id, text);
			take_shown(pool, &m, out);
		}
	}
	if (out->n_labels > 1)
		qsort(out->labels, out->n_labels, sizeof(*out->labels),
		    label_by_name);
	return rc == -1 ? -1 : 0;
}

/* Notes it by SAID, and does it by STATEMENT. */
static int
change_mark(struct session *s, int said, int statement, int64_t conversation_id,
    const struct mark *m, int64_t now)
{
	if (db_run(session_db(s), mark_on_sql[said],
		DB_ARGS(db_int(conversation_id), db_int(m->id),
		    db_text(m->name), db_int(now))) == -1)
		return -1;
	return db_run(session_db(s), mark_on_sql[statement],
	    DB_ARGS(db_int(conversation_id), db_int(m->id)));
}

int
mark_on_add(struct session *s, int64_t conversation_id,
    const struct mark *label, int64_t now)
{
	int64_t others = 0;

	if (db_get_int(session_db(s), mark_on_sql[LABELS],
		DB_ARGS(db_int(conversation_id), db_int(label->id),
		    db_int(MARK_ON_LABELS_MAX)),
		&others) == -1)
		return -1;
	if (others >= MARK_ON_LABELS_MAX)
		return 0;
	return change_mark(s, SAY_ADDED, PUT, conversation_id, label, now) == -1
		   ? -1
		   : 1;
}

int
mark_on_remove(struct session *s, int64_t conversation_id,
    const struct mark *label, int64_t now)
{
	return change_mark(s, SAY_REMOVED, TAKE, conversation_id, label, now);
}

int
mark_on_set_team(struct session *s, int64_t conversation_id,
    const struct mark *team, int64_t now)
{
	if (team != NULL)
		return change_mark(
		    s, SAY_TEAM, PUT, conversation_id, team, now);
	if (db_run(session_db(s), mark_on_sql[SAY_TEAM],
		DB_ARGS(db_int(conversation_id), db_null(), db_null(),
		    db_int(now))) == -1)
		return -1;
	return db_run(session_db(s), mark_on_sql[NO_TEAM],
	    DB_ARGS(db_int(conversation_id)));
}
