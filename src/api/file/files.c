/*
 * GET /messages/{id}/media: tells nginx which file to send (X-Accel-Redirect);
 * GET /messages/{id}/media-address: where it can be had without a token.
 */
#include <string.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"

#include "session/file_address.h"

#include "inbox/media/blob.h"
#include "inbox/message/message_list.h"

#include "api/action.h"
#include "api/file/disposition.h"
#include "api/file/files.h"
#include "api/origin.h"
#include "api/reply.h"

/* nginx/waspool.conf has this location, for us alone. */
#define LOCATION "/waspool-media/"

#define CACHE_S 3600LL

static int
not_here(struct action *a, const struct message_list_file *f)
{
	int pending = text_is(f->state, "pending");

	return reply_problem(a,
	    pending ? REPLY_MEDIA_PENDING : REPLY_MEDIA_MISSING,
	    pool_printf(a->pool, "The file is %s%s%s.", f->state,
		f->reason != NULL ? ": " : "",
		f->reason != NULL ? f->reason : ""));
}

/* Browsers may cache a file, unlike our other answers; one that an address
 * leads to, as long as that does.  That one is for pages of other sites,
 * too. */
static void
put_headers(struct action *a, const struct message_list_file *f)
{
	a->answer->headers = NULL;
	origin_share(a);
	reply_header(a, "X-Request-Id", a->request->id);
	reply_header(a, "Cache-Control",
	    pool_printf(a->pool, "private, max-age=%lld",
		a->until != 0 ? (long long)(a->until - a->now) : CACHE_S));
	reply_header(a, "Cross-Origin-Resource-Policy",
	    a->until != 0 ? "cross-origin" : "same-origin");
	reply_header(a, "X-Content-Type-Options", "nosniff");
	reply_header(
	    a, "Content-Security-Policy", "sandbox; default-src 'none'");
	reply_header(a, "Content-Disposition",
	    disposition_write(a->pool, a->answer->type, f->filename, a->id));
	reply_header(a, "X-Accel-Redirect",
	    pool_printf(a->pool, LOCATION "%s", f->path));
}

/* 1; 0 a problem was replied; -1. */
static int
find_file(struct action *a, struct message_list_file *f)
{
	int rc = message_list_file(a->session, a->pool, a->id, f);

	if (rc != 1) {
		if (rc == 0)
			reply_not_found(a);
		return rc;
	}
	if (text_is(f->state, "stored") && f->path != NULL) {
		if (blob_has(
			pool_printf(a->pool, "%s/media", a->config->state_dir),
			f->path))
			return 1;
		f->state = "missing";
		f->reason = "the stored file was lost";
	}
	return not_here(a, f);
}

int
files_address(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct message_list_file f;
	int64_t expires_at = file_address_end(a->now);
	struct member who = a->who;
	int rc = find_file(a, &f);

	if (rc != 1)
		return rc;
	who.secret = session_pass(a->session, a->pool, expires_at);
	if (who.secret == NULL)
		return -1;
	json_open_object(out, NULL);
	json_put_text(out, "url",
	    pool_printf(a->pool, "/api/v1/messages/%lld/media?access=%s",
		(long long)a->id,
		file_address_write(a->pool, a->id, &who, expires_at)));
	json_put_time(out, "expires_at", expires_at);
	json_close(out);
	return reply_json(a, 200, out);
}

int
files_get(struct action *a)
{
	struct message_list_file f;
	int rc = find_file(a, &f);

	if (rc != 1)
		return rc;
	a->answer->status = 200;
	a->answer->type = disposition_type(f.mime_type);
	put_headers(a, &f);
	return 0;
}
