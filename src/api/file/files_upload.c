/*
 * POST /media: a member's file.  First the headers are checked; then the body
 * is written to disk as it comes, while no thread waits for it; then the file
 * is read from it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/config.h"
#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "whatsapp/compose/compose.h"

#include "inbox/media/blob.h"
#include "inbox/media/picture.h"
#include "inbox/media/upload.h"

#include "api/action.h"
#include "api/body_quota.h"
#include "api/file/disposition.h"
#include "api/file/files.h"
#include "api/file/multipart.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/reply.h"

#define AROUND_MAX (64 * 1024) /* of the body besides the file */
#define PARTS_MAX  16
#define TYPE_MAX   200

struct coming {
	struct action *a;
	struct multipart body;
	const char *dir;
	struct blob_file *file; /* NULL: its part has not been read yet */
	const char *mime_type;
	const char *type; /* of a message with this file */
	const char *filename;
	unsigned char head[COMPOSE_HEAD];
	size_t head_len;
	char path[BLOB_PATH_MAX];
};

static size_t
read_body(void *arg, char *s, size_t len)
{
	const struct coming *c = arg;

	return http_read(c->a->request, s, len);
}

/* The following functions: 1; 0 when a problem was replied. */
static int
wrong(struct coming *c, const char *field, const char *message)
{
	input_wrong(c->a, field, message);
	reply_wrong(c->a);
	return 0;
}

static int
broken(struct coming *c)
{
	return wrong(
	    c, "file", "is in a body that is not complete multipart/form-data");
}

static int
no_room(struct coming *c)
{
	reply_header(c->a, "Retry-After", "60");
	reply_problem(c->a, REPLY_BUSY, "No file can be stored now.");
	return 0;
}

static int
too_large(struct coming *c, const char *why)
{
	reply_problem(c->a, REPLY_TOO_LARGE,
	    pool_printf(c->a->pool, "The file is too large: %s.", why));
	return 0;
}

static const char *
most(const struct coming *c)
{
	return pool_printf(c->a->pool,
	    "it may have at most %lld bytes (WASPOOL_MEDIA_MAX)",
	    (long long)c->a->config->media_max);
}

static int
begin_upload(struct coming *c)
{
	struct action *a = c->a;
	const char *type = http_header(a->request, "Content-Type");
	int64_t room;

	if (multipart_begin(&c->body, a->pool, type, read_body, c) == -1) {
		reply_problem(a, REPLY_UNSUPPORTED_MEDIA_TYPE,
		    "The body must be multipart/form-data with a boundary.");
		return 0;
	}
	if (a->request->length > a->config->media_max + AROUND_MAX)
		return too_large(c, most(c));
	c->dir = pool_printf(a->pool, "%s/media", a->config->state_dir);
	/* Is there room on the disk for the body, and then for the file in
	 * it? */
	room = a->request->length > 0 ? a->request->length : 0;
	if (!disk_has_room(c->dir, a->config->files_min_free,
		http_whole(a->request) ? room : 2 * room)) {
		log_warn("an upload of %lld bytes is refused: "
			 "WASPOOL_FILES_MIN_FREE would not stay free",
		    a->request->length);
		return no_room(c);
	}
	return 1;
}

/* May the workspace have LEN bytes more?  1, 0 a problem was replied, -1. */
static int
check_quota(struct coming *c, int64_t len)
{
	struct action *a = c->a;
	int64_t used;

	if (a->config->files_quota == 0)
		return 1;
	if (upload_used(a->session, &used) == -1)
		return -1;
	if (used + len <= a->config->files_quota)
		return 1;
	log_warn("an upload is refused: workspace %" PRId64 " has %" PRId64
		 " bytes of files (WASPOOL_FILES_QUOTA)",
	    a->who.workspace_id, used);
	reply_problem(a, REPLY_QUOTA_EXCEEDED,
	    pool_printf(a->pool,
		"The workspace has %" PRId64 " bytes of files, and may have "
		"%" PRId64 " (WASPOOL_FILES_QUOTA).",
		used, a->config->files_quota));
	return 0;
}

/* What the file is called; its content may say more. */
static void
take_label(struct coming *c, const struct multipart_part *part)
{
	const char *type =
	    part->type != NULL ? part->type : "application/octet-stream";

	if (strlen(type) > TYPE_MAX)
		type = "application/octet-stream";
	c->mime_type = compose_mime_type(type);
	c->filename = disposition_name(c->a->pool, part->filename);
}

/* Judges the file by its head, once that is there. */
static int
take_type(struct coming *c)
{
	const char *why;

	c->mime_type = compose_sniff(c->head, c->head_len, c->mime_type);
	c->type = compose_type_of(c->mime_type);
	why = compose_check_file(c->a->pool, c->type, c->mime_type, 1);
	if (why == NULL)
		return 1;
	reply_problem(c->a, REPLY_UNSUPPORTED_MEDIA_TYPE,
	    pool_printf(c->a->pool, "The file cannot be sent: %s.", why));
	return 0;
}

static int
check_size(struct coming *c)
{
	int64_t len = blob_len(c->file);
	const char *why = NULL;

	if (len > c->a->config->media_max)
		why = most(c);
	else if (len > 0 && c->type != NULL)
		why =
		    compose_check_file(c->a->pool, c->type, c->mime_type, len);
	return why == NULL ? 1 : too_large(c, why);
}

static void
add_head(struct coming *c, const char *s, size_t len)
{
	size_t room = COMPOSE_HEAD - c->head_len;

	if (len > room)
		len = room;
	memcpy(c->head + c->head_len, s, len);
	c->head_len += len;
}

static int
take_file(struct coming *c, const struct multipart_part *part)
{
	const char *s;
	size_t len;
	int rc;

	if (c->file != NULL)
		return wrong(c, "file", "is given twice");
	take_label(c, part);
	c->file = blob_begin(c->dir,
	    c->a->request->length > 0 ? c->a->request->length : 0,
	    c->a->config->files_min_free);
	if (c->file == NULL)
		return no_room(c);
	while ((rc = multipart_data(&c->body, &s, &len)) == 1) {
		if (blob_add(c->file, s, len) == -1)
			return no_room(c);
		add_head(c, s, len);
		if (c->type == NULL && c->head_len == COMPOSE_HEAD &&
		    !take_type(c))
			return 0;
		if (!check_size(c))
			return 0;
	}
	if (rc == -1)
		return broken(c);
	return c->type != NULL || (take_type(c) && check_size(c));
}

static int
take_parts(struct coming *c)
{
	struct multipart_part part;
	int n = 0, rc;

	while ((rc = multipart_next(&c->body, &part)) == 1) {
		if (++n > PARTS_MAX || part.name == NULL)
			return broken(c);
		if (!text_is(part.name, "file"))
			return wrong(c, part.name, "is not known here");
		if (!take_file(c, &part))
			return 0;
	}
	if (rc == -1)
		return broken(c);
	if (c->file == NULL)
		return wrong(c, "file", "is needed");
	if (blob_len(c->file) == 0)
		return wrong(c, "file", "is empty");
	return 1;
}

/* The digest of the request, for Idempotency-Key. */
static void
sum_up(struct coming *c, const unsigned char *hash)
{
	struct action *a = c->a;

	a->text = pool_printf(a->pool, "%s\n%s\n%s",
	    codec_hex(a->pool, hash, BLOB_HASH_LEN), c->mime_type,
	    c->filename != NULL ? c->filename : "");
	a->text_len = strlen(a->text);
}

/* 0, or -1. */
static int
created(struct coming *c, int64_t id)
{
	struct action *a = c->a;
	struct json_out *out = json_new(a->pool);
	const char *location =
	    pool_printf(a->pool, "/api/v1/media/%" PRId64, id);

	json_open_object(out, NULL);
	json_put_int(out, "id", id);
	json_put_text(out, "type", c->type);
	json_put_text(out, "mime_type", c->mime_type);
	json_put_int(out, "size", blob_len(c->file));
	json_put_text(out, "filename", c->filename);
	json_close(out);
	reply_header(a, "Location", location);
	reply_json(a, 201, out);
	return idempotency_after(a, location);
}

/* Why it is no sticker; then it can only be a document. */
static const char *
flaw_of(struct coming *c)
{
	const char *flaw;

	if (!text_is(c->type, "sticker"))
		return NULL;
	flaw = compose_sticker_flaw(
	    c->a->pool, c->head, c->head_len, blob_len(c->file));
	if (flaw != NULL)
		c->type = "document";
	return flaw;
}

/* Names the file and writes its row, both or none: 0, or -1. */
static int
put_upload(struct coming *c)
{
	struct action *a = c->a;
	struct picture_size shown = { 0 };
	struct upload u = {
		.mime_type = c->mime_type,
		.filename = c->filename,
		.path = c->path,
		.size = blob_len(c->file),
		.flaw = flaw_of(c),
	};
	int64_t id = 0;
	int rc;

	if (session_begin(a->session) == -1)
		return -1;
	rc = idempotency_before(a);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	/* Again, in the transaction: other uploads may have come meanwhile. */
	if ((rc = check_quota(c, u.size)) != 1)
		return rc;
	if (blob_keep(c->file, c->path) == -1) {
		no_room(c);
		return 0;
	}
	picture_size_of(c->dir, c->path, &shown);
	u.width = shown.width;
	u.height = shown.height;
	if (upload_put(a->session, &u, a->now, &id) == -1 ||
	    created(c, id) == -1)
		return -1;
	return session_commit(a->session);
}

int
files_upload(struct action *a)
{
	struct coming c = { .a = a };
	struct http_receive how = { .dir = a->config->state_dir };
	unsigned char hash[BLOB_HASH_LEN];
	int rc = 0;

	if (!begin_upload(&c))
		return 0;
	if ((rc = check_quota(&c, a->request->length)) != 1)
		return rc;
	if (!http_whole(a->request)) {
		body_quota_take(a, &how);
		return 0;
	}
	rc = 0;
	if (take_parts(&c)) {
		if (blob_end(c.file, hash) == -1) {
			no_room(&c);
		} else {
			sum_up(&c, hash);
			rc = put_upload(&c);
		}
	}
	blob_drop(c.file);
	return rc;
}
