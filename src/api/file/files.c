/*
 * GET /messages/{id}/media: tells nginx which file to send (X-Accel-Redirect).
 */
#include <string.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "inbox/media/blob.h"
#include "inbox/message/message_list.h"

#include "api/action.h"
#include "api/file/disposition.h"
#include "api/file/files.h"
#include "api/reply.h"

/* nginx/waspool.conf has this location, for us alone. */
#define LOCATION "/waspool-media/"
#include "api/origin.h"

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

/* Browsers may cache a file, unlike our other answers. */
static void
put_headers(struct action *a, const struct message_list_file *f)
{
	a->answer->headers = NULL;
	reply_header(a, "X-Request-Id", a->request->id);
	reply_header(a, "Cache-Control", "private, max-age=3600");
	reply_header(a, "X-Content-Type-Options", "nosniff");
	reply_header(
	    a, "Content-Security-Policy", "sandbox; default-src 'none'");
	reply_header(a, "Content-Disposition",
	    disposition_write(a->pool, a->answer->type, f->filename, a->id));
	origin_share(a);
	reply_header(a, "X-Accel-Redirect",
	    pool_printf(a->pool, LOCATION "%s", f->path));
}

int
files_get(struct action *a)
{
	struct message_list_file f;
	int rc = message_list_file(a->session, a->pool, a->id, &f);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (!text_is(f.state, "stored") || f.path == NULL)
		return not_here(a, &f);
	if (!blob_has(pool_printf(a->pool, "%s/media", a->config->state_dir),
		f.path)) {
		f.state = "missing";
		f.reason = "the stored file was lost";
		return not_here(a, &f);
	}
	a->answer->status = 200;
	a->answer->type = disposition_type(f.mime_type);
	put_headers(a, &f);
	return 0;
}
