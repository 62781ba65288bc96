/*
 * Where a line of the log goes, and what stands before it there.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>

#include "base/clock.h"
#include "base/log.h"

static char *dir;
static int real_stderr, file, syslogd;

/* A line of standard error lands in FILE; a syslogd listens. */
static int
begin(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char *path;

	(void)state;
	dir = unit_dir();
	path = unit_path(dir, "stderr");
	file = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
	free(path);
	real_stderr = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	path = unit_path(dir, "log");
	strcpy(a.sun_path, path);
	free(path);
	syslogd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(syslogd, (struct sockaddr *)&a, sizeof(a)), 0);
	log_open("test", LOG_LEVEL_DEBUG);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	log_to("stderr");
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(file);
	close(syslogd);
	unit_clear(dir);
	return 0;
}

/* What stands in the file, which is empty then. */
static char *
written(void)
{
	static char text[8192];
	ssize_t n = pread(file, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	assert_int_equal(ftruncate(file, 0), 0);
	return text;
}

static char *
received(void)
{
	static char text[8192];
	ssize_t n = recv(syslogd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
to_own_socket(void)
{
	char *path = unit_path(dir, "log"), place[256];

	snprintf(place, sizeof(place), "syslog:%s", path);
	log_to(place);
	free(path);
}

static void
a_line_begins_with_the_time(void **state)
{
	char *line, when[CLOCK_TEXT_MS];
	struct tm tm = { 0 };
	int64_t began = clock_now(), at;

	(void)state;
	log_about("message", "%d", 41);
	log_warn("a \"b\"\x1b[2m \xc2\x9b");
	log_about(NULL, NULL);
	line = written();
	assert_int_equal(strncmp(line, "time=", 5), 0);
	snprintf(when, sizeof(when), "%s", line + 5);
	assert_string_equal(
	    strptime(when, "%Y-%m-%dT%H:%M:%S", &tm), when + 19);
	at = timegm(&tm);
	assert_between(at, began, clock_now());
	assert_string_equal(line + 5 + strlen(when),
	    " level=warn prog=test message=41 "
	    "msg=\"a \\\"b\\\"\\x1b[2m \\x9b\"\n");
}

static void
a_line_says_what_it_is_about_until_that_ends(void **state)
{
	(void)state;
	log_about_id("delivery", INT64_MAX);
	log_warn("one");
	assert_non_null(
	    strstr(written(), " delivery=9223372036854775807 msg=\"one\""));
	log_about_text("request", "r");
	log_warn("two");
	assert_non_null(strstr(written(), " prog=test request=r msg"));
	log_about_id("delivery", 0);
	log_warn("three");
	assert_non_null(strstr(written(), " prog=test delivery=0 msg"));
	log_about(NULL, NULL);
	log_warn("four");
	assert_non_null(strstr(written(), " prog=test msg"));
}

static void
the_journal_has_its_own(void **state)
{
	struct stat st;
	char stream[64];

	(void)state;
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("test", LOG_LEVEL_DEBUG);
	log_info("a");
	assert_string_equal(written(), "<6>level=info prog=test msg=\"a\"\n");
	/* Standard error was redirected, and the variable inherited. */
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("test", LOG_LEVEL_DEBUG);
	log_info("a");
	assert_int_equal(strncmp(written(), "time=", 5), 0);
	unsetenv("JOURNAL_STREAM");
}

static void
syslog_knows_program_and_level(void **state)
{
	char wanted[128];

	(void)state;
	to_own_socket();
	log_warn("a");
	snprintf(wanted, sizeof(wanted),
	    "<28>test[%d]: level=warn prog=test msg=\"a\"", (int)getpid());
	assert_string_equal(received(), wanted);
	log_debug("a");
	assert_int_equal(strncmp(received(), "<31>test[", 9), 0);
	assert_string_equal(written(), "");
}

static void
without_a_syslogd_there_is_stderr(void **state)
{
	char *path = unit_path(dir, "log");

	(void)state;
	to_own_socket();
	unlink(path);
	free(path);
	log_warn("a");
	assert_string_equal(received(), "");
	assert_int_equal(strncmp(written(), "time=", 5), 0);
}

/* One that takes nothing any more delays a line for a moment only. */
static void
a_stuck_syslogd_stops_nobody(void **state)
{
	int64_t began = clock_ticks_ms();

	(void)state;
	to_own_socket();
	for (int i = 0; i < 5000 && *written() == '\0'; i++)
		log_warn("line %d", i);
	assert_true(clock_ticks_ms() - began < 10000);
	log_warn("the last");
	assert_non_null(strstr(written(), "the last"));
}

static void
places_are_words_or_paths(void **state)
{
	static const char *const no[] = { "", "syslog:", "syslog:log", "/x",
		"file", "stderr:",
		"syslog:/0123456789012345678901234567890123"
		"45678901234567890123456789012345678901234567890123456789012345"
		"67890123456" };

	(void)state;
	assert_true(log_is_place("stderr"));
	assert_true(log_is_place("syslog"));
	assert_true(log_is_place("syslog:/run/systemd/journal/dev-log"));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(log_is_place(no[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
		TEST(a_line_begins_with_the_time),
		TEST(a_line_says_what_it_is_about_until_that_ends),
		TEST(the_journal_has_its_own),
		TEST(syslog_knows_program_and_level),
		TEST(without_a_syslogd_there_is_stderr),
		TEST(a_stuck_syslogd_stops_nobody),
		cmocka_unit_test(places_are_words_or_paths),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
