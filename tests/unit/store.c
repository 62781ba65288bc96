/*
 * Inboxes in files: store.h.
 */
#include "store.h"
#include "unit.h"

#include "inbox/inbox.h"
#include "inbox/search/engine/search_define.h"

const struct store *store_now = &store_sqlite;

/* The first one of a folder has the name that programs give it. */
static char *
new_name(const char *dir)
{
	static int more;
	char *name = unit_path(dir, "inbox.db");
	char other[32];

	if (access(name, F_OK) != 0)
		return name;
	free(name);
	snprintf(other, sizeof(other), "inbox-%d.db", ++more);
	return unit_path(dir, other);
}

static char *
create_file(const char *dir)
{
	char *name = new_name(dir);

	assert_int_not_equal(inbox_create(name), -1);
	return name;
}

static char *
copy_file(const char *from, const char *dir)
{
	char *name = new_name(dir);
	char bytes[65536];
	FILE *in = fopen(from, "rb"), *out = fopen(name, "wb");
	size_t n;

	assert_true(in != NULL && out != NULL);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	assert_int_equal(fclose(out), 0);
	return name;
}

static struct db *
open_file(const char *name, int wait_ms)
{
	struct db *db = inbox_open(name, DB_WRITE, wait_ms);

	if (db != NULL)
		assert_int_equal(search_define(db), 0);
	return db;
}

static void
drop_file(char *name)
{
	static const char *const with[] = { "", "-wal", "-shm", ".lock" };
	char path[512];

	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", name, with[i]);
		unlink(path);
	}
	free(name);
}

const struct store store_sqlite = {
	.create = create_file,
	.copy = copy_file,
	.open = open_file,
	.drop = drop_file,
	.has_words = 1,
};
