/*
 * /session/second-factor: one-time codes, for who is signed in.
 *
 * Turning them on and off wants the password: a session alone, on a browser
 * that was left open, may not lock its owner out.
 */
#include <stddef.h>

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "api/input.h"
#include "api/reply.h"
#include "api/sign_in/sign_in.h"

/* The password of who is signed in: 1, 0 replied, -1. */
static int
check_password(struct sign_in *s)
{
	const char *password = NULL;

	if (!sign_in_password_field(&s->a, "password", &password))
		return reply_wrong(&s->a);
	return sign_in_take_try(s, s->account.email) &&
	       sign_in_check(s, password, NULL, 0);
}

static int
show_secret(struct sign_in *s, const unsigned char *secret)
{
	struct json_out *out = json_new(s->a.pool);
	char *text = totp_base32(s->a.pool, secret, TOTP_SECRET_LEN);

	json_open_object(out, NULL);
	json_put_text(out, "secret", text);
	json_put_text(out, "uri", totp_uri(s->a.pool, text, s->account.email));
	json_close(out);
	return reply_json(&s->a, 200, out);
}

int
sign_in_factor_new(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	struct db *db = s->service->db;
	unsigned char secret[TOTP_SECRET_LEN];
	int rc = sign_in_by_cookie(s);

	if (rc == 1 && s->account.factor_on)
		return reply_problem(a, REPLY_CONFLICT,
		    "There is a second factor: turn it off first.");
	if (rc == 1)
		rc = check_password(s);
	if (rc != 1)
		return rc;
	digest_random(secret, sizeof(secret));
	sign_in_lock(s);
	rc = db_begin(db) == -1 ||
		     account_put_factor(db, s->account.user_id, secret) == -1 ||
		     db_commit(db) == -1
		 ? -1
		 : 0;
	db_rollback(db);
	sign_in_unlock(s);
	return rc == -1 ? -1 : show_secret(s, secret);
}

/* With the lock, in a transaction: the code that is right is used up. */
static int
turn_on(struct sign_in *s)
{
	struct db *db = s->service->db;
	int rc = sign_in_use_step(s);

	if (rc == 1)
		rc = account_confirm_factor(
		    db, s->account.user_id, s->account.secret, s->a.now);
	if (rc == 0 && s->a.answer->status < 400)
		return reply_problem(
		    &s->a, REPLY_CONFLICT, "There is another secret by now.");
	if (rc != 1)
		return rc;
	if (login_show_factor(db, s->login.id) == -1 || db_commit(db) == -1)
		return -1;
	s->account.factor_on = s->login.factor_shown = 1;
	return sign_in_show(s);
}

static int
turn_off(struct sign_in *s)
{
	struct db *db = s->service->db;

	if (account_delete_factor(db, s->account.user_id) == -1 ||
	    login_forget_factor(db, s->account.user_id) == -1 ||
	    db_commit(db) == -1)
		return -1;
	s->account.factor_on = s->login.factor_shown = 0;
	return sign_in_show(s);
}

/* 1, 0 replied: a code of the secret that is there. */
static int
check_first_code(struct sign_in *s)
{
	const char *code = NULL;

	if (!sign_in_code_field(&s->a, &code) || code == NULL) {
		if (s->a.wrong == NULL)
			input_wrong(&s->a, "code", "is missing");
		return reply_wrong(&s->a);
	}
	if (!s->account.has_factor)
		return reply_problem(&s->a, REPLY_CONFLICT,
		    "There is no secret yet: POST /session/second-factor.");
	return sign_in_take_try(s, s->account.email) &&
	       sign_in_check_code(s, code);
}

int
sign_in_factor_set(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	const struct json *on = json_get(a->body, "active");
	int rc = sign_in_by_cookie(s),
	    turns_on = json_bool(a->body, "active", 1);

	if (rc != 1)
		return rc;
	if (json_type(on) != JSON_BOOL) {
		input_wrong(a, "active", "is not true or false");
		return reply_wrong(a);
	}
	rc = turns_on ? check_first_code(s) : check_password(s);
	if (rc != 1)
		return rc;
	sign_in_lock(s);
	rc = db_begin(s->service->db) == -1 ? -1
	     : turns_on			    ? turn_on(s)
					    : turn_off(s);
	db_rollback(s->service->db);
	sign_in_unlock(s);
	return rc;
}
