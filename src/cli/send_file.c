/*
 * Stores a file of this machine as an upload: its type from the suffix of its
 * name, its bytes in the blob store, and a row.  A link stays a link.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"

#include "inbox/media/blob.h"
#include "inbox/media/picture.h"
#include "inbox/media/upload.h"

#include "session/session.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/send_file.h"

/* The types that may be sent (docs/protocol.md §6.5), by the suffix of a
 * file. */
static const struct {
	const char *end, *mime_type;
} types[] = {
	{ "aac", "audio/aac" },
	{ "amr", "audio/amr" },
	{ "mp3", "audio/mpeg" },
	{ "m4a", "audio/mp4" },
	{ "ogg", "audio/ogg" },
	{ "opus", "audio/ogg" },
	{ "txt", "text/plain" },
	{ "pdf", "application/pdf" },
	{ "doc", "application/msword" },
	{ "docx",
	    "application/"
	    "vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "xls", "application/vnd.ms-excel" },
	{ "xlsx", "application/"
		  "vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ "ppt", "application/vnd.ms-powerpoint" },
	{ "pptx",
	    "application/"
	    "vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "png", "image/png" },
	{ "webp", "image/webp" },
	{ "webm", "video/webm" },
	{ "weba", "audio/webm" },
	{ "mp4", "video/mp4" },
	{ "3gp", "video/3gpp" },
};

const char *
send_file_type(struct cli *c, const char *path)
{
	const char *given = cli_option(c, "mime");
	const char *dot = strrchr(path, '.');
	size_t i;

	if (given != NULL)
		return given;
	for (i = 0; dot != NULL && i < sizeof(types) / sizeof(*types); i++)
		if (strcasecmp(dot + 1, types[i].end) == 0)
			return types[i].mime_type;
	cli_usage(c,
	    "the type of %s is not known: say --mime TYPE, such as "
	    "application/pdf",
	    path);
}

/* What it is by its first bytes, whatever it is called. */
static void
look_at_head(
    struct cli *c, struct upload *u, const unsigned char *head, size_t n)
{
	struct stat st = { 0 };

	u->mime_type = compose_sniff(
	    head, n < COMPOSE_HEAD ? n : COMPOSE_HEAD, u->mime_type);
	if (strcmp(u->mime_type, "image/webp") == 0 && stat(u->path, &st) == 0)
		u->flaw = compose_sticker_flaw(c->pool, head, n, st.st_size);
}

static struct blob_file *
copy_file(struct cli *c, const char *path, struct upload *u)
{
	struct blob_file *v = NULL;
	FILE *f = fopen(path, "re");
	char piece[65536];
	size_t n;

	if (f == NULL)
		cli_fail(EX_NOINPUT, "%s: %s", path, strerror(errno));
	v = blob_begin(config_state_path(&c->config, "media"), 0,
	    c->config.files_min_free);
	if (v == NULL)
		cli_fail(EX_CANTCREAT, "the file cannot be kept");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		if (blob_len(v) == 0)
			look_at_head(c, u, (const unsigned char *)piece, n);
		if (blob_add(v, piece, n) != 0)
			break;
		if (blob_len(v) > c->config.media_max) {
			blob_drop(v);
			cli_fail(EX_DATAERR,
			    "%s is larger than %lld bytes (WASPOOL_MEDIA_MAX)",
			    path, (long long)c->config.media_max);
		}
	}
	if (n > 0 || ferror(f)) {
		blob_drop(v);
		cli_fail(EX_IOERR, "%s cannot be copied", path);
	}
	fclose(f);
	return v;
}

/* Names the file and writes its row in one transaction, so that retention does
 * not delete the file in between. */
static int64_t
keep(struct cli *c, struct blob_file *v, struct upload *u)
{
	struct session *m = cli_db_member(c);
	unsigned char hash[BLOB_HASH_LEN];
	char path[BLOB_PATH_MAX];
	struct picture_size shown = { 0 };
	int64_t id = 0, used;
	int rc;

	u->size = blob_len(v);
	u->path = path;
	if (blob_end(v, hash) != 0) {
		blob_drop(v);
		cli_fail(EX_IOERR, "the file cannot be kept");
	}
	if (session_begin(m) != 0 || upload_used(m, &used) != 0) {
		blob_drop(v);
		cli_db_fail(session_error(m));
	}
	if (c->config.files_quota > 0 &&
	    used + u->size > c->config.files_quota) {
		blob_drop(v);
		session_rollback(m);
		cli_fail(EX_DATAERR,
		    "the workspace has %" PRId64 " bytes of files, and may "
		    "have %" PRId64 " (WASPOOL_FILES_QUOTA)",
		    used, c->config.files_quota);
	}
	rc = blob_keep(v, path);
	blob_drop(v);
	if (rc != 0)
		cli_fail(EX_IOERR, "the file cannot be kept");
	picture_size_of(config_state_path(&c->config, "media"), path, &shown);
	u->width = shown.width;
	u->height = shown.height;
	if (upload_put(m, u, c->now, &id) != 0 || session_commit(m) != 0)
		cli_db_fail(session_error(m));
	return id;
}

int
send_file_is_link(const char *what)
{
	return text_begins(what, "https://") || text_begins(what, "http://");
}

void
send_file(
    struct cli *c, struct json_out *body, const char *type, const char *what)
{
	const char *slash = strrchr(what, '/'), *why;
	struct upload u = { 0 };
	struct blob_file *v;

	if (send_file_is_link(what)) {
		json_put_text(body, "link", what);
		return;
	}
	u.path = what;
	u.mime_type = compose_mime_type(send_file_type(c, what));
	u.filename = slash == NULL ? what : slash + 1;
	v = copy_file(c, what, &u);
	why = compose_check_file(c->pool, type, u.mime_type, blob_len(v));
	if (why == NULL && strcmp(type, "sticker") == 0)
		why = u.flaw;
	if (why != NULL) {
		blob_drop(v);
		cli_fail(EX_DATAERR, "%s: %s", what, why);
	}
	json_put_int(body, "upload", keep(c, v, &u));
}
