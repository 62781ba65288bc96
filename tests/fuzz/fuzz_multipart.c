/*
 * Uploads: however the body is cut into pieces, the parts are the same.  A
 * line of input is the Content-Type, the rest the body.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "api/file/disposition.h"
#include "api/file/multipart.h"

struct source {
	const uint8_t *s;
	size_t len, at;
};

static size_t
read_source(void *arg, char *s, size_t len)
{
	struct source *from = arg;
	size_t n = from->len - from->at < len ? from->len - from->at : len;

	if (n > 0)
		memcpy(s, from->s + from->at, n);
	from->at += n;
	return n;
}

static void
check_name(struct pool *pool, const char *filename)
{
	const char *name = disposition_name(pool, filename), *line;

	if (name != NULL) {
		must(*name != '\0' && strlen(name) <= 200);
		must(strchr(name, '/') == NULL && !text_is(name, ".."));
		must(text_is_utf8(name, strlen(name)));
	}
	line = disposition_write(pool, "image/png", filename, 7);
	must(strpbrk(line, "\r\n") == NULL);
}

/* All parts: 1 when the body was whole; names and bytes go to ALL. */
static int
read_parts(struct pool *pool, const char *type, const uint8_t *s, size_t len,
    struct buf *all)
{
	struct source from = { s, len, 0 };
	struct multipart_part part;
	struct multipart m;
	const char *piece;
	size_t n, bytes = 0;
	int rc, data;

	if (multipart_begin(&m, pool, type, read_source, &from) == -1)
		return 0;
	while ((rc = multipart_next(&m, &part)) == 1) {
		buf_text(all, part.name != NULL ? part.name : "-");
		check_name(pool, part.filename);
		if (part.type != NULL)
			must(text_is_utf8(part.type, strlen(part.type)));
		while ((data = multipart_data(&m, &piece, &n)) == 1) {
			must(n > 0);
			buf_put(all, piece, n);
			bytes += n;
		}
		if (data == -1)
			return 0;
	}
	must(bytes <= len);
	return rc == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct buf all = { .pool = pool };
	char *type = fuzz_line(&data, &size);

	read_parts(pool, type, data, size, &all);
	free(type);
	pool_free(pool);
	return 0;
}
