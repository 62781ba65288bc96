/* The API key of a number. */
#include <sys/stat.h>

#include "fixture.h"

#include "whatsapp/provider/provider.h"

#include "process/send/keys.h"

static void
put(struct fixture *fx, const char *name, const char *content, mode_t mode)
{
	char *path = unit_path(fx->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(content, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

static struct keys
keys_of(struct fixture *fx)
{
	return (struct keys){ .db = fx->db, .dir = fx->dir };
}

static void
a_file_is_its_numbers_key(void **state)
{
	struct fixture *fx = *state;
	struct keys k = keys_of(fx);
	const char *why;

	put(fx, "100", "first\n", 0600);
	assert_string_equal(keys_get(&k, fx->pool, "100", &why), "first");
	put(fx, "100", "second\r\n", 0400);
	assert_string_equal(keys_get(&k, fx->pool, "100", &why), "second");
	assert_null(keys_get(&k, fx->pool, "200", &why));
	assert_non_null(strstr(why, "write it to"));
}

static void
what_others_may_read_is_no_key(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620 };
	struct fixture *fx = *state;
	struct keys k = keys_of(fx);
	const char *why;

	k.api_key = "other";
	for (int i = 0; i < 3; i++) {
		put(fx, "100", "secret", modes[i]);
		assert_null(keys_get(&k, fx->pool, "100", &why));
		assert_non_null(strstr(why, "chmod 600"));
		assert_null(strstr(why, "secret"));
	}
}

static void
what_is_no_word_is_no_key(void **state)
{
	static const char *const bad[] = { "", "\n", "two words", "a\nb: c" };
	struct fixture *fx = *state;
	struct keys k = keys_of(fx);
	const char *why;
	char *path;

	for (int i = 0; i < 4; i++) {
		put(fx, "100", bad[i], 0600);
		assert_null(keys_get(&k, fx->pool, "100", &why));
		assert_non_null(strstr(why, "holds no key"));
	}
	assert_null(keys_get(&k, fx->pool, "../100", &why));
	assert_null(keys_get(&k, fx->pool, "", &why));
	assert_null(keys_get(&k, fx->pool, NULL, &why));
	path = unit_path(fx->dir, "300");
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	assert_null(keys_get(&k, fx->pool, "300", &why));
}

static void
the_default_key_is_for_one_number(void **state)
{
	struct fixture *fx = *state;
	struct keys k = keys_of(fx);
	const char *why;

	k.api_key = "default";
	assert_string_equal(keys_get(&k, fx->pool, "100", &why), "default");
	k.phone_number_id = "100";
	assert_string_equal(keys_get(&k, fx->pool, "100", &why), "default");
	k.phone_number_id = "200";
	assert_null(keys_get(&k, fx->pool, "100", &why));
	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " created_at) VALUES (1, '200', 1);");
	assert_string_equal(keys_get(&k, fx->pool, "200", &why), "default");
	k.phone_number_id = NULL;
	assert_null(keys_get(&k, fx->pool, "200", &why));
	put(fx, "200", "own", 0600);
	assert_string_equal(keys_get(&k, fx->pool, "200", &why), "own");
}

/* Two providers: 360dialog's key never goes to Meta. */
static void
an_account_is_its_providers(void **state)
{
	struct fixture *fx = *state;
	struct keys k = keys_of(fx);
	struct provider_account a;
	const char *why;

	k.api_key = "default";
	k.phone_number_id = "400";
	k.api_url = "https://d";
	k.cloud_url = "https://c/v1.0";
	k.app_secret = "secret";
	assert_int_equal(
	    keys_account(&k, fx->pool, "400", "360dialog", &a, &why), 0);
	assert_string_equal(a.url, "https://d");
	assert_string_equal(a.key, "default");
	assert_null(a.app_secret);
	assert_int_equal(
	    keys_account(&k, fx->pool, "400", "cloud", &a, &why), -1);
	assert_null(a.key);
	assert_non_null(strstr(why, "no access token"));
	put(fx, "400", "token\n", 0600);
	assert_int_equal(
	    keys_account(&k, fx->pool, "400", "cloud", &a, &why), 0);
	assert_string_equal(a.url, "https://c/v1.0");
	assert_string_equal(a.key, "token");
	assert_string_equal(a.app_secret, "secret");
	assert_string_equal(a.phone_number_id, "400");
	assert_int_equal(
	    keys_account(&k, fx->pool, "400", "tomorrow", &a, &why), -1);
	assert_non_null(strstr(why, "tomorrow"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_file_is_its_numbers_key, fixture_begin, fixture_end),
		cmocka_unit_test_setup_teardown(
		    what_others_may_read_is_no_key, fixture_begin, fixture_end),
		cmocka_unit_test_setup_teardown(
		    what_is_no_word_is_no_key, fixture_begin, fixture_end),
		cmocka_unit_test_setup_teardown(
		    the_default_key_is_for_one_number, fixture_begin,
		    fixture_end),
		cmocka_unit_test_setup_teardown(
		    an_account_is_its_providers, fixture_begin, fixture_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
