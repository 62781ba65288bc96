/*
 * The configuration: each case is a file and an environment, and what the
 * program then has, or the words it ends with.
 */
#include "unit.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/config.h"

#define TOKEN "0123456789abcdef"

static char *dir, *path, *said;

static int
begin(void **state)
{
	(void)state;
	dir = unit_dir();
	path = unit_path(dir, "waspool.conf");
	said = unit_path(dir, "stderr");
	setenv("WASPOOL_CONFIG", path, 1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	free(path);
	free(said);
	unit_clear(dir);
	return 0;
}

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Exit status of a program that loads the file; what it says goes to said. */
static int
load_apart(const char *text)
{
	struct config c;
	int status;
	pid_t pid;

	write_file(text);
	pid = fork();
	if (pid == 0) {
		if (freopen(said, "w", stderr) == NULL)
			_exit(99);
		config_load(&c, "test", CONFIG_VERIFY | CONFIG_WEBHOOK);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void
values_defaults_and_comments_are_read(void **state)
{
	struct config c;

	(void)state;
	write_file(
	    "# a comment\n\n  WASPOOL_KEEP_DELIVERIES=2d\r\n"
	    "WASPOOL_STATE_DIR=/tmp/x y\nWASPOOL_BODY_MAX=1MiB\n"
	    "WHATSAPP_WEBHOOK_TOKEN=the-first-of-two, the-second-of-two\n"
	    "WHATSAPP_WEBHOOK_VERIFY_TOKEN=it's-\"sixteen\"-#\n"
	    "WHATSAPP_360_API_KEY=not-for-us\n");
	config_load(&c, "test", CONFIG_VERIFY | CONFIG_WEBHOOK);
	assert_int_equal(c.keep_deliveries, 2 * 86400);
	assert_string_equal(c.state_dir, "/tmp/x y");
	assert_int_equal(c.body_max, 1 << 20);
	assert_int_equal(c.threads, 64);
	assert_int_equal(c.webhook_tokens.n, 2);
	assert_string_equal(c.webhook_tokens.item[1], "the-second-of-two");
	assert_string_equal(c.verify_token, "it's-\"sixteen\"-#");
	assert_null(c.api_key); /* a secret that was not asked for */
	assert_int_equal(c.webhook_auth_none, 0);
}

static void
metas_address_has_its_version(void **state)
{
	struct config c;

	(void)state;
	write_file("WHATSAPP_APP_SECRET=the-first-of-secrets\n");
	config_load(&c, "test", CONFIG_API);
	assert_string_equal(c.cloud_url, "https://graph.facebook.com/v23.0");
	assert_int_equal(c.app_secrets.n, 1); /* whoever sends proves it */
	write_file("WHATSAPP_CLOUD_URL=https://x.example//\n"
		   "WHATSAPP_CLOUD_VERSION=v30.1\n"
		   "WHATSAPP_APP_SECRET=the-first-of-secrets\n");
	config_load(&c, "test", 0);
	assert_string_equal(c.cloud_url, "https://x.example/v30.1");
	assert_int_equal(c.app_secrets.n, 0);
}

static void
the_environment_wins(void **state)
{
	struct config c;

	(void)state;
	write_file("WASPOOL_THREADS=3\n");
	setenv("WASPOOL_THREADS", "5", 1);
	config_load(&c, "test", 0);
	unsetenv("WASPOOL_THREADS");
	assert_int_equal(c.threads, 5);
}

static void
files_stop_long_before_deliveries(void **state)
{
	static const struct {
		const char *text;
		int64_t files;
	} cases[] = {
		{ "", 1 << 30 },
		{ "WASPOOL_MIN_FREE=0\n", 0 },
		{ "WASPOOL_MIN_FREE=1MiB\n", 16 << 20 },
		{ "WASPOOL_MIN_FREE=4096TiB\n", INT64_C(1) << 56 },
		{ "WASPOOL_MIN_FREE=9223372036854775807\n", INT64_MAX },
		{ "WASPOOL_FILES_MIN_FREE=65MiB\n", 65 << 20 },
	};
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(cases[i].text);
		config_load(&c, "test", 0);
		assert_int_equal(c.files_min_free, cases[i].files);
	}
}

static void
origins_are_taken_as_browsers_write_them(void **state)
{
	struct config c;

	(void)state;
	write_file("WASPOOL_CORS_ORIGINS=https://desk.example, "
		   "http://localhost:5173,http://[::1]:8080, "
		   "https://[2001:db8::1],capacitor://localhost,"
		   "https://xn--bcher-kva.example:8443,http://a.example:443\n");
	config_load(&c, "test", 0);
	assert_int_equal(c.cors_origins.n, 7);
	assert_string_equal(c.cors_origins.item[1], "http://localhost:5173");
}

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "\nWASPOOL_THREDS=3\n",
		    "line 2: unknown key WASPOOL_THREDS" },
		{ "WASPOOL_THREADS=many\n",
		    "line 1: WASPOOL_THREADS: not a whole number" },
		{ "WASPOOL_THREADS=0\n", "WASPOOL_THREADS: too small" },
		{ "WASPOOL_BODY_MAX=4 miles\n", "not a size" },
		{ "WASPOOL_KEEP_DELIVERIES=soon\n", "not a time span" },
		{ "WASPOOL_STATE_DIR=relative\n", "not an absolute path" },
		{ "WHATSAPP_WEBHOOK_AUTH=no\n", "the only value is none" },
		{ "WHATSAPP_WEBHOOK_TOKEN=a,,b\n", "an empty item" },
		{ "WASPOOL_THREADS=3\n# a\nWASPOOL_THREADS=3\n",
		    "line 3: WASPOOL_THREADS stands in line 1 already" },
		{ "WHATSAPP_WEBHOOK_TOKEN=\nWHATSAPP_WEBHOOK_TOKEN=" TOKEN "\n",
		    "line 2: WHATSAPP_WEBHOOK_TOKEN stands in line 1" },
		{ "THREADS 3\n", "line 1: not KEY=value" },
		{ "PATH=/bin\n", "unknown key PATH" },
		{ "WHATSAPP_API_URL=foo\n", "not a URL" },
		{ "WHATSAPP_API_URL=https://\n", "not a URL" },
		{ "WHATSAPP_CLOUD_URL=graph\n", "not a URL" },
		{ "WHATSAPP_CLOUD_VERSION=23\n", "not a version" },
		{ "WHATSAPP_CLOUD_VERSION=v23.0/x\n", "not a version" },
		{ "WHATSAPP_PHONE_NUMBER_ID=abc\n", "not a number" },
		{ "WHATSAPP_API_URL=https://x y\n", "not a URL" },
		{ "WHATSAPP_DEFAULT_WORKSPACE_ID=-1\n",
		    "too small: 0 at least" },
		{ "WASPOOL_THREADS=1025\n", "too large: 1024 at most" },
		{ "WASPOOL_THREADS=99999999999999999999\n",
		    "not a whole number" },
		{ "WASPOOL_KEEP_MESSAGES=1d\n", "too small: 604800s at least" },
		{ "WASPOOL_KEEP_CHANGES=1d12h\n", "not a time span" },
		{ "WASPOOL_KEEP_CHANGES=99999999999999d\n", "too large" },
		{ "WASPOOL_BODY_MAX=1023\n", "too small: 1024 at least" },
		{ "WASPOOL_BODY_MAX=-0\n", "not a size" },
		{ "WASPOOL_MIN_FREE=+5\n", "not a size" },
		{ "WASPOOL_MIN_FREE=1MB\n", "not a size" },
		{ "WASPOOL_MIN_FREE=9223372036854775808\n", "not a size" },
		{ "WASPOOL_MIN_FREE=8388608TiB\n", "not a size" },
		{ "WASPOOL_BODY_MAX=2MiB\nWASPOOL_UNCHECKED_BYTES=1MiB\n",
		    "WASPOOL_UNCHECKED_BYTES is less than WASPOOL_BODY_MAX" },
		{ "# 1\nWHATSAPP_WEBHOOK_TOKEN='" TOKEN "'\n",
		    "line 2: WHATSAPP_WEBHOOK_TOKEN: a quote" },
		{ "WHATSAPP_WEBHOOK_TOKEN=\"" TOKEN "\"\n", "without quotes" },
		{ "WHATSAPP_WEBHOOK_TOKEN=\"" TOKEN " b\n", "without quotes" },
		{ "WASPOOL_THREADS=\"3\"\n",
		    "line 1: WASPOOL_THREADS: a quote" },
		{ "WASPOOL_STATE_DIR='/var/lib'\n", "without quotes" },
		{ "WASPOOL_THREADS=\"\n", "without quotes" },
		{ "WHATSAPP_WEBHOOK_TOKEN=" TOKEN " # a comment\n",
		    "line 1: WHATSAPP_WEBHOOK_TOKEN: a comment" },
		{ "WASPOOL_STATE_DIR=/tmp/x\t# a\n", "a line of its own" },
		{ "WASPOOL_THREADS=#3\n", "a line of its own" },
		{ "WASPOOL_THREADS= # none\n", "a line of its own" },
		{ "WASPOOL_THREADS= 3\n", "without blanks around =" },
		{ "WASPOOL_THREADS =3\n", "without blanks around =" },
		/* of a key that this program does not hold */
		{ "WHATSAPP_360_API_KEY='abc'\n", "without quotes" },
		{ "WHATSAPP_WEBHOOK_TOKEN=0123456789abcde\n",
		    "line 1: WHATSAPP_WEBHOOK_TOKEN: shorter than 16" },
		{ "WHATSAPP_WEBHOOK_TOKEN=" TOKEN ",a\n", "shorter than 16" },
		{ "WHATSAPP_WEBHOOK_VERIFY_TOKEN=a\n", "shorter than 16" },
		{ "WHATSAPP_APP_SECRET=a\n", "shorter than 16" },
		/* as a sample may have it */
		{ "WHATSAPP_WEBHOOK_TOKEN=\xe2\x80\xa6\n",
		    "not printable ASCII" },
		{ "WHATSAPP_WEBHOOK_TOKEN=" TOKEN " " TOKEN "\n",
		    "not printable ASCII without blanks" },
		{ "WASPOOL_LOG=/var/log/waspool\n", "not stderr, syslog" },
		{ "WASPOOL_LOG=syslog:log\n", "not stderr, syslog" },
		{ "WASPOOL_CORS_ORIGINS=*\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=null\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://a.example/\n",
		    "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://A.example\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://*.example\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://u@a.example\n",
		    "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=a.example\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://a.example:443\n",
		    "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=http://a.example:80\n",
		    "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=http://a.example:\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=http://a.example:080\n",
		    "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=http://[::1\n", "not an origin" },
		{ "WASPOOL_CORS_ORIGINS=https://a.example,,https://b.example\n",
		    "an empty item" },
		{ "WASPOOL_MIN_FREE=2\nWASPOOL_FILES_MIN_FREE=1\n",
		    "WASPOOL_FILES_MIN_FREE is less than WASPOOL_MIN_FREE" },
	};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n;
		FILE *f;

		assert_int_equal(load_apart(cases[i].text), EX_CONFIG);
		f = fopen(said, "r");
		n = fread(text, 1, sizeof(text) - 1, f);
		text[n] = '\0';
		fclose(f);
		if (strstr(text, cases[i].words) == NULL)
			fail_msg(
			    "'%s' does not say '%s'", text, cases[i].words);
	}
}

/* What a program that loads TEXT, of MODE, says. */
static char *
said_of(const char *text, mode_t mode)
{
	static char words[4096];
	size_t n;
	FILE *f;

	write_file("");
	assert_int_equal(chmod(path, mode), 0);
	assert_int_equal(load_apart(text), 0);
	f = fopen(said, "r");
	n = fread(words, 1, sizeof(words) - 1, f);
	words[n] = '\0';
	fclose(f);
	return words;
}

/* The sample is what people take lines from. */
static void
every_line_of_the_sample_is_taken(void **state)
{
	const char *top = getenv("srcdir");
	char line[1024], name[1024];
	int n = 0;
	FILE *f;

	(void)state;
	snprintf(name, sizeof(name), "%s/docs/waspool.conf.sample",
	    top != NULL ? top : ".");
	f = fopen(name, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (line[0] == '#' && line[1] == 'W') {
			if (load_apart(line + 1) != 0)
				fail_msg("'%s' is refused", line + 1);
			n++;
		}
	fclose(f);
	assert_true(n > 30);
}

static void
a_path_has_an_end(void **state)
{
	char text[6000] = "WASPOOL_STATE_DIR=/";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', 5000);
	assert_int_equal(load_apart(text), EX_CONFIG);
}

static void
each_program_has_the_inbox_that_is_its_own(void **state)
{
	struct config c;

	(void)state;
	write_file("WASPOOL_STATE_DIR=/a\n");
	config_load(&c, "test", CONFIG_INBOX | CONFIG_MEMBER);
	assert_string_equal(config_inbox(&c), "/a/inbox.db");
	assert_string_equal(config_inbox_member(&c), "/a/inbox.db");
	write_file("WASPOOL_INBOX=postgresql://all@db/w\n");
	config_load(&c, "test", CONFIG_MEMBER);
	assert_string_equal(config_inbox_member(&c), "postgresql://all@db/w");
	write_file("WASPOOL_INBOX=postgresql://all@db/w\n"
		   "WASPOOL_INBOX_MEMBER=postgres://one@db/w\n");
	config_load(&c, "test", CONFIG_INBOX);
	assert_string_equal(config_inbox(&c), "postgresql://all@db/w");
	assert_null(c.inbox_member);
	config_load(&c, "test", CONFIG_MEMBER);
	assert_string_equal(config_inbox_member(&c), "postgres://one@db/w");
	assert_string_equal(config_inbox(&c), "postgres://one@db/w");
	config_load(&c, "test", CONFIG_WEBHOOK); /* which has none */
	assert_null(c.inbox);
	assert_null(c.inbox_member);
}

static void
what_is_no_address_of_a_database_is_refused(void **state)
{
	static const struct {
		const char *value, *words;
	} cases[] = { { "postgresql://db/w", NULL },
		{ "postgres://a:b@[::1]:5433,c/w?sslmode=require", NULL },
		{ "postgresql:///w?host=%2Frun%2Fpostgresql", NULL },
		{ "postgresql:/w", "not an address such as" },
		{ "Postgresql://w", "not an address such as" },
		{ "mysql://w", "not an address such as" },
		{ "/var/lib/other/inbox.db", "not an address such as" },
		{ "inbox.db", "not an address such as" },
		{ "postgresql://db/my inbox", "written %20" },
		{ "postgresql://a:50%@db/w", "written %25" },
		{ "postgresql://a:5%g0@db/w", "written %25" },
		{ "postgresql://a:b?c@db/w?user=a%40b", NULL },
		{ "postgresql://a:b@c@db/w", "written %40" },
		{ "postgresql://a:b/c@db/w", "/ %2F" },
		{ "postgresql://a:b/c?d@db/w", "/ %2F" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wrong = config_value_database(cases[i].value);

		if (cases[i].words == NULL)
			assert_null(wrong);
		else
			assert_non_null(strstr(wrong, cases[i].words));
	}
}

static void
a_database_is_a_secret_with_its_password(void **state)
{
	(void)state;
	assert_true(config_value_has_password("postgresql://a:b@db/w"));
	assert_true(config_value_has_password("postgresql://a:b@[::1]/w"));
	assert_true(config_value_has_password("postgresql:///w?password=b"));
	assert_false(config_value_has_password("postgresql://a@db:5432/w"));
	assert_false(config_value_has_password("postgresql://[::1]:5432/w"));
	assert_false(config_value_has_password("postgresql://db/w"));
	assert_string_equal(
	    said_of("WASPOOL_INBOX=postgresql://db/w\n", 0644), "");
	assert_non_null(
	    strstr(said_of("WASPOOL_INBOX=postgresql://a:b@db/w\n", 0644),
		"others may read it"));
}

static void
secrets_that_others_may_read_are_said(void **state)
{
	static const char secret[] = "WHATSAPP_WEBHOOK_TOKEN=" TOKEN "\n";

	(void)state;
	assert_non_null(strstr(said_of(secret, 0644), "others may read it"));
	assert_non_null(strstr(said_of(secret, 0644), "'chmod o= /"));
	assert_non_null(strstr(said_of(secret, 0602), "others may change it"));
	/* also one that this program does not hold */
	assert_non_null(strstr(
	    said_of("WHATSAPP_360_API_KEY=abc\n", 0604), "others may read"));
	assert_string_equal(said_of(secret, 0640), "");
	assert_string_equal(said_of("WASPOOL_THREADS=3\n", 0644), "");
	assert_string_equal(said_of("WHATSAPP_WEBHOOK_TOKEN=\n", 0644), "");
}

static void
a_named_file_must_be_there(void **state)
{
	(void)state;
	assert_int_equal(load_apart(""), 0);
	setenv("WASPOOL_CONFIG", "/nonexistent/waspool.conf", 1);
	assert_int_equal(load_apart(""), EX_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(values_defaults_and_comments_are_read),
		TEST(metas_address_has_its_version),
		TEST(the_environment_wins),
		TEST(files_stop_long_before_deliveries),
		TEST(origins_are_taken_as_browsers_write_them),
		TEST(what_is_wrong_is_named_with_its_line),
		TEST(every_line_of_the_sample_is_taken),
		TEST(a_path_has_an_end),
		TEST(each_program_has_the_inbox_that_is_its_own),
		TEST(what_is_no_address_of_a_database_is_refused),
		TEST(a_database_is_a_secret_with_its_password),
		TEST(secrets_that_others_may_read_are_said),
		TEST(a_named_file_must_be_there),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
