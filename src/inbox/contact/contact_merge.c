/*
 * Two contacts become one.  The one that goes is deleted before the other gets
 * its phone and its user id, for no two may have the same.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_merge.h"
#include "inbox/contact/contact_tag.h"

enum { LINKED, MOVE, CHANGE, N_SQL };

static const char *const contact_merge_sql[N_SQL] = {
	[LINKED] = "SELECT id FROM my_conversations WHERE contact_id = $1"
		   " ORDER BY id LIMIT $2",
	[MOVE] = "UPDATE my_conversations SET contact_id = $2,"
		 " link = 'person', updated_at = $3 WHERE id = $1",
	[CHANGE] = "UPDATE my_contacts SET phone = $2, user_id = $3,"
		   " email = $4, updated_at = $5 WHERE id = $1",
};

const struct statements contact_merge_statements = {
	.sql = contact_merge_sql,
	.n = N_SQL,
	.also = STATEMENTS(&contact_statements, &contact_tag_statements),
};

/* Of what two contacts have the one that stays, into *KEPT: 1; 0 when both have
 * one and WANTED is neither. */
static int
choose(
    const char *keep, const char *gone, const char *wanted, const char **kept)
{
	*kept = keep != NULL ? keep : gone;
	if (keep == NULL || gone == NULL || text_is(keep, gone))
		return 1;
	*kept = wanted;
	return text_is(wanted, keep) || text_is(wanted, gone);
}

/* The ids of the conversations: how many, or -1. */
static int
read_linked(struct session *s, int64_t contact_id, int64_t *ids, int max)
{
	return db_get_ints(session_db(s), contact_merge_sql[LINKED],
	    DB_ARGS(db_int(contact_id), db_int(max)), ids, max);
}

static int
move_all_contact(
    struct session *s, const int64_t *ids, int n, int64_t keep, int64_t now)
{
	for (int i = 0; i < n; i++)
		if (db_run(session_db(s), contact_merge_sql[MOVE],
			DB_ARGS(db_int(ids[i]), db_int(keep), db_int(now))) ==
		    -1)
			return -1;
	return 0;
}

static int
tag_all(struct session *s, int64_t id, const struct contact *from, int64_t now)
{
	for (size_t i = 0; i < from->n_tags; i++)
		if (contact_tag(s, id, from->tags[i], now) == -1)
			return -1;
	return 0;
}

enum contact_merge_result
contact_merge(
    struct session *s, struct pool *pool, struct contact_merge *m, int64_t now)
{
	int64_t ids[CONTACT_MERGE_MAX + 1];
	const char *phone, *user_id;
	struct contact keep, gone;
	int rc = contact_get(s, pool, m->keep, &keep), n;

	if (rc != 1)
		return rc == 0 ? CONTACT_MERGE_NO_KEEP : CONTACT_MERGE_FAILED;
	rc = m->keep != m->gone ? contact_get(s, pool, m->gone, &gone) : 0;
	if (rc != 1)
		return rc == 0 ? CONTACT_MERGE_NO_GONE : CONTACT_MERGE_FAILED;
	m->choose = !choose(keep.phone, gone.phone, m->phone, &phone) ? "phone"
		    : !choose(keep.user_id, gone.user_id, m->user_id, &user_id)
			? "user_id"
			: NULL;
	if (m->choose != NULL)
		return CONTACT_MERGE_CHOOSE;
	n = read_linked(s, m->gone, ids, CONTACT_MERGE_MAX + 1);
	if (n > CONTACT_MERGE_MAX)
		return CONTACT_MERGE_MANY;
	if (n == -1 || move_all_contact(s, ids, n, m->keep, now) == -1 ||
	    tag_all(s, m->keep, &gone, now) == -1 ||
	    contact_field_fill(s, m->keep, gone.values, gone.n_values, now) ==
		-1 ||
	    contact_delete(s, m->gone) == -1 ||
	    db_run(session_db(s), contact_merge_sql[CHANGE],
		DB_ARGS(db_int(m->keep), db_text(phone), db_text(user_id),
		    db_text(keep.email != NULL ? keep.email : gone.email),
		    db_int(now))) == -1)
		return CONTACT_MERGE_FAILED;
	return CONTACT_MERGE_DONE;
}
