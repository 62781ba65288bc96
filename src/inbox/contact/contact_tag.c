/*
 * Tags of contacts.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/contact_tag.h"
#include "inbox/contact/name_cache.h"

enum {
	FIND,
	ADD,
	PUT,
	TAKE,
	TOUCH_NEW,
	TOUCH_GONE,
	NAME,
	LIST,
	GET,
	RENAME,
	REMOVE,
	N_SQL
};

#define HAS                                                                    \
	"EXISTS (SELECT 1 FROM my_contact_tags k"                              \
	" WHERE k.contact_id = $1 AND k.tag_id = $2)"

#define COUNTED                                                                \
	"SELECT t.id, t.name, (SELECT COUNT(*) FROM my_contact_tags k"         \
	" WHERE k.tag_id = t.id) FROM my_tags t"

static const char *const contact_tag_sql[N_SQL] = {
	[FIND] = "SELECT id FROM my_tags WHERE name = $1",
	[ADD] = "INSERT INTO my_tags(name, created_at) VALUES ($1, $2)",
	[PUT] = "INSERT INTO my_contact_tags(contact_id, tag_id)"
		" VALUES ($1, $2)",
	[TAKE] = "DELETE FROM my_contact_tags"
		 " WHERE contact_id = $1 AND tag_id = $2",
	/* Only when the tag is new, or still there: the same request twice
	 * changes updated_at once. */
	[TOUCH_NEW] = "UPDATE my_contacts SET updated_at = $3"
		      " WHERE id = $1 AND NOT " HAS,
	[TOUCH_GONE] = "UPDATE my_contacts SET updated_at = $3"
		       " WHERE id = $1 AND " HAS,
	[NAME] = "SELECT name FROM my_tags WHERE id = $1",
	[LIST] = COUNTED " WHERE t.name > $1 ORDER BY t.name LIMIT $2",
	[GET] = COUNTED " WHERE t.id = $1",
	[RENAME] = "UPDATE my_tags SET name = $2 WHERE id = $1",
	[REMOVE] = "DELETE FROM my_tags WHERE id = $1",
};

const struct statements contact_tag_statements = {
	.sql = contact_tag_sql,
	.n = N_SQL,
};

int
contact_tag_id(struct session *s, const char *name, int64_t *id)
{
	return db_get_int(
	    session_db(s), contact_tag_sql[FIND], DB_ARGS(db_text(name)), id);
}

int
contact_tag(struct session *s, int64_t id, const char *name, int64_t now)
{
	int64_t tag_id = 0;
	int rc = contact_tag_id(s, name, &tag_id);

	if (rc == 0) {
		if (db_run(session_db(s), contact_tag_sql[ADD],
			DB_ARGS(db_text(name), db_int(now))) == -1)
			return -1;
		rc = contact_tag_id(s, name, &tag_id);
	}
	if (rc != 1)
		return -1;
	if (db_run(session_db(s), contact_tag_sql[TOUCH_NEW],
		DB_ARGS(db_int(id), db_int(tag_id), db_int(now))) == -1)
		return -1;
	return db_run(session_db(s), contact_tag_sql[PUT],
	    DB_ARGS(db_int(id), db_int(tag_id)));
}

int
contact_untag(struct session *s, int64_t id, const char *name, int64_t now)
{
	int64_t tag_id = 0;
	int rc = contact_tag_id(s, name, &tag_id);

	if (rc != 1)
		return rc;
	if (db_run(session_db(s), contact_tag_sql[TOUCH_GONE],
		DB_ARGS(db_int(id), db_int(tag_id), db_int(now))) == -1)
		return -1;
	return db_run(session_db(s), contact_tag_sql[TAKE],
	    DB_ARGS(db_int(id), db_int(tag_id)));
}

static int
by_name(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those of TAG_IDS that are not known, in advance. */
static void
prefetch_names(
    struct session *s, const char *tag_ids, const struct name_cache *known)
{
	char *end;

	for (const char *next = tag_ids; *next != '\0'; next = end) {
		int64_t id = strtoll(next, &end, 10);
		int i = 0;

		end += *end != '\0';
		while (i < known->n && known->list[i].id != id)
			i++;
		if (i == known->n)
			db_prefetch(session_db(s), contact_tag_sql[NAME],
			    DB_ARGS(db_int(id)));
	}
}

int
contact_tag_names(struct session *s, struct pool *pool, const char *tag_ids,
    struct name_cache *known, const char ***names)
{
	const char *next = tag_ids;
	int n = 0, rc = 0;

	*names = NULL;
	if (tag_ids == NULL)
		return 0;
	*names = pool_alloc(pool, sizeof(**names) * CONTACT_TAGS_MAX);
	if (db_engine(session_db(s)) == DB_PGSQL)
		prefetch_names(s, tag_ids, known);
	while (rc != -1 && n < CONTACT_TAGS_MAX && *next != '\0') {
		char *end;
		int64_t id = strtoll(next, &end, 10);

		next = end + (*end != '\0'); /* the space behind each */
		rc = name_cache_find(
		    known, s, pool, contact_tag_sql[NAME], id, &(*names)[n]);
		n += rc == 1;
	}
	/* Sorts here: a sort in SQL would cost more than the rest of a list. */
	qsort(*names, (size_t)n, sizeof(**names), by_name);
	return rc == -1 ? -1 : n;
}

static void
read_tag(struct db_rows *r, struct pool *pool, struct contact_tag *tag)
{
	tag->id = db_col_int(r, 0);
	tag->name = db_col_copy(r, pool, 1);
	tag->contacts = db_col_int(r, 2);
}

int
contact_tags(struct session *s, struct pool *pool, const char *after,
    struct contact_tag *tags, int max)
{
	struct db_rows *r = db_query(session_db(s), contact_tag_sql[LIST],
	    DB_ARGS(db_text(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_tag(r, pool, &tags[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
contact_tag_get(
    struct session *s, struct pool *pool, int64_t id, struct contact_tag *tag)
{
	struct db_rows *r =
	    db_query(session_db(s), contact_tag_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_tag(r, pool, tag);
	db_end(r);
	return rc;
}

int
contact_tag_rename(struct session *s, int64_t id, const char *name)
{
	return db_run(session_db(s), contact_tag_sql[RENAME],
	    DB_ARGS(db_int(id), db_text(name)));
}

int
contact_tag_remove(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), contact_tag_sql[REMOVE], DB_ARGS(db_int(id)));
}
