/*
 * Computes anew what a conversation shows of its customer: adds what its
 * messages said, each at its time, as inbox/customer/customer_resolve.c did
 * when they came.  The phone is one that the customer has now: a number that
 * has another owner by now reaches somebody else.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"
#include "inbox/conversation/identity.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/profile.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_profile.h"
#include "inbox/workspace/number.h"

enum { SAID, OLDER, ALIASES, UNLINK, N_SQL };

static const char *const people_profile_sql[N_SQL] = {
	[SAID] = "SELECT s.account, s.user_id,"
		 " COALESCE(m.shown_name, s.name), MAX(m.sent_at)"
		 " FROM messages AS m CROSS JOIN sightings AS s"
		 " WHERE s.id = m.sighting_id"
		 " AND m.workspace_id = $1 AND m." WITH_MERGING
		 " AND m.source <> 'api' GROUP BY 1, 2, 3",
	/* A message of version 2, which did not store sightings. */
	[OLDER] = "SELECT 1 FROM messages WHERE workspace_id = $1"
		  " AND " WITH_MERGING " AND sighting_id IS NULL"
		  " AND source <> 'api' AND type <> 'system' LIMIT 1",
	[ALIASES] = "SELECT value FROM identities"
		    " WHERE workspace_id = $1 AND conversation_id = $2"
		    " AND kind = 'alias'",
	[UNLINK] = "UPDATE conversations SET contact_id = NULL"
		   " WHERE workspace_id = $1 AND id = $2 AND link = 'auto'"
		   " AND contact_id IS NOT NULL",
};

const struct statements people_profile_statements = {
	.sql = people_profile_sql,
	.n = N_SQL,
	.also = STATEMENTS(&profile_statements, &contact_link_statements),
};

/* Adds what these ids and this name, said AT a time, tell of PERSON. */
static void
add_profile(struct people *p, int person, struct profile *sum,
    const char *account, const char *user_id, const char *name, int64_t at)
{
	struct profile said = { .phone_at = at, .user_id_at = at };

	if (*account != '\0' && person >= 0 && people_holds(p, person, account))
		said.phone = phone_e164(p->pool, account, 0);
	if (*user_id != '\0')
		said.user_id = user_id;
	profile_name(p->pool, &said, name, at);
	profile_add(sum, &said);
}

static int
add_messages(struct db *db, struct people *p, int64_t workspace_id, int person,
    int64_t id, struct profile *sum)
{
	struct db_rows *r = db_query(db, people_profile_sql[SAID],
	    DB_ARGS(db_int(workspace_id), db_int(id)));
	int rc;

	while ((rc = db_next(r)) == 1)
		add_profile(p, person, sum, db_col_copy(r, p->pool, 0),
		    db_col_copy(r, p->pool, 1), db_col_copy(r, p->pool, 2),
		    db_col_int(r, 3));
	db_end(r);
	return rc;
}

static void
add_changes(struct people *p, int person, struct profile *sum)
{
	for (int i = 0; person >= 0 && i < p->n_changes; i++) {
		const struct people_change *c = &p->change[i];
		int who = people_mover(p, i);

		if (who < 0 || people_same(p, who) != person || c->at == 0)
			continue;
		add_profile(p, person, sum,
		    *c->new_account != '\0' ? c->new_account : c->account,
		    *c->new_user_id != '\0' ? c->new_user_id : c->user_id,
		    c->name, c->at);
	}
}

/* What a member dialled is the phone until the customer shows one. */
static int
add_dialled(struct db *db, struct people *p, int64_t workspace_id, int person,
    int64_t id, struct profile *sum)
{
	struct db_rows *r = db_query(db, people_profile_sql[ALIASES],
	    DB_ARGS(db_int(workspace_id), db_int(id)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		const char *value = db_col_copy(r, p->pool, 0);
		int handle = people_find_handle(p, value, 0);

		if (handle < 0 || people_last(p, handle) == person)
			profile_add(
			    sum, &(struct profile){
				     .phone = phone_e164(p->pool, value, 0) });
	}
	db_end(r);
	return rc;
}

/* With messages of version 2 the old profile is the beginning, without a phone
 * or a user id that is not the customer's. */
static int
begin_profile(struct db *db, struct people *p, int64_t workspace_id, int person,
    int64_t id, struct profile *sum, struct profile *old)
{
	int64_t any;
	int rc;

	if (profile_read(db, p->pool, workspace_id, id, old) != 1 ||
	    profile_read_username(db, p->pool, workspace_id, id, old) != 1)
		return -1;
	rc = db_get_int(db, people_profile_sql[OLDER],
	    DB_ARGS(db_int(workspace_id), db_int(id)), &any);
	if (rc != 1)
		return rc;
	*sum = *old;
	if (sum->user_id != NULL) {
		int user = people_find_id(p, sum->user_id);

		if (user >= 0 && p->id[user].person != person) {
			sum->user_id = NULL;
			sum->user_id_at = 0;
		}
	}
	if (sum->phone != NULL) {
		int handle = people_find_handle(p, sum->phone + 1, 0);

		if (handle >= 0 && people_last(p, handle) != person) {
			sum->phone = NULL;
			sum->phone_at = 0;
		}
	}
	return 0;
}

static int
is_same_profile(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

int
people_profile(struct db *db, struct people *p, const struct number_key *number,
    int person, int64_t id, int64_t now)
{
	int64_t workspace_id = number->workspace_id;
	struct profile sum = { 0 }, old;

	if (begin_profile(db, p, workspace_id, person, id, &sum, &old) == -1)
		return -1;
	add_changes(p, person, &sum);
	if (add_messages(db, p, workspace_id, person, id, &sum) == -1 ||
	    add_dialled(db, p, workspace_id, person, id, &sum) == -1)
		return -1;
	if (profile_write(db, workspace_id, id, &sum,
		is_same_profile(sum.phone, old.phone) &&
			is_same_profile(sum.user_id, old.user_id) &&
			is_same_profile(sum.name, old.name)
		    ? 0
		    : now) == -1 ||
	    profile_write_username(db, workspace_id, id, &sum, now) == -1)
		return -1;
	if (db_run(db, people_profile_sql[UNLINK],
		DB_ARGS(db_int(workspace_id), db_int(id))) == -1)
		return -1;
	return contact_link_conversation(db, p->pool, workspace_id, id, now);
}
