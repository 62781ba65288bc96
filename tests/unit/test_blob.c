/*
 * Files by content.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

#include <dirent.h>
#include <pwd.h>

#include "base/disk.h"
#include "base/log.h"

#include "inbox/media/blob.h"

#define HELLO                                                                  \
	"2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

struct shelf {
	char *dir;	    /* of the test */
	char *dir_of_blobs; /* in it, made by the first file */
};

static int
setup(void **state)
{
	struct shelf *s = calloc(1, sizeof(*s));

	log_open("test", LOG_LEVEL_WARN);
	s->dir = unit_dir();
	s->dir_of_blobs = unit_path(s->dir, "media");
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct shelf *s = *state;

	free(s->dir_of_blobs);
	unit_clear(s->dir);
	free(s);
	return 0;
}

/* Writes CONTENT and keeps it: its path. */
static void
keep(struct shelf *s, const char *content, char path[BLOB_PATH_MAX])
{
	struct blob_file *f = blob_begin(s->dir_of_blobs, 0, 0);
	unsigned char hash[BLOB_HASH_LEN];

	assert_non_null(f);
	assert_int_equal(blob_add(f, content, strlen(content)), 0);
	assert_int_equal(strlen(content), blob_len(f));
	assert_int_equal(blob_end(f, hash), 0);
	assert_int_equal(blob_keep(f, path), 0);
	blob_drop(f);
}

static int
count(void *arg, const char *path)
{
	assert_int_equal(strlen(path), BLOB_PATH_MAX - 3);
	++*(int *)arg;
	return 0;
}

static int
files(struct shelf *s)
{
	int n = 0;

	assert_int_equal(blob_walk(s->dir_of_blobs, count, &n), 0);
	return n;
}

static int
leftovers(struct shelf *s)
{
	char *command = malloc(strlen(s->dir_of_blobs) + 64);
	int n;

	sprintf(command, "exit $(ls '%s/tmp' | wc -l)", s->dir_of_blobs);
	n = system(command) / 256;
	free(command);
	return n;
}

static void
a_file_is_named_by_its_content(void **state)
{
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX];

	keep(s, "hello", path);
	assert_string_equal(path, HELLO);
	assert_int_equal(blob_has(s->dir_of_blobs, path), 1);
	assert_int_equal(blob_check(s->dir_of_blobs, path), BLOB_GOOD);
	assert_int_equal(files(s), 1);
	assert_int_equal(leftovers(s), 0);
}

static void
the_web_server_may_read_it(void **state)
{
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX], *whole;
	mode_t before = umask(077);
	struct stat st;

	keep(s, "hello", path);
	umask(before);
	whole = unit_path(s->dir_of_blobs, path);
	assert_int_equal(stat(whole, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	whole[strlen(whole) - strlen(strchr(path, '/'))] = '\0';
	assert_int_equal(stat(whole, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	assert_int_equal(stat(s->dir_of_blobs, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	free(whole);
}

static void
the_same_twice_is_one_file(void **state)
{
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX], again[BLOB_PATH_MAX];

	keep(s, "hello", path);
	keep(s, "hello", again);
	assert_string_equal(path, again);
	assert_int_equal(files(s), 1);
	keep(s, "hullo", again);
	assert_int_equal(files(s), 2);
}

static void
naming_may_be_repeated(void **state)
{
	struct shelf *s = *state;
	struct blob_file *f = blob_begin(s->dir_of_blobs, 0, 0);
	unsigned char hash[BLOB_HASH_LEN];
	char path[BLOB_PATH_MAX];

	assert_int_equal(blob_keep(f, path), -1); /* not ended */
	assert_int_equal(blob_add(f, "hello", 5), 0);
	assert_int_equal(blob_end(f, hash), 0);
	assert_int_equal(blob_end(f, hash), 0);
	assert_int_equal(blob_add(f, "more", 4), -1);
	assert_int_equal(blob_keep(f, path), 0);
	assert_int_equal(blob_delete(s->dir_of_blobs, path), 1);
	assert_int_equal(blob_keep(f, path), 0);
	blob_drop(f);
	assert_int_equal(blob_has(s->dir_of_blobs, path), 1);
}

static void
what_is_dropped_leaves_nothing(void **state)
{
	struct shelf *s = *state;
	struct blob_file *f = blob_begin(s->dir_of_blobs, 0, 0);

	assert_int_equal(blob_add(f, "hello", 5), 0);
	assert_int_equal(leftovers(s), 1);
	blob_drop(f);
	blob_drop(NULL);
	assert_int_equal(leftovers(s), 0);
	assert_int_equal(files(s), 0);
}

static void
what_nobody_goes_on_writing_is_swept(void **state)
{
	struct shelf *s = *state;
	struct blob_file *f = blob_begin(s->dir_of_blobs, 0, 0);
	const int old = 1000;
	char *command = malloc(strlen(s->dir_of_blobs) + 64);

	blob_sweep(s->dir_of_blobs, 1000 + 86400);
	assert_int_equal(leftovers(s), 1);
	sprintf(command, "touch -d @%d '%s'/tmp/*", old, s->dir_of_blobs);
	assert_int_equal(system(command), 0);
	blob_sweep(s->dir_of_blobs, 1000 + 86400);
	assert_int_equal(leftovers(s), 1);
	blob_sweep(s->dir_of_blobs, 1000 + 86401);
	assert_int_equal(leftovers(s), 0);
	free(command);
	blob_drop(f);
}

static void
damage_is_seen(void **state)
{
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX], *whole;
	FILE *f;

	keep(s, "hello", path);
	whole = unit_path(s->dir_of_blobs, path);
	f = fopen(whole, "r+");
	assert_non_null(f);
	fputs("j", f);
	fclose(f);
	free(whole);
	assert_int_equal(blob_check(s->dir_of_blobs, path), BLOB_DAMAGED);
	assert_int_equal(blob_delete(s->dir_of_blobs, path), 1);
	assert_int_equal(blob_delete(s->dir_of_blobs, path), 0);
	assert_int_equal(blob_check(s->dir_of_blobs, path), BLOB_GONE);
	assert_int_equal(blob_has(s->dir_of_blobs, path), 0);
}

static void
no_path_leads_elsewhere(void **state)
{
	static const char *const paths[] = { "", "..", "../../etc/passwd",
		"2c/..", "2c/f2", "tmp/XXXXXX", "/etc/passwd",
		"2C/F24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E7304336293"
		"8B9824" };
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX];

	keep(s, "hello", path);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(blob_has(s->dir_of_blobs, paths[i]), 0);
		assert_int_equal(blob_delete(s->dir_of_blobs, paths[i]), -1);
		assert_int_equal(
		    blob_check(s->dir_of_blobs, paths[i]), BLOB_GONE);
	}
}

static void
no_room_is_said(void **state)
{
	struct shelf *s = *state;

	assert_null(blob_begin("/dev/null/x", 0, 0));
	/* What is asked for, and what has to stay. */
	assert_null(blob_begin(s->dir_of_blobs, INT64_MAX, 0));
	assert_null(blob_begin(s->dir_of_blobs, 1, INT64_MAX));
	assert_null(blob_begin(s->dir_of_blobs, disk_free(s->dir) / 2,
	    disk_free(s->dir) / 2 + (1 << 20)));
	assert_int_equal(leftovers(s), 0);
	assert_int_equal(blob_walk("/nowhere/at/all", count, NULL), 0);
}

/* Bytes of the disk that files under way have. */
static int64_t
allocated(struct shelf *s)
{
	char *tmp = unit_path(s->dir_of_blobs, "tmp");
	struct dirent *e;
	struct stat st;
	int64_t n = 0;
	DIR *d = opendir(tmp);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			n += st.st_blocks * 512;
	closedir(d);
	free(tmp);
	return n;
}

/* Others count on what is free: a file that has only begun is as large as it
 * will be, and gives back what it did not need. */
static void
a_file_under_way_has_its_room(void **state)
{
	struct shelf *s = *state;
	struct blob_file *f = blob_begin(s->dir_of_blobs, 8 << 20, 0);
	unsigned char hash[BLOB_HASH_LEN];
	char path[BLOB_PATH_MAX], *whole;
	struct stat st;

	assert_non_null(f);
	assert_true(allocated(s) >= 8 << 20);
	assert_int_equal(blob_add(f, "four", 4), 0);
	assert_int_equal(blob_end(f, hash), 0);
	assert_int_equal(blob_keep(f, path), 0);
	blob_drop(f);
	whole = unit_path(s->dir_of_blobs, path);
	assert_int_equal(stat(whole, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_true(st.st_blocks * 512 < 1 << 20);
	free(whole);
}

/* As another user, who may write nothing here: what it says, in TEXT. */
static void
delete_as_another(
    const char *dir_of_blobs, const char *path, char *text, size_t size)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		_exit(seteuid(getpwnam("nobody")->pw_uid) == -1 ||
		      blob_delete(dir_of_blobs, path) != -1);
	}
	close(ends[1]);
	n = read(ends[0], text, size - 1);
	close(ends[0]);
	assert_true(n > 0);
	text[n] = '\0';
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(status, 0);
}

static void
who_may_not_delete_is_told_what_to_type(void **state)
{
	struct shelf *s = *state;
	char path[BLOB_PATH_MAX], text[1024];

	/* cmocka's skip() is "not ok" in TAP, which make check counts. */
	if (geteuid() != 0 || getpwnam("nobody") == NULL) {
		print_message("# only root can be somebody else\n");
		return;
	}
	keep(s, "hello", path);
	assert_int_equal(chmod(s->dir, 0755), 0);
	assert_int_equal(chmod(s->dir_of_blobs, 0755), 0);
	delete_as_another(s->dir_of_blobs, path, text, sizeof(text));
	assert_non_null(strstr(text, "chown -R nobody "));
	assert_int_equal(blob_delete(s->dir_of_blobs, path), 1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_named_by_its_content),
		TEST(the_web_server_may_read_it),
		TEST(the_same_twice_is_one_file),
		TEST(naming_may_be_repeated),
		TEST(what_is_dropped_leaves_nothing),
		TEST(what_nobody_goes_on_writing_is_swept),
		TEST(damage_is_seen),
		TEST(no_path_leads_elsewhere),
		TEST(who_may_not_delete_is_told_what_to_type),
		TEST(no_room_is_said),
		TEST(a_file_under_way_has_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
