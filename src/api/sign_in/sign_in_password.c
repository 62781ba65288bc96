/*
 * PUT /session/password: who is signed in takes another password, and is signed
 * out everywhere else.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/password/password.h"
#include "lib/sql/db.h"

#include "api/input.h"
#include "api/reply.h"
#include "api/sign_in/sign_in.h"

/* With the lock, in a transaction. */
static int
put_password(struct sign_in *s, const char *hash)
{
	struct db *db = s->service->db;
	struct account now;
	int rc = account_get(db, s->a.pool, s->account.user_id, &now);

	if (rc == 1 && !text_is(now.hash, s->account.hash))
		rc = 0;
	if (rc == 0)
		return reply_problem(&s->a, REPLY_CONFLICT,
		    "The password was changed at this moment.");
	if (rc == -1 ||
	    account_put_password(db, s->account.user_id, hash, s->a.now) ==
		-1 ||
	    login_end_others(db, s->account.user_id, s->login.id) == -1 ||
	    db_commit(db) == -1)
		return -1;
	return reply_empty(&s->a);
}

int
sign_in_password(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	const char *old = NULL, *new = NULL, *why;
	char *hash;
	int rc = sign_in_by_cookie(s);

	if (rc != 1)
		return rc;
	sign_in_password_field(a, "password", &old);
	if (sign_in_password_field(a, "new_password", &new) &&
	    (why = password_refused(new)) != NULL)
		input_wrong(a, "new_password", why);
	if (a->wrong != NULL)
		return reply_wrong(a);
	if (!sign_in_take_try(s, s->account.email) ||
	    !sign_in_check(s, old, NULL, 0))
		return 0;
	hash = sign_in_hash(s, new);
	if (hash == NULL)
		return 0;
	sign_in_lock(s);
	rc = db_begin(s->service->db) == -1 ? -1 : put_password(s, hash);
	db_rollback(s->service->db);
	sign_in_unlock(s);
	return rc;
}
