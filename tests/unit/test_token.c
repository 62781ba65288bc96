/*
 * API tokens: the database never sees one.
 */
#include "fixture.h"

#include "base/codec.h"

#include "lib/digest/digest.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/token.h"

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &token_statements), 0);
	fixture_do(fx,
	    "INSERT INTO users(email, name, created_at)"
	    " VALUES ('ann@example.com', 'Ann', 1);"
	    "INSERT INTO workspace_members VALUES (1, 1, 'agent', 1);");
	assert_int_equal(db_begin(fx->db), 0);
	return 0;
}

static int
end(void **state)
{
	struct fixture *fx = *state;

	db_rollback(fx->db);
	return fixture_end(state);
}

static const struct token ann = { .workspace_id = 1,
	.user_id = 1,
	.name = "laptop",
	.expires_at = FIXTURE_NOW + 60 };

static char *
create(struct fixture *fx, int64_t *id)
{
	char *text = token_create(fx->db, fx->pool, &ann, FIXTURE_NOW, id);

	assert_non_null(text);
	return text;
}

static void
token_is_wp_and_43_letters(void **state)
{
	struct fixture *fx = *state;
	int64_t id;
	char *text = create(fx, &id);

	assert_int_equal(strncmp(text, "wp_", 3), 0);
	assert_int_equal(strlen(text), 46);
	assert_int_equal(
	    strspn(text + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			     "uvwxyz0123456789-_"),
	    43);
	assert_string_not_equal(text, create(fx, &id));
}

static void
only_its_hash_is_kept(void **state)
{
	struct fixture *fx = *state;
	unsigned char hash[32];
	struct db_rows *r;
	size_t len;
	int64_t id;
	char *text = create(fx, &id);

	digest_sha256(text, strlen(text), hash);
	r = db_query(fx->db, "SELECT hash, name FROM api_tokens", DB_NONE);
	assert_int_equal(db_next(r), 1);
	assert_memory_equal(db_col_blob(r, 0, &len), hash, 32);
	assert_int_equal(len, 32);
	assert_string_equal(db_col_text(r, 1), "laptop");
	db_end(r);
}

static void
nobody_but_a_member_gets_one(void **state)
{
	struct fixture *fx = *state;
	struct token t = ann;
	int64_t id;

	t.user_id = 2;
	assert_null(token_create(fx->db, fx->pool, &t, FIXTURE_NOW, &id));
	assert_int_equal(db_error(fx->db), DB_CONSTRAINT);
}

static void
revoking_again_keeps_the_first_time(void **state)
{
	struct fixture *fx = *state;
	struct token *list;
	int64_t id;
	int n;

	create(fx, &id);
	assert_int_equal(token_revoke(fx->db, id, FIXTURE_NOW + 1), 1);
	assert_int_equal(token_revoke(fx->db, id, FIXTURE_NOW + 2), 1);
	assert_int_equal(token_revoke(fx->db, id + 1, FIXTURE_NOW), 0);
	assert_int_equal(token_list(fx->db, fx->pool, 0, 0, 9, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].revoked_at, FIXTURE_NOW + 1);
	assert_int_equal(list[0].expires_at, FIXTURE_NOW + 60);
	assert_string_equal(list[0].email, "ann@example.com");
}

static void
list_is_of_one_workspace_or_all(void **state)
{
	struct fixture *fx = *state;
	struct token *list;
	int64_t id;
	int n;

	create(fx, &id);
	assert_int_equal(token_list(fx->db, fx->pool, 1, 0, 9, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(token_list(fx->db, fx->pool, 1, id, 9, &list, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(token_list(fx->db, fx->pool, 2, 0, 9, &list, &n), 0);
	assert_int_equal(n, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

/* Test cases 2 and 6 of RFC 4231: a short key, and one longer than a block. */
static void
hmac_is_that_of_the_rfc(void **state)
{
	static const char text[] = "what do ya want for nothing?",
			  longer[] = "Test Using Larger Than Block-Size Key - "
				     "Hash Key First";
	struct fixture *fx = *state;
	unsigned char key[131], out[DIGEST_LEN];

	memset(key, 0xaa, sizeof(key));
	digest_hmac_sha256("Jefe", 4, text, sizeof(text) - 1, out);
	assert_string_equal(codec_hex(fx->pool, out, sizeof(out)),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	digest_hmac_sha256(key, sizeof(key), longer, sizeof(longer) - 1, out);
	assert_string_equal(codec_hex(fx->pool, out, sizeof(out)),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(token_is_wp_and_43_letters),
		T(only_its_hash_is_kept),
		T(nobody_but_a_member_gets_one),
		T(revoking_again_keeps_the_first_time),
		T(list_is_of_one_workspace_or_all),
		T(hmac_is_that_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
