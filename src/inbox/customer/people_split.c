/*
 * Splits a conversation of schema version 2.  Its messages still tell whom they
 * were with: a wamid encodes the customer's account, a system message has the
 * change that it announced, a status has the recipient.  From these come
 * sightings.  The upgrade had assumed that all user ids of a conversation are
 * one customer, who always had all of its accounts: that assumption is removed,
 * and the rules decide.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/customer.h"

#include "inbox/customer/people.h"
#include "inbox/customer/people_rows.h"
#include "inbox/customer/people_split.h"
#include "inbox/customer/sighting.h"
#include "inbox/workspace/number.h"

enum {
	FIND,
	NEXT,
	STATUS,
	HOLDER,
	TELL,
	SHOWN,
	TIMED,
	UNSEEN,
	UNJOIN,
	IDENTITIES,
	N_SQL
};

#define AT_ONCE 200

/* The user ids that lead to the conversation. */
#define USERS                                                                  \
	"(SELECT value FROM identities WHERE workspace_id = $1"                \
	" AND conversation_id = $2 AND kind = 'user_id')"

static const char *const people_split_sql[N_SQL] = {
	[FIND] = "SELECT number_id, workspace_id, group_id"
		 " FROM conversations WHERE id = $1",
	[NEXT] = "SELECT id, wamid, sent_at, type, content, direction"
		 " FROM messages WHERE workspace_id = $1"
		 " AND conversation_id = $2 AND id > $3"
		 " AND sighting_id IS NULL AND wamid LIKE 'wamid.%'"
		 " ORDER BY id LIMIT $4",
	[STATUS] = "SELECT raw FROM message_statuses WHERE workspace_id = $1"
		   " AND number_id = $2 AND wamid = $3 AND raw IS NOT NULL"
		   " LIMIT 1",
	/* The person who showed the account last: the change is theirs. */
	[HOLDER] = "SELECT s.user_id FROM messages AS m CROSS JOIN sightings"
		   " AS s WHERE s.id = m.sighting_id AND m.workspace_id = $1"
		   " AND m.conversation_id = $2 AND m.sent_at <= $3"
		   " AND s.account = $4 AND s.user_id <> ''"
		   " ORDER BY m.sent_at DESC, m.id DESC LIMIT 1",
	/* Only the newest name is known, with its time: that message gets
	 * it. */
	[TELL] = "UPDATE messages SET sighting_id = $3, shown_name = COALESCE("
		 "(SELECT '=' || c.profile_name FROM conversations AS c"
		 "  WHERE c.workspace_id = $1 AND c.id = $4"
		 "  AND c.profile_name_at = messages.sent_at"
		 "  AND messages.direction = 'inbound'), '')"
		 " WHERE workspace_id = $1 AND id = $2",
	/* Phone and user id of the same time: one message showed both. */
	[SHOWN] = "SELECT substr(phone, 2), user_id, phone_at"
		  " FROM conversations WHERE workspace_id = $1 AND id = $2"
		  " AND phone_at = user_id_at AND phone_at > 0"
		  " AND user_id IS NOT NULL AND phone IS NOT NULL",
	[TIMED] = "UPDATE sightings SET first_at = (SELECT MIN(sent_at)"
		  "  FROM messages AS m WHERE m.workspace_id = $1"
		  "  AND m.conversation_id = $2 AND m.sighting_id ="
		  "  sightings.id)"
		  " WHERE workspace_id = $1 AND number_id = $3"
		  " AND first_at = 0 AND account <> '' AND user_id IN " USERS
		  " AND EXISTS (SELECT 1 FROM messages AS m"
		  "  WHERE m.workspace_id = $1 AND m.conversation_id = $2"
		  "  AND m.sighting_id = sightings.id)",
	[UNSEEN] = "DELETE FROM sightings WHERE workspace_id = $1"
		   " AND number_id = $3 AND first_at = 0 AND account <> ''"
		   " AND user_id IN " USERS,
	[UNJOIN] = "DELETE FROM identity_changes WHERE workspace_id = $1"
		   " AND number_id = $3 AND at = 0 AND new_user_id IN " USERS
		   " AND new_user_id <> ''",
	[IDENTITIES] = "SELECT kind, value FROM identities"
		       " WHERE workspace_id = $1 AND conversation_id = $2",
};

/* A message without a sighting. */
struct people_split_row {
	int64_t id, sent_at;
	const char *wamid, *type, *content;
	int outbound;
};

struct people_split_work {
	struct db *db;
	struct pool *pool;
	const struct number_key *number;
	int64_t id;
	const char *portfolio;
};

const struct statements people_split_statements = {
	.sql = people_split_sql,
	.n = N_SQL,
	.also = STATEMENTS(&sighting_statements, &people_rows_statements),
};

int
people_split_find(
    struct db *db, int64_t id, struct number_key *number, int *is_group)
{
	struct db_rows *r =
	    db_query(db, people_split_sql[FIND], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	*number = (struct number_key){ .id = db_col_int(r, 0) };
	number->workspace_id = rc == 1 ? db_col_int(r, 1) : 0;
	*is_group = rc == 1 && !db_col_is_null(r, 2);
	db_end(r);
	return rc;
}

/* ------------------------------------------------------------ one message */

static int
put_sightings(struct people_split_work *w, const char *account,
    const char *user_id, int64_t at, int64_t *sighting_id)
{
	struct people_sighting s = { .account = account,
		.user_id = user_id,
		.parent = "",
		.portfolio = *user_id != '\0' ? w->portfolio : "",
		.first_at = at };

	if (*account == '\0' && *user_id == '\0')
		return 0;
	if (sighting_put(w->db, w->pool, w->number, &s) == -1)
		return -1;
	*sighting_id = s.id;
	return 0;
}

/* The account and the user id that a status names. */
static int
read_status(struct people_split_work *w, const char *wamid,
    const char **account, const char **user)
{
	struct db_rows *r = db_query(w->db, people_split_sql[STATUS],
	    DB_ARGS(db_int(w->number->workspace_id), db_int(w->number->id),
		db_text(wamid)));
	int rc = db_next(r);

	if (rc == 1) {
		const char *raw = db_col_text(r, 0), *id;
		const struct json *status =
		    json_parse(w->pool, raw, strlen(raw), NULL);

		id = json_text(status, "recipient_id");
		if (id != NULL && *account == NULL &&
		    id[strspn(id, "0123456789")] == '\0')
			*account = id;
		*user = json_text(status, "recipient_user_id");
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* The old user id, which the message of a change does not keep: that of the
 * person who had ACCOUNT. */
static int
find_holder(struct people_split_work *w, const char *account, int64_t at,
    const char **user_id)
{
	struct db_rows *r;
	int rc;

	if (account == NULL || *user_id != NULL)
		return 0;
	r = db_query(w->db, people_split_sql[HOLDER],
	    DB_ARGS(db_int(w->number->workspace_id), db_int(w->id), db_int(at),
		db_text(account)));
	rc = db_next(r);
	if (rc == 1)
		*user_id = db_col_copy(r, w->pool, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Stores an announced change; OLD: the account until then.  *IS_ONE: it is a
 * change. */
static int
read_change_sightings(struct people_split_work *w,
    const struct people_split_row *m, const char *old, int *is_one,
    int64_t *sighting_id)
{
	const struct json *system =
	    json_parse(w->pool, m->content, strlen(m->content), NULL);
	const char *type = json_text(system, "type");
	const char *account = json_text(system, "wa_id");
	const char *user_id = json_text(system, "new_user_id");
	const char *old_user = NULL;
	struct people_change c = { .at = m->sent_at,
		.portfolio = w->portfolio };

	*is_one = text_begins(type != NULL ? type : "", "user_changed_") ||
		  text_begins(type != NULL ? type : "", "customer_changed_");
	if (!*is_one)
		return 0;
	if (user_id != NULL)
		old_user = json_text(system, "user_id");
	else
		user_id = json_text(system, "user_id");
	if (account == NULL)
		account = json_text(system, "new_wa_id");
	if (find_holder(w, old, m->sent_at, &old_user) == -1)
		return -1;
	if (text_is(old_user, user_id))
		old_user = NULL;
	c.account = old != NULL ? old : "";
	c.user_id = old_user != NULL ? old_user : "";
	c.new_account =
	    account != NULL && !text_is(account, old) ? account : "";
	c.new_user_id = user_id != NULL ? user_id : "";
	if (sighting_put_change(w->db, w->number, &c) == -1)
		return -1;
	return user_id != NULL
		   ? put_sightings(w, "", user_id, m->sent_at, sighting_id)
		   : put_sightings(w,
			 *c.new_account != '\0' ? c.new_account : c.account, "",
			 m->sent_at, sighting_id);
}

/* Stores the message's sighting: 1, 0 it has none, -1. */
static int
read_message(struct people_split_work *w, const struct people_split_row *m)
{
	const char *account = customer_of_wamid(w->pool, m->wamid),
		   *user_id = NULL;
	int64_t sighting_id = 0;
	int rc = 0, is_one = 0;

	if (m->outbound)
		rc = read_status(w, m->wamid, &account, &user_id);
	else if (text_is(m->type, "system"))
		rc =
		    read_change_sightings(w, m, account, &is_one, &sighting_id);
	if (rc == 0 && !is_one)
		rc = put_sightings(w, account != NULL ? account : "",
		    user_id != NULL ? user_id : "", m->sent_at, &sighting_id);
	if (rc == -1 || sighting_id == 0)
		return rc;
	return db_run(w->db, people_split_sql[TELL],
		   DB_ARGS(db_int(w->number->workspace_id), db_int(m->id),
		       db_int(sighting_id), db_int(w->id))) == -1
		   ? -1
		   : 1;
}

int
people_split_read(struct db *db, struct pool *pool,
    const struct number_key *number, int64_t id, int64_t *after, int64_t *told)
{
	struct people_split_work w = {
		.db = db, .pool = pool, .number = number, .id = id
	};
	struct people_split_row *rows =
	    pool_alloc(pool, sizeof(*rows) * AT_ONCE);
	struct db_rows *r;
	int n = 0, rc;

	if (sighting_portfolio(db, pool, number, &w.portfolio) == -1)
		return -1;
	r = db_query(db, people_split_sql[NEXT],
	    DB_ARGS(db_int(number->workspace_id), db_int(id), db_int(*after),
		db_int(AT_ONCE)));
	while ((rc = db_next(r)) == 1 && n < AT_ONCE)
		rows[n++] = (struct people_split_row){ .id = db_col_int(r, 0),
			.wamid = db_col_copy(r, pool, 1),
			.sent_at = db_col_int(r, 2),
			.type = db_col_copy(r, pool, 3),
			.content = db_col_copy(r, pool, 4),
			.outbound = text_is(db_col_text(r, 5), "outbound") };
	db_end(r);
	for (int i = 0; i < n && rc != -1; i++) {
		*after = rows[i].id;
		rc = read_message(&w, &rows[i]);
		*told += rc == 1;
	}
	return rc == -1 ? -1 : n == AT_ONCE;
}

/* ---------------------------------------------------------------- parting */

static int
take_back(struct people_split_work *w)
{
	static const int steps[] = { TIMED, UNSEEN, UNJOIN };
	const struct db_arg *args =
	    DB_SHARED_ARGS(db_int(w->number->workspace_id), db_int(w->id),
		db_int(w->number->id));
	const char *account = NULL, *user_id = NULL;
	int64_t at = 0, sighting_id;
	struct db_rows *r;
	int rc;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (db_run(w->db, people_split_sql[steps[i]], args) == -1)
			return -1;
	r = db_query(w->db, people_split_sql[SHOWN], args);
	rc = db_next(r);
	if (rc == 1) {
		account = db_col_copy(r, w->pool, 0);
		user_id = db_col_copy(r, w->pool, 1);
		at = db_col_int(r, 2);
	}
	db_end(r);
	return rc == 1 ? put_sightings(w, account, user_id, at, &sighting_id)
		       : rc;
}

static int
add_identities(struct people_split_work *w, struct people *p)
{
	struct db_rows *r = db_query(w->db, people_split_sql[IDENTITIES],
	    DB_ARGS(db_int(w->number->workspace_id), db_int(w->id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		const char *kind = db_col_text(r, 0),
			   *value = db_col_copy(r, p->pool, 1);

		if (text_is(kind, "user_id"))
			people_add_change(
			    p, &(struct people_change){ .account = "",
				   .user_id = "",
				   .new_account = "",
				   .new_user_id = value,
				   .portfolio = w->portfolio });
		else if (text_is(kind, "wa_id") || text_is(kind, "alias"))
			people_add_handle(p, value, 0, NULL);
		else if (text_is(kind, "parent_user_id"))
			people_add_handle(p, value, 1, NULL);
	}
	db_end(r);
	return rc;
}

int
people_split(struct db *db, struct pool *pool, const struct number_key *number,
    int64_t id, int64_t now, struct people **people)
{
	struct people_split_work w = {
		.db = db, .pool = pool, .number = number, .id = id
	};
	struct people *p = people_new(pool);
	int64_t nobody;

	if (sighting_portfolio(db, pool, number, &w.portfolio) == -1 ||
	    take_back(&w) == -1 || add_identities(&w, p) == -1 ||
	    sighting_load(db, number, p) == -1)
		return -1;
	people_solve(p);
	*people = p;
	return people_rows(db, p, number, -1, NULL, now, &nobody);
}
