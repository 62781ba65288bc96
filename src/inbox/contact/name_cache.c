/*
 * A cache of names for the rows of one list.
 */
#include <stddef.h>

#include "lib/sql/db.h"

#include "session/session_db.h"

#include "inbox/contact/name_cache.h"

void
name_cache_put(struct name_cache *known, int64_t id, const char *text)
{
	for (int i = 0; i < known->n; i++)
		if (known->list[i].id == id)
			return;
	if (known->n == NAME_CACHE_MAX)
		return;
	known->list[known->n].id = id;
	known->list[known->n++].text = text;
}

int
name_cache_find(struct name_cache *known, struct session *s, struct pool *pool,
    const char *statement, int64_t id, const char **text)
{
	struct db_rows *r;
	int rc;

	*text = NULL;
	for (int i = 0; i < known->n; i++)
		if (known->list[i].id == id) {
			*text = known->list[i].text;
			return *text != NULL;
		}
	r = db_query(session_db(s), statement, DB_ARGS(db_int(id)));
	rc = db_next(r);
	if (rc == 1)
		*text = db_col_copy(r, pool, 0);
	db_end(r);
	if (rc != -1 && known->n < NAME_CACHE_MAX) {
		known->list[known->n].id = id;
		known->list[known->n++].text = *text;
	}
	return rc;
}
