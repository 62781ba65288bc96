/*
 * Finds the conversation of a phone or a user id, or creates it, when a member
 * sends (customer_resolve.c does so for deliveries).  A new one is known by its
 * phone and, as an alias, by the dialled digits: the account that answers may
 * be another (docs/protocol.md §5.3).
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/phone.h"

#include "session/session_db.h"

#include "inbox/contact/contact.h"
#include "inbox/outbox/submit.h"
#include "inbox/workspace/number_choose.h"

enum { BY_IDENTITY, BY_PHONE, ADD, IDENTIFY, N_SQL };

static const char *const submit_to_sql[N_SQL] = {
	[BY_IDENTITY] = "SELECT conversation_id FROM my_identities"
			" WHERE number_id = $1 AND kind = $2 AND value = $3"
			" ORDER BY valid_from DESC LIMIT 1",
	[BY_PHONE] = "SELECT id FROM my_conversations"
		     " WHERE phone = $2 AND number_id = $1 ORDER BY id LIMIT 1",
	[ADD] = "INSERT INTO my_conversations(number_id, phone, user_id,"
		" contact_id, created_at) VALUES ($1, $2, $3, $4, $5)",
	[IDENTIFY] = "INSERT INTO my_identities(kind, value,"
		     " conversation_id, created_at) VALUES ($1, $2, $3, $4)",
};

const struct statements submit_to_statements = {
	.also = STATEMENTS(&number_choose_statements),
	.sql = submit_to_sql,
	.n = N_SQL,
};

/* Which of the workspace's numbers sends. */
static enum submit_result
choose_number(struct session *s, struct pool *pool, const struct submit_to *to,
    int64_t *id, struct submission *post)
{
	int rc = number_choose(s, pool, to->phone_number_id,
	    to->default_number_id, id, &post->why);

	if (rc == 0)
		post->field = "phone_number_id";
	return rc == -1	 ? SUBMIT_FAILED
	       : rc == 1 ? SUBMIT_QUEUED
			 : SUBMIT_WRONG;
}

static int
find_identity(struct session *s, int64_t number_id, const char *kind,
    const char *value, int64_t *id)
{
	return db_get_int(session_db(s), submit_to_sql[BY_IDENTITY],
	    DB_ARGS(db_int(number_id), db_text(kind), db_text(value)), id);
}

/* The conversation of exactly this PHONE: 1, 0, -1. */
static int
find_exactly(
    struct session *s, int64_t number_id, const char *phone, int64_t *id)
{
	int rc = find_identity(s, number_id, "wa_id", phone + 1, id);

	if (rc == 0)
		rc = find_identity(s, number_id, "alias", phone + 1, id);
	/* 0: nobody has the number now, its customer changed to another one. */
	if (rc == 1 && *id == 0)
		rc = 0;
	if (rc == 0)
		rc = db_get_int(session_db(s), submit_to_sql[BY_PHONE],
		    DB_ARGS(db_int(number_id), db_text(phone)), id);
	return rc;
}

/* The conversation of PHONE, or else of the accounts that the provider may have
 * for it, if that is just one: 1, 0, -1. */
static int
find_phone(struct session *s, struct pool *pool, int64_t number_id,
    const char *phone, int64_t *id)
{
	const char *account[PHONE_VARIANTS_MAX];
	int n = phone_accounts(pool, phone, account), several = 0;
	int64_t found;

	*id = 0;
	for (int i = 0; i < n; i++) {
		int rc = find_exactly(s, number_id, account[i], &found);

		if (rc == -1)
			return -1;
		if (rc == 0)
			continue;
		several |= *id != 0 && *id != found;
		*id = found;
		if (i == 0) /* the number itself */
			break;
	}
	return *id != 0 && !several;
}

/* By the user id, or by the parent id of a portfolio: 1, 0, -1. */
static int
find_user(
    struct session *s, int64_t number_id, const char *user_id, int64_t *id)
{
	int rc = find_identity(s, number_id, "user_id", user_id, id);

	if (rc == 0)
		rc = find_identity(s, number_id, "parent_user_id", user_id, id);
	return rc == 1 && *id == 0 ? 0 : rc;
}

/* The contact with that user id; 0 none. */
static int
find_user_contact(struct session *s, const char *user_id, int64_t *contact_id)
{
	return contact_find_user(s, user_id, contact_id) == -1 ? -1 : 0;
}

/* The contact with that phone, or the only one of its variants; 0 none. */
static int
find_contact(struct session *s, struct pool *pool, const char *phone,
    int64_t *contact_id)
{
	const char *variant[PHONE_VARIANTS_MAX];
	int n = phone_variants(pool, phone, variant), found = 0;
	int64_t id = 0;

	for (int i = 0; i < n && !(i == 1 && found); i++) {
		int rc = contact_find(s, variant[i], &id);

		if (rc == -1)
			return -1;
		if (rc == 1)
			*contact_id = id;
		found += rc;
	}
	if (found > 1)
		*contact_id = 0;
	return 0;
}

static int
add_submit_to(struct session *s, struct pool *pool, int64_t number_id,
    const struct submit_to *to, int64_t now, int64_t *id)
{
	const char *user_id = to->phone == NULL ? to->user_id : NULL;
	int64_t contact_id = 0;

	if ((to->phone != NULL
		    ? find_contact(s, pool, to->phone, &contact_id)
		    : find_user_contact(s, user_id, &contact_id)) == -1)
		return -1;
	if (db_insert(session_db(s), submit_to_sql[ADD],
		DB_ARGS(db_int(number_id), db_text(to->phone), db_text(user_id),
		    db_id(contact_id), db_int(now)),
		id) != 1)
		return -1;
	return db_run(session_db(s), submit_to_sql[IDENTIFY],
	    DB_ARGS(db_text(user_id != NULL ? "user_id" : "alias"),
		db_text(user_id != NULL ? user_id : to->phone + 1), db_int(*id),
		db_int(now)));
}

enum submit_result
submit_to_phone(struct session *s, struct pool *pool,
    const struct submit_to *to, const struct compose *c, int64_t now,
    struct submission *post)
{
	int64_t number_id = 0, id = 0;
	enum submit_result result;
	int rc;

	*post = (struct submission){ 0 };
	result = choose_number(s, pool, to, &number_id, post);
	if (result != SUBMIT_QUEUED)
		return result;
	if (to->phone != NULL)
		rc = find_phone(s, pool, number_id, to->phone, &id);
	else
		rc = find_user(s, number_id, to->user_id, &id);
	if (rc == 0 && !c->template)
		return SUBMIT_CLOSED;
	if (rc == 0)
		rc = add_submit_to(s, pool, number_id, to, now, &id);
	if (rc == -1)
		return SUBMIT_FAILED;
	return submit_to_conversation(s, pool, id, c, now, post);
}
