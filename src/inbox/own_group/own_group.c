/*
 * Groups, for members: what there is, and what is wanted of the provider.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/own_group/own_group.h"

enum { ONE, LIST, CALLED, ADD, ASK, FORGET, PICTURE, N_SQL };

#define SHOWN                                                                  \
	"SELECT g.id, n.phone_number_id, g.state, g.subject, g.description,"   \
	" g.approval, g.group_id, g.invite_link, g.asked, g.asked_by, "        \
	"g.asker,"                                                             \
	" g.asked_at, g.error, g.conversation_id FROM my_shown_groups AS g"    \
	" LEFT JOIN my_numbers AS n ON n.id = g.number_id"

static const char *const own_group_sql[N_SQL] = {
	[ONE] = SHOWN " WHERE g.id = $1",
	[LIST] = SHOWN " WHERE g.id > $1 ORDER BY g.id LIMIT $2",
	[CALLED] = SHOWN " WHERE g.number_id IN (SELECT id FROM my_numbers)"
			 " AND g.group_id = $3 AND g.id > $1"
			 " ORDER BY g.id LIMIT $2",
	[ADD] = "INSERT INTO my_own_groups(number_id, subject, description,"
		" approval, asked_at) VALUES ($1, $2, $3, $4, $5)",
	[ASK] = "UPDATE my_own_groups SET asked = $2, request = $3,"
		" asked_at = $4 WHERE id = $1",
	[FORGET] = "DELETE FROM my_own_groups WHERE id = $1",
	[PICTURE] = "SELECT mime_type, size FROM my_uploads WHERE id = $1",
};

const struct statements own_group_statements = {
	.sql = own_group_sql,
	.n = N_SQL,
};

static void
read_own_group(struct db_rows *r, struct pool *pool, struct own_group *g)
{
	*g = (struct own_group){
		.id = db_col_int(r, 0),
		.phone_number_id = db_col_copy(r, pool, 1),
		.state = db_col_copy(r, pool, 2),
		.subject = db_col_copy(r, pool, 3),
		.description = db_col_copy(r, pool, 4),
		.approval = db_col_copy(r, pool, 5),
		.group_id = db_col_copy(r, pool, 6),
		.invite_link = db_col_copy(r, pool, 7),
		.asked = db_col_copy(r, pool, 8),
		.asked_by = db_col_int(r, 9),
		.asker = db_col_copy(r, pool, 10),
		.asked_at = db_col_int(r, 11),
		.error = db_col_copy(r, pool, 12),
		.conversation_id = db_col_int(r, 13),
	};
}

int
own_group_get(
    struct session *s, struct pool *pool, int64_t id, struct own_group *g)
{
	struct db_rows *r =
	    db_query(session_db(s), own_group_sql[ONE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_own_group(r, pool, g);
	db_end(r);
	return rc;
}

int
own_group_list(struct session *s, struct pool *pool, const char *group_id,
    int64_t after, struct own_group *groups, int max)
{
	struct db_rows *r =
	    group_id == NULL
		? db_query(session_db(s), own_group_sql[LIST],
		      DB_ARGS(db_int(after), db_int(max)))
		: db_query(session_db(s), own_group_sql[CALLED],
		      DB_ARGS(db_int(after), db_int(max), db_text(group_id)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_own_group(r, pool, &groups[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
own_group_create(struct session *s, int64_t number_id, const char *subject,
    const char *description, const char *approval, int64_t now, int64_t *id)
{
	return db_insert(session_db(s), own_group_sql[ADD],
	    DB_ARGS(db_int(number_id), db_text(subject), db_text(description),
		db_text(approval), db_int(now)),
	    id);
}

const char *
own_group_why_not(
    struct pool *pool, const struct own_group *g, enum own_group_wish wish)
{
	if (text_is(g->state, "creating"))
		return "The group is not there yet: the provider has not made "
		       "it.";
	if (text_is(g->state, "refused"))
		return "The provider did not make this group.";
	if (text_is(g->state, "ended"))
		return "This group was ended.";
	if (g->asked == NULL ||
	    (wish == OWN_GROUP_END && !text_is(g->asked, "end")))
		return NULL;
	return pool_printf(pool,
	    "The provider is still being asked for something else of this "
	    "group: asked is %s.",
	    g->asked);
}

int
own_group_ask(struct session *s, int64_t id, enum own_group_wish wish,
    const char *request, int64_t now)
{
	static const char *const words[] = { "change", "picture", "link",
		"requests", "approve", "reject", "remove", "end" };

	return db_run(session_db(s), own_group_sql[ASK],
	    DB_ARGS(db_int(id), db_text(words[wish]), db_text(request),
		db_int(now)));
}

int
own_group_forget(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), own_group_sql[FORGET], DB_ARGS(db_int(id)));
}

const char *
own_group_change_body(
    struct pool *pool, const char *subject, const char *description)
{
	struct json_out *o = json_new(pool);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	if (subject != NULL)
		json_put_text(o, "subject", subject);
	if (description != NULL)
		json_put_text(o, "description", description);
	json_close(o);
	return json_end(o, NULL);
}

const char *
own_group_remove_body(struct pool *pool, const char *const *participants, int n)
{
	struct json_out *o = json_new(pool);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	json_open_array(o, "participants");
	for (int i = 0; i < n; i++) {
		json_open_object(o, NULL);
		json_put_text(o, "user", participants[i]);
		json_close(o);
	}
	json_close(o);
	json_close(o);
	return json_end(o, NULL);
}

const char *
own_group_answer_body(
    struct pool *pool, const char *const *join_requests, int n)
{
	struct json_out *o = json_new(pool);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	json_open_array(o, "join_requests");
	for (int i = 0; i < n; i++)
		json_put_text(o, NULL, join_requests[i]);
	json_close(o);
	json_close(o);
	return json_end(o, NULL);
}

const char *
own_group_picture_body(struct pool *pool, int64_t upload)
{
	struct json_out *o = json_new(pool);

	json_open_object(o, NULL);
	json_put_int(o, "upload", upload);
	json_close(o);
	return json_end(o, NULL);
}

int
own_group_check_picture(
    struct session *s, struct pool *pool, int64_t upload, const char **why)
{
	struct db_rows *r = db_query(
	    session_db(s), own_group_sql[PICTURE], DB_ARGS(db_int(upload)));
	int rc = db_next(r);

	*why = NULL;
	if (rc == 0)
		*why = "is not known here";
	else if (rc == 1 && !text_is(db_col_text(r, 0), "image/jpeg"))
		*why = pool_printf(pool,
		    "is %s: a group's picture is image/jpeg, a square of at "
		    "least 192 by 192",
		    db_col_text(r, 0));
	else if (rc == 1 && db_col_int(r, 1) > OWN_GROUP_PICTURE_MAX)
		*why = "is larger than 5 MB";
	db_end(r);
	return rc == -1 ? -1 : 0;
}
