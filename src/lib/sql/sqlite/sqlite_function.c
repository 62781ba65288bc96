/*
 * SQL functions of ours: those that write a text, and those that leave out what
 * somebody has.
 */
#include <stdlib.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/sqlite/sqlite_handle.h"

struct text_function {
	sqlite_text_function *write;
	int numbers;
	struct pool *pool; /* of one call */
};

static void
call_text(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	const struct text_function *f = sqlite3_user_data(ctx);
	int64_t numbers[SQLITE_TEXT_NUMBERS] = { 0 };
	struct buf b = { .pool = f->pool };
	const char *text = (const char *)sqlite3_value_text(args[n - 1]);

	if (text == NULL)
		return;
	for (int i = 0; i < f->numbers; i++)
		numbers[i] = sqlite3_value_int64(args[i]);
	f->write(&b, numbers, text);
	sqlite3_result_text64(
	    ctx, buf_end(&b), b.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	pool_reset(f->pool);
}

static void
free_text(void *function)
{
	struct text_function *f = function;

	pool_free(f->pool);
	free(f);
}

int
sqlite_define_text(
    struct db *db, const char *name, int numbers, sqlite_text_function *write)
{
	struct text_function *f = xcalloc(sizeof(*f));

	*f = (struct text_function){ write, numbers, pool_new() };
	/* When it fails SQLite calls free_text itself. */
	if (sqlite3_create_function_v2(sqlite_only(db)->conn, name, numbers + 1,
		SQLITE_UTF8 | SQLITE_DETERMINISTIC, f, call_text, NULL, NULL,
		free_text) != SQLITE_OK)
		return db_fail(db, name);
	return 0;
}

struct unless_function {
	sqlite_has *has;
	void *arg;
};

static void
call_unless(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	const struct unless_function *f = sqlite3_user_data(ctx);

	(void)n;
	if (!f->has(f->arg, sqlite3_value_int64(args[0])))
		sqlite3_result_value(ctx, args[0]);
}

int
sqlite_define_unless(
    struct db *db, const char *name, sqlite_has *has, void *arg)
{
	struct unless_function *f = xcalloc(sizeof(*f));

	*f = (struct unless_function){ has, arg };
	/* When it fails SQLite frees it itself.  Not DETERMINISTIC: the answer
	 * is another one once it was put there. */
	if (sqlite3_create_function_v2(sqlite_only(db)->conn, name, 1,
		SQLITE_UTF8, f, call_unless, NULL, NULL, free) != SQLITE_OK)
		return db_fail(db, name);
	return 0;
}
