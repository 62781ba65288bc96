/*
 * By what people sign in: sessions, second factors, invitations; and that no
 * member's connection sees any of it.
 */
#include "fixture.h"

#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "inbox/account/account.h"
#include "inbox/account/invitation.h"
#include "inbox/account/login.h"

#include "session/session.h"

#define ANN 1
#define BOB 2

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin_members(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &account_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &login_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &invitation_statements), 0);
	assert_int_equal(
	    db_prepare_all(fx->member_db, &invitation_list_statements), 0);
	return 0;
}

static char *
sign_in(struct fixture *fx, int64_t user_id, int64_t now, int64_t *id)
{
	struct login l = {
		.workspace_id = 1, .user_id = user_id, .address = "203.0.113.7"
	};
	char *text;

	assert_int_equal(db_begin(fx->db), 0);
	text = login_create(fx->db, fx->pool, &l, now);
	assert_non_null(text);
	assert_int_equal(db_commit(fx->db), 0);
	*id = l.id;
	return text;
}

static int
lets_in(struct fixture *fx, const char *text, int64_t now, struct member *who)
{
	return session_sign_in(fx->member, fx->pool, text, now, who);
}

static void
a_session_lets_in_until_30_days_after_its_last_use(void **state)
{
	struct fixture *fx = *state;
	const int64_t day = 86400;
	struct member who;
	int64_t id, now = FIXTURE_NOW;
	char *text = sign_in(fx, BOB, now, &id);

	assert_int_equal(lets_in(fx, text, now, &who), 1);
	assert_int_equal(who.user_id, BOB);
	assert_int_equal(who.by_session, 1);
	assert_string_equal(who.role, "agent");
	assert_int_equal(lets_in(fx, text, now + 29 * day, &who), 1);
	assert_int_equal(lets_in(fx, text, now + 58 * day, &who), 1);
	assert_int_equal(lets_in(fx, text, now + 89 * day, &who), 0);
	/* A program's does not move on. */
	assert_int_equal(lets_in(fx, "ann", now, &who), 1);
	assert_int_equal(who.by_session, 0);
	assert_int_equal(fixture_int(fx, "SELECT expires_at IS NULL"
					 " FROM api_tokens WHERE id = 1"),
	    1);
}

static void
who_leaves_the_workspace_is_signed_out(void **state)
{
	struct fixture *fx = *state;
	struct member who;
	int64_t id;
	char *text = sign_in(fx, BOB, FIXTURE_NOW, &id);

	fixture_do(fx, "DELETE FROM workspace_members WHERE user_id = 2");
	assert_int_equal(lets_in(fx, text, FIXTURE_NOW, &who), 0);
	assert_int_equal(
	    fixture_int(
		fx, "SELECT count(*) FROM api_tokens WHERE user_id = 2"),
	    0);
}

static void
all_other_sessions_of_a_user_end(void **state)
{
	struct fixture *fx = *state;
	struct member who;
	struct login l;
	int64_t one, two, anns;
	char *first = sign_in(fx, BOB, FIXTURE_NOW, &one);
	char *second = sign_in(fx, BOB, FIXTURE_NOW, &two);
	char *other = sign_in(fx, ANN, FIXTURE_NOW, &anns);

	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(login_end_others(fx->db, BOB, two), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(login_find(fx->db, first, FIXTURE_NOW, &l), 0);
	assert_int_equal(login_find(fx->db, second, FIXTURE_NOW, &l), 1);
	assert_int_equal(lets_in(fx, other, FIXTURE_NOW, &who), 1);
	assert_int_equal(lets_in(fx, "ann", FIXTURE_NOW, &who), 1);
}

static void
a_token_is_no_session(void **state)
{
	struct fixture *fx = *state;
	struct login l;

	assert_int_equal(login_find(fx->db, "ann", FIXTURE_NOW, &l), 0);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(login_end(fx->db, 1), 0);
	assert_int_equal(login_end_others(fx->db, ANN, 0), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM api_tokens WHERE id = 1"), 1);
}

static void
with_too_many_sessions_the_oldest_ends(void **state)
{
	struct fixture *fx = *state;
	struct login l;
	int64_t id;
	char *first = sign_in(fx, BOB, FIXTURE_NOW, &id);

	for (int i = 1; i < LOGIN_MAX; i++)
		sign_in(fx, BOB, FIXTURE_NOW, &id);
	assert_int_equal(login_find(fx->db, first, FIXTURE_NOW, &l), 1);
	sign_in(fx, BOB, FIXTURE_NOW, &id);
	assert_int_equal(login_find(fx->db, first, FIXTURE_NOW, &l), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM api_tokens"
					 " WHERE kind = 'session'"),
	    LOGIN_MAX);
}

static void
a_workspace_may_want_a_second_factor(void **state)
{
	struct fixture *fx = *state;
	struct member who;
	int64_t id;
	char *text = sign_in(fx, BOB, FIXTURE_NOW, &id);

	fixture_do(fx, "UPDATE workspaces SET second_factor = 1 WHERE id = 1");
	assert_int_equal(lets_in(fx, text, FIXTURE_NOW, &who), 1);
	assert_int_equal(who.needs_factor, 1);
	assert_int_equal(lets_in(fx, "ann", FIXTURE_NOW, &who), 1);
	assert_int_equal(who.needs_factor, 0);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(login_show_factor(fx->db, id), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(lets_in(fx, text, FIXTURE_NOW, &who), 1);
	assert_int_equal(who.needs_factor, 0);
}

static void
a_code_is_used_up_once(void **state)
{
	struct fixture *fx = *state;
	static const unsigned char secret[TOTP_SECRET_LEN] = "one",
				   other[TOTP_SECRET_LEN] = "two";
	struct account a;

	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(account_put_factor(fx->db, BOB, secret), 0);
	assert_int_equal(account_get(fx->db, fx->pool, BOB, &a), 1);
	assert_int_equal(a.has_factor, 1);
	assert_int_equal(a.factor_on, 0);
	assert_int_equal(account_confirm_factor(fx->db, BOB, other, 5), 0);
	assert_int_equal(account_confirm_factor(fx->db, BOB, secret, 5), 1);
	assert_int_equal(account_use_step(fx->db, BOB, 7), 1);
	assert_int_equal(account_use_step(fx->db, BOB, 7), 0);
	assert_int_equal(account_use_step(fx->db, BOB, 6), 0);
	assert_int_equal(account_use_step(fx->db, BOB, 8), 1);
	assert_int_equal(
	    account_find(fx->db, fx->pool, "BOB@shop.example", &a), 1);
	assert_int_equal(a.factor_on, 1);
	assert_memory_equal(a.secret, secret, TOTP_SECRET_LEN);
	assert_int_equal(account_delete_factor(fx->db, BOB), 0);
	assert_int_equal(account_get(fx->db, fx->pool, BOB, &a), 1);
	assert_int_equal(a.has_factor, 0);
	db_rollback(fx->db);
}

static void
a_user_is_removed_with_all_of_it(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(account_put_password(fx->db, BOB, "$y$", 5), 0);
	assert_int_equal(account_put_factor(fx->db, BOB,
			     (const unsigned char[TOTP_SECRET_LEN]){ 1 }),
	    0);
	assert_int_equal(db_commit(fx->db), 0);
	fixture_do(fx, "DELETE FROM api_tokens WHERE user_id = 2;"
		       "DELETE FROM workspace_members WHERE user_id = 2;"
		       "DELETE FROM users WHERE id = 2");
	assert_int_equal(fixture_int(fx, "SELECT (SELECT count(*) FROM"
					 " passwords) + (SELECT count(*)"
					 " FROM second_factors)"),
	    0);
}

static char *
invite(struct fixture *fx, const char *email, const char *role, int64_t *id)
{
	const struct invitation i = {
		.email = email, .name = "New", .role = role
	};
	char *text;

	assert_int_equal(session_begin(fx->member), 0);
	text = invitation_add(fx->member, fx->pool, &i, FIXTURE_NOW, id);
	assert_non_null(text);
	assert_int_equal(session_commit(fx->member), 0);
	return text;
}

static int
is_invited(struct fixture *fx, const char *text, int64_t now)
{
	struct invitation i;

	return invitation_find(fx->db, fx->pool, text, now, &i);
}

static void
an_invitation_is_found_for_72_hours_until_the_next(void **state)
{
	struct fixture *fx = *state;
	int64_t one, two;
	char *first = invite(fx, "new@x.example", "agent", &one);
	char *second;

	assert_int_equal(is_invited(fx, first, FIXTURE_NOW), 1);
	assert_int_equal(is_invited(fx, first, FIXTURE_NOW + 72 * 3600 - 1), 1);
	assert_int_equal(is_invited(fx, first, FIXTURE_NOW + 72 * 3600), 0);
	second = invite(fx, "NEW@x.example", "admin", &two);
	assert_true(two > one);
	assert_int_equal(is_invited(fx, first, FIXTURE_NOW), 0);
	assert_int_equal(is_invited(fx, second, FIXTURE_NOW), 1);
}

static void
a_role_invites_no_higher_one(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	session_serve(fx->member, 1, BOB);
	invite(fx, "a@x.example", "agent", &id);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM invitations"), 0);
	fixture_do(fx, "UPDATE workspace_members SET role = 'admin'"
		       " WHERE user_id = 2");
	invite(fx, "a@x.example", "agent", &id);
	invite(fx, "b@x.example", "admin", &id);
	invite(fx, "c@x.example", "owner", &id);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(email) FROM invitations"),
	    "a@x.example");
}

static void
what_somebody_invited_for_is_void_when_they_may_not_any_more(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	invite(fx, "a@x.example", "owner", &id);
	fixture_do(fx, "UPDATE workspace_members SET role = 'agent'"
		       " WHERE user_id = 1");
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM invitations"), 0);
	fixture_do(fx, "UPDATE workspace_members SET role = 'owner'"
		       " WHERE user_id = 1");
	invite(fx, "a@x.example", "owner", &id);
	fixture_do(fx, "DELETE FROM workspace_members WHERE user_id = 1");
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM invitations"), 0);
}

/* Whoever is served, and whatever SQL there is. */
static void
no_member_sees_a_hash_or_a_secret(void **state)
{
	static const char *const refused[] = { "SELECT * FROM passwords",
		"SELECT hash FROM passwords", "SELECT * FROM second_factors",
		"SELECT * FROM invitations", "DELETE FROM passwords",
		"UPDATE passwords SET hash = ''",
		"INSERT INTO passwords VALUES (1, '', 1)",
		"DELETE FROM second_factors",
		"INSERT INTO invitations SELECT * FROM my_invitations",
		"SELECT p.hash FROM my_members m JOIN passwords p"
		" ON p.user_id = m.id" };
	static const char *const empty[] = {
		"SELECT id FROM my_api_tokens WHERE hash IS NOT NULL",
		"SELECT id FROM my_invitations WHERE hash IS NOT NULL"
	};
	struct fixture *fx = *state;
	char *text = NULL;
	int64_t id;

	invite(fx, "a@x.example", "agent", &id);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(
		    sqlite_try(fx->member_db, fx->pool, refused[i], &text), -1);
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		assert_int_equal(
		    sqlite_try(fx->member_db, fx->pool, empty[i], &text), 0);
		assert_string_equal(text, "");
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_session_lets_in_until_30_days_after_its_last_use),
		T(who_leaves_the_workspace_is_signed_out),
		T(all_other_sessions_of_a_user_end),
		T(a_token_is_no_session),
		T(with_too_many_sessions_the_oldest_ends),
		T(a_workspace_may_want_a_second_factor),
		T(a_code_is_used_up_once),
		T(a_user_is_removed_with_all_of_it),
		T(an_invitation_is_found_for_72_hours_until_the_next),
		T(a_role_invites_no_higher_one),
		T(what_somebody_invited_for_is_void_when_they_may_not_any_more),
		T(no_member_sees_a_hash_or_a_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
