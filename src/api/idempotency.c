/*
 * Idempotency: finds, and stores, the first answer of a POST.
 */
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/sql/db.h"

#include "api/action.h"
#include "api/idempotency.h"
#include "api/idempotency_key.h"
#include "api/input.h"
#include "api/reply.h"

/* The key: 1 to IDEMPOTENCY_KEY_MAX visible ASCII characters. */
static int
is_key(const char *key)
{
	size_t len = strlen(key);

	if (len < 1 || len > IDEMPOTENCY_KEY_MAX)
		return 0;
	for (; *key != '\0'; key++)
		if (*key < '!' || *key > '~')
			return 0;
	return 1;
}

static void
hash_request(struct action *a)
{
	struct buf b = { .pool = a->pool };

	buf_printf(&b, "%s %s\n", a->request->method, a->request->path);
	buf_put(&b, a->text, a->text_len);
	digest_sha256(b.s, b.len, a->hash);
}

int
idempotency_before(struct action *a)
{
	const char *key = http_header(a->request, "Idempotency-Key");
	struct idempotency_key_answer first = { 0, NULL, NULL };

	if (key == NULL)
		return 0;
	if (!is_key(key)) {
		input_bad(a, "Idempotency-Key",
		    "must be 1 to 200 visible ASCII characters");
		return 1;
	}
	hash_request(a);
	switch (
	    idempotency_key_find(a->session, a->pool, key, a->hash, &first)) {
	case IDEMPOTENCY_KEY_NEW:
		a->keep = 1;
		return 0;
	case IDEMPOTENCY_KEY_SAME:
		a->answer->status = first.status;
		a->answer->type = "application/json";
		a->answer->body = first.body;
		a->answer->body_len = strlen(first.body);
		if (first.location != NULL)
			reply_header(a, "Location", first.location);
		return 1;
	case IDEMPOTENCY_KEY_OTHER:
		reply_problem(a, REPLY_IDEMPOTENCY_CONFLICT,
		    "This Idempotency-Key was used for another request.");
		return 1;
	default:
		return -1;
	}
}

int
idempotency_after(struct action *a, const char *location)
{
	struct idempotency_key_answer first = {
		.status = a->answer->status,
		.location = location,
		.body = a->answer->body,
	};

	if (!a->keep)
		return 0;
	return idempotency_key_put(a->session,
	    http_header(a->request, "Idempotency-Key"), a->hash, &first,
	    a->now);
}
