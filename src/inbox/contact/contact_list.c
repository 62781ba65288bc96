/*
 * Lists of contacts.  Apart from contact.c: only who searches is linked with
 * the search.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/contact_list.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/search/search.h"

enum { ALL, TAGGED, HAS_TAG, TALKS, N_SQL };

static const char *const contact_list_sql[N_SQL] = {
	[ALL] = "SELECT id FROM my_contacts WHERE id < $1"
		" ORDER BY id DESC LIMIT $2",
	[TAGGED] = "SELECT contact_id FROM my_contact_tags"
		   " WHERE tag_id = $3 AND contact_id < $1"
		   " ORDER BY contact_id DESC LIMIT $2",
	[HAS_TAG] = "SELECT 1 FROM my_contact_tags"
		    " WHERE contact_id = $1 AND tag_id = $2",
	[TALKS] = "SELECT id FROM my_conversations WHERE contact_id = $1"
		  " AND id < $2 ORDER BY id DESC LIMIT $3",
};

const struct statements contact_list_statements = {
	.sql = contact_list_sql,
	.n = N_SQL,
};

/* Those of what was found that carry the tag. */
static int
find_tagged(struct session *s, struct pool *pool,
    const struct contact_list_filter *f, int64_t tag_id, int64_t *ids, int max,
    int *complete)
{
	const int all = 2 * SEARCH_MAX;
	int64_t *found = pool_alloc(pool, sizeof(*found) * (size_t)all), one;
	int kept = 0;
	int n = search_contacts(s, pool, f->q, f->before, found, all, complete);

	for (int i = 0; i < n && kept < max; i++) {
		int rc = db_get_int(session_db(s), contact_list_sql[HAS_TAG],
		    DB_ARGS(db_int(found[i]), db_int(tag_id)), &one);

		if (rc == -1)
			return -1;
		if (rc == 1)
			ids[kept++] = found[i];
	}
	return n == -1 ? -1 : kept;
}

int
contact_list_read(struct session *s, struct pool *pool,
    const struct contact_list_filter *f, int64_t *ids, int max, int *complete)
{
	int64_t tag_id = 0;

	*complete = 1;
	if (f->tag != NULL) {
		int rc = contact_tag_id(s, f->tag, &tag_id);

		if (rc != 1)
			return rc;
	}
	if (f->q != NULL && f->tag != NULL)
		return find_tagged(s, pool, f, tag_id, ids, max, complete);
	if (f->q != NULL)
		return search_contacts(
		    s, pool, f->q, f->before, ids, max, complete);
	return db_get_ints(session_db(s),
	    contact_list_sql[f->tag != NULL ? TAGGED : ALL],
	    DB_SHARED_ARGS(db_int(f->before), db_int(max), db_int(tag_id)), ids,
	    max);
}

int
contact_list_conversations(struct session *s, int64_t contact_id,
    int64_t before, int64_t *ids, int max)
{
	return db_get_ints(session_db(s), contact_list_sql[TALKS],
	    DB_ARGS(db_int(contact_id), db_int(before), db_int(max)), ids, max);
}
