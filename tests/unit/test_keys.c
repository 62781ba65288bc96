/* The API key of a number. */
#include <sys/stat.h>

#include "rig.h"

#include "whatsapp/provider/provider.h"

#include "process/send/keys.h"

static void
put(struct rig *g, const char *name, const char *content, mode_t mode)
{
	char *path = unit_path(g->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(content, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

static struct keys
keys_of(struct rig *g)
{
	return (struct keys){ .db = g->db, .dir = g->dir };
}

static void
a_file_is_its_numbers_key(void **state)
{
	struct rig *g = *state;
	struct keys k = keys_of(g);
	const char *why;

	put(g, "100", "first\n", 0600);
	assert_string_equal(keys_get(&k, g->pool, "100", &why), "first");
	put(g, "100", "second\r\n", 0400);
	assert_string_equal(keys_get(&k, g->pool, "100", &why), "second");
	assert_null(keys_get(&k, g->pool, "200", &why));
	assert_non_null(strstr(why, "write it to"));
}

static void
what_others_may_read_is_no_key(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620 };
	struct rig *g = *state;
	struct keys k = keys_of(g);
	const char *why;

	k.api_key = "other";
	for (int i = 0; i < 3; i++) {
		put(g, "100", "secret", modes[i]);
		assert_null(keys_get(&k, g->pool, "100", &why));
		assert_non_null(strstr(why, "chmod 600"));
		assert_null(strstr(why, "secret"));
	}
}

static void
what_is_no_word_is_no_key(void **state)
{
	static const char *const bad[] = { "", "\n", "two words", "a\nb: c" };
	struct rig *g = *state;
	struct keys k = keys_of(g);
	const char *why;
	char *path;

	for (int i = 0; i < 4; i++) {
		put(g, "100", bad[i], 0600);
		assert_null(keys_get(&k, g->pool, "100", &why));
		assert_non_null(strstr(why, "holds no key"));
	}
	assert_null(keys_get(&k, g->pool, "../100", &why));
	assert_null(keys_get(&k, g->pool, "", &why));
	assert_null(keys_get(&k, g->pool, NULL, &why));
	path = unit_path(g->dir, "300");
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	assert_null(keys_get(&k, g->pool, "300", &why));
}

static void
the_default_key_is_for_one_number(void **state)
{
	struct rig *g = *state;
	struct keys k = keys_of(g);
	const char *why;

	k.api_key = "default";
	assert_string_equal(keys_get(&k, g->pool, "100", &why), "default");
	k.phone_number_id = "100";
	assert_string_equal(keys_get(&k, g->pool, "100", &why), "default");
	k.phone_number_id = "200";
	assert_null(keys_get(&k, g->pool, "100", &why));
	rig_do(g, "INSERT INTO numbers(workspace_id, phone_number_id,"
		  " created_at) VALUES (1, '200', 1);");
	assert_string_equal(keys_get(&k, g->pool, "200", &why), "default");
	k.phone_number_id = NULL;
	assert_null(keys_get(&k, g->pool, "200", &why));
	put(g, "200", "own", 0600);
	assert_string_equal(keys_get(&k, g->pool, "200", &why), "own");
}

/* Two providers: 360dialog's key never goes to Meta. */
static void
an_account_is_its_providers(void **state)
{
	struct rig *g = *state;
	struct keys k = keys_of(g);
	struct provider_account a;
	const char *why;

	k.api_key = "default";
	k.phone_number_id = "400";
	k.api_url = "https://d";
	k.cloud_url = "https://c/v1.0";
	k.app_secret = "secret";
	assert_int_equal(
	    keys_account(&k, g->pool, "400", "360dialog", &a, &why), 0);
	assert_string_equal(a.url, "https://d");
	assert_string_equal(a.key, "default");
	assert_null(a.app_secret);
	assert_int_equal(
	    keys_account(&k, g->pool, "400", "cloud", &a, &why), -1);
	assert_null(a.key);
	assert_non_null(strstr(why, "no access token"));
	put(g, "400", "token\n", 0600);
	assert_int_equal(
	    keys_account(&k, g->pool, "400", "cloud", &a, &why), 0);
	assert_string_equal(a.url, "https://c/v1.0");
	assert_string_equal(a.key, "token");
	assert_string_equal(a.app_secret, "secret");
	assert_string_equal(a.phone_number_id, "400");
	assert_int_equal(
	    keys_account(&k, g->pool, "400", "tomorrow", &a, &why), -1);
	assert_non_null(strstr(why, "tomorrow"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_file_is_its_numbers_key, rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(
		    what_others_may_read_is_no_key, rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(
		    what_is_no_word_is_no_key, rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(
		    the_default_key_is_for_one_number, rig_begin, rig_end),
		cmocka_unit_test_setup_teardown(
		    an_account_is_its_providers, rig_begin, rig_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
