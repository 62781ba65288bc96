/*
 * The SQL functions of inbox/search/search_define.h on a connection of bare's.
 */
#include "base/buf.h"
#include "base/pool.h"

#include "inbox/search/engine/search_define.h"

#include "bare.h"

static const struct bare_function {
	const char *name;
	int numbers;
	void (*write)(struct buf *, const int64_t *, const char *);
} functions[] = {
	{ "search_words", 2, search_write_words },
	{ "search_names", 1, search_write_names },
	{ "search_digits", 1, search_write_digits },
};

static struct pool *pool; /* of one call */

static void
call(sqlite3_context *ctx, int n, sqlite3_value **args)
{
	const struct bare_function *f = sqlite3_user_data(ctx);
	const char *text = (const char *)sqlite3_value_text(args[n - 1]);
	struct buf b = { .pool = pool };
	int64_t numbers[2] = { 0 };

	if (text == NULL)
		return;
	for (int i = 0; i < f->numbers; i++)
		numbers[i] = sqlite3_value_int64(args[i]);
	f->write(&b, numbers, text);
	sqlite3_result_text(ctx, buf_end(&b), (int)b.len, SQLITE_TRANSIENT);
	pool_reset(pool);
}

void
bare_define_words(sqlite3 *db)
{
	if (pool == NULL)
		pool = pool_new();
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (sqlite3_create_function(db, functions[i].name,
			functions[i].numbers + 1,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC,
			(void *)(uintptr_t)&functions[i], call, NULL,
			NULL) != SQLITE_OK)
			bare_fail(db, functions[i].name);
}
