/*
 * /session: who is signed in, in which workspace; signing in and out.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "inbox/workspace/member_validate.h"

#include "api/cookie.h"
#include "api/input.h"
#include "api/object/member_object.h"
#include "api/origin.h"
#include "api/reply.h"
#include "api/sign_in/sign_in.h"

static const struct account_membership *
find_membership(const struct sign_in *s, int64_t workspace_id)
{
	for (int i = 0; i < s->n_memberships; i++)
		if (s->memberships[i].workspace_id == workspace_id)
			return &s->memberships[i];
	return NULL;
}

int
sign_in_read_memberships(struct sign_in *s)
{
	s->memberships = pool_alloc(
	    s->a.pool, ACCOUNT_MEMBERSHIPS_MAX * sizeof(*s->memberships));
	s->n_memberships = account_memberships(s->service->db, s->a.pool,
	    s->account.user_id, s->memberships, ACCOUNT_MEMBERSHIPS_MAX);
	s->here = find_membership(s, s->login.workspace_id);
	return s->n_memberships == -1 ? -1 : 0;
}

int
sign_in_show(struct sign_in *s)
{
	const struct member who = { .user_id = s->account.user_id,
		.name = s->account.name,
		.email = s->account.email,
		.role = s->here->role,
		.workspace_id = s->here->workspace_id,
		.workspace = s->here->name };
	struct json_out *out = json_new(s->a.pool);

	json_open_object(out, NULL);
	member_object_put(out, &who);
	json_open_array(out, "workspaces");
	for (int i = 0; i < s->n_memberships; i++) {
		json_open_object(out, NULL);
		json_put_int(out, "id", s->memberships[i].workspace_id);
		json_put_text(out, "name", s->memberships[i].name);
		json_put_text(out, "role", s->memberships[i].role);
		json_close(out);
	}
	json_close(out);
	json_open_object(out, "second_factor");
	json_put_bool(out, "active", s->account.factor_on);
	json_put_bool(out, "wanted", s->here->wants_factor);
	json_put_bool(out, "shown", s->login.factor_shown);
	json_close(out);
	json_close(out);
	return reply_json(&s->a, 200, out);
}

static int
refuse_cookie(struct sign_in *s)
{
	reply_header(&s->a, "WWW-Authenticate", "Bearer");
	return reply_problem(
	    &s->a, REPLY_UNAUTHORIZED, "Nobody is signed in: POST /session.");
}

/* With the lock. */
static int
find_session(struct sign_in *s, const char *cookie)
{
	int rc = login_find(s->service->db, cookie, s->a.now, &s->login);

	if (rc == 1)
		rc = account_get(
		    s->service->db, s->a.pool, s->login.user_id, &s->account);
	if (rc == 1 && sign_in_read_memberships(s) == -1)
		return -1;
	return rc == 1 ? s->here != NULL : rc;
}

int
sign_in_by_cookie(struct sign_in *s)
{
	const char *cookie = cookie_get(s->a.request, s->a.pool);
	int rc = 0;

	if (!cookie_may_act(&s->a))
		return 0;
	if (cookie != NULL) {
		sign_in_lock(s);
		rc = find_session(s, cookie);
		sign_in_unlock(s);
	}
	if (rc == 0)
		return refuse_cookie(s);
	if (rc == 1) {
		s->a.who.user_id = s->login.user_id;
		s->a.who.workspace_id = s->login.workspace_id;
	}
	return rc;
}

int
sign_in_get(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	int rc = sign_in_by_cookie(s);

	return rc == 1 ? sign_in_show(s) : rc;
}

int
sign_in_begin_session(struct sign_in *s, int64_t workspace_id)
{
	struct db *db = s->service->db;
	const char *cookie = cookie_get(s->a.request, s->a.pool);
	char *text;

	/* The browser forgets the one before. */
	if (cookie != NULL &&
	    (login_find(db, cookie, s->a.now, &s->login) == -1 ||
		login_end(db, s->login.id) == -1))
		return -1;
	s->login = (struct login){ .user_id = s->account.user_id,
		.workspace_id = workspace_id,
		.factor_shown = s->step != 0,
		.address = s->a.request->remote };
	if (sign_in_read_memberships(s) == -1)
		return -1;
	if (s->here == NULL)
		return reply_problem(&s->a, REPLY_FORBIDDEN,
		    "You are no member of such a workspace.");
	text = login_create(db, s->a.pool, &s->login, s->a.now);
	if (text == NULL || db_commit(db) == -1)
		return -1;
	s->a.who.user_id = s->login.user_id;
	s->a.who.workspace_id = workspace_id;
	cookie_set(&s->a, text);
	return sign_in_show(s);
}

/* The password was right a moment ago; is it still, and where to? */
static int
let_in_person(struct sign_in *s, int64_t workspace_id)
{
	struct account now;
	int rc =
	    account_get(s->service->db, s->a.pool, s->account.user_id, &now);

	if (rc == 1 && !text_is(now.hash, s->account.hash))
		rc = 0;
	if (rc == 0)
		return reply_problem(&s->a, REPLY_WRONG_CREDENTIALS,
		    "The password was changed at this moment.");
	if (rc == 1)
		rc = sign_in_use_step(s);
	if (rc == 1 && workspace_id == 0) {
		if (sign_in_read_memberships(s) == -1)
			return -1;
		if (s->n_memberships > 0)
			workspace_id = s->memberships[0].workspace_id;
	}
	return rc == 1 ? sign_in_begin_session(s, workspace_id) : rc;
}

/* 1, 0 a problem was replied. */
static int
read_fields(struct action *a, const char **email, const char **password,
    const char **code, int64_t *workspace_id)
{
	if (input_text(a, "email", email) != INPUT_THERE)
		input_wrong(a, "email", "is missing");
	else if (!member_validate_email(*email))
		input_wrong(a, "email", "is no e-mail address");
	sign_in_password_field(a, "password", password);
	sign_in_code_field(a, code);
	if (input_id(a, "workspace_id", workspace_id) == INPUT_THERE &&
	    *workspace_id < 1)
		input_wrong(a, "workspace_id", "is no id");
	return a->wrong == NULL || reply_wrong(a);
}

int
sign_in_post(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	const char *email = NULL, *password = NULL, *code = NULL;
	int64_t workspace_id = 0;
	int rc;

	if (origin_of(a->request) == ORIGIN_OTHER)
		return reply_problem(a, REPLY_FORBIDDEN,
		    "Only a page of this site may sign in.");
	if (!cookie_may(a->request, a->config))
		return reply_problem(
		    a, REPLY_FORBIDDEN, "Signing in wants TLS: https://");
	if (!read_fields(a, &email, &password, &code, &workspace_id) ||
	    !sign_in_take_try(s, email))
		return 0;
	sign_in_lock(s);
	rc = account_find(s->service->db, a->pool, email, &s->account);
	sign_in_unlock(s);
	if (rc == -1)
		return -1;
	if (!sign_in_check(s, password, code, 1))
		return 0;
	sign_in_lock(s);
	rc = db_begin(s->service->db) == -1 ? -1
					    : let_in_person(s, workspace_id);
	db_rollback(s->service->db);
	sign_in_unlock(s);
	return rc;
}

int
sign_in_move(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	struct db *db = s->service->db;
	int64_t id = 0;
	int rc = sign_in_by_cookie(s);

	if (rc != 1)
		return rc;
	if (input_id(a, "workspace_id", &id) != INPUT_THERE) {
		input_wrong(a, "workspace_id", "is missing");
		return reply_wrong(a);
	}
	s->here = find_membership(s, id);
	if (s->here == NULL)
		return reply_not_found(a);
	sign_in_lock(s);
	rc = db_begin(db) == -1 || login_move(db, s->login.id, id) == -1 ||
		     db_commit(db) == -1
		 ? -1
		 : 0;
	db_rollback(db);
	sign_in_unlock(s);
	return rc == -1 ? -1 : sign_in_show(s);
}

/* With the lock: the session of COOKIE, if there is one, ends: 0, -1. */
static int
end_session(struct sign_in *s, const char *cookie)
{
	struct db *db = s->service->db;
	int rc = login_find(db, cookie, s->a.now, &s->login);

	if (rc != 1)
		return rc;
	rc = db_begin(db) == -1 || login_end(db, s->login.id) == -1 ||
		     db_commit(db) == -1
		 ? -1
		 : 0;
	db_rollback(db);
	return rc;
}

/* Also of a session that is over: the browser forgets the cookie. */
int
sign_in_end(struct action *a)
{
	struct sign_in *s = sign_in_of(a);
	const char *cookie = cookie_get(a->request, a->pool);
	int rc = 0;

	if (cookie != NULL && !cookie_may_act(a))
		return 0;
	if (cookie != NULL) {
		sign_in_lock(s);
		rc = end_session(s, cookie);
		sign_in_unlock(s);
	}
	if (rc == -1)
		return -1;
	cookie_set(a, NULL);
	return reply_empty(a);
}
