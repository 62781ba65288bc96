/*
 * The JSON reader and writer: what was read can be written, and reading that
 * again gives the same.
 */
#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#define DEEP (JSON_DEPTH_MAX + 1)

/* Every accessor, on every value. */
static void
look(const struct json *v, int depth)
{
	size_t n = 0;
	int64_t whole = 0;

	must(depth <= DEEP);
	if (json_string(v) != NULL)
		must(text_is_utf8(json_string(v), strlen(json_string(v))));
	if (json_integer(v, &whole))
		must(
		    json_type(v) == JSON_NUMBER || json_type(v) == JSON_STRING);
	for (const struct json *m = json_first(v); m != NULL;
	     m = json_next(m), n++) {
		look(m, depth + 1);
		if (json_type(v) != JSON_OBJECT) {
			must(json_key(m) == NULL);
			continue;
		}
		must(text_is_utf8(json_key(m), strlen(json_key(m))));
		must(json_get(v, json_key(m)) != NULL);
		json_text(v, json_key(m));
		json_int(v, json_key(m), &whole);
		must(json_bool(v, json_key(m), 1) <= 1);
	}
	must(n == json_count(v));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	const char *why = NULL;
	const struct json *v = json_parse(pool, (const char *)data, size, &why);

	must((v == NULL) == (why != NULL));
	if (v != NULL) {
		char *once = json_write(pool, v), *twice;
		const struct json *again =
		    json_parse(pool, once, strlen(once), &why);

		look(v, 1);
		must(again != NULL);
		must(json_type(v) == json_type(again));
		must(json_count(v) == json_count(again));
		twice = json_write(pool, again);
		must(strcmp(once, twice) == 0);
	}
	pool_free(pool);
	return 0;
}
