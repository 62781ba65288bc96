/*
 * Writes and reads the manifest of a backup.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/json/json.h"

#include "cli/backup/manifest.h"
#include "cli/cli.h"

#define FORMAT	  1
#define TEXT_MAX  4096
#define PIECE_LEN 65536

static const char name[] = "manifest.json";

const char *const manifest_names[MANIFEST_FILES] = { "inbox.db", "spool.db" };

static int
write_all(int fd, const char *s, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, s, len);

		if (n == -1 && errno != EINTR)
			return -1;
		if (n > 0) {
			s += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Copies all of IN to OUT (-1: nowhere), and adds it to DIGEST: its length, or
 * -1. */
static int64_t
pour(int in, int out, struct digest *digest)
{
	char piece[PIECE_LEN];
	int64_t len = 0;
	ssize_t n;

	while ((n = read(in, piece, sizeof(piece))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 ||
		    (out != -1 && write_all(out, piece, (size_t)n) == -1))
			return -1;
		digest_add(digest, piece, (size_t)n);
		len += n;
	}
	return out != -1 && fsync(out) == -1 ? -1 : len;
}

int64_t
manifest_copy(int in, const char *to, char sha256[MANIFEST_HASH])
{
	struct digest *digest = digest_begin();
	unsigned char hash[DIGEST_LEN];
	int out = -1;
	int64_t len = -1;

	if (in != -1 && to != NULL)
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (in != -1 && (to == NULL || out != -1))
		len = pour(in, out, digest);
	digest_end(digest, hash);
	for (int i = 0; i < DIGEST_LEN; i++)
		snprintf(sha256 + 2 * i, 3, "%02x", hash[i]);
	if (in != -1)
		close(in);
	if (out != -1)
		close(out);
	return len;
}

int
manifest_write(struct cli *c, const char *dir, struct manifest *m)
{
	const char *path = pool_printf(c->pool, "%s/%s", dir, name);
	struct json_out *out = json_new(c->pool);
	FILE *f = NULL;
	int rc = -1;

	json_open_object(out, NULL);
	json_put_int(out, "waspool_backup", FORMAT);
	json_put_int(out, "at", m->at);
	for (int i = 0; i < MANIFEST_FILES; i++) {
		int in =
		    open(pool_printf(c->pool, "%s/%s", dir, manifest_names[i]),
			O_RDONLY | O_CLOEXEC);

		m->file[i].bytes = manifest_copy(in, NULL, m->file[i].sha256);
		json_open_object(out, manifest_names[i]);
		json_put_int(out, "bytes", m->file[i].bytes);
		json_put_text(out, "sha256", m->file[i].sha256);
		json_put_int(out, "schema", m->file[i].version);
		json_close(out);
		if (m->file[i].bytes == -1)
			goto out;
	}
	json_close(out);
	f = fopen(path, "wxe");
	if (f != NULL && fprintf(f, "%s\n", json_end(out, NULL)) > 0 &&
	    fflush(f) == 0 && fsync(fileno(f)) == 0)
		rc = 0;
out:
	if (rc == -1)
		log_warn("%s: %s", path, strerror(errno));
	if (f != NULL)
		fclose(f);
	return rc;
}

static int
read_file(const struct json *all, int i, struct manifest *m)
{
	const struct json *file = json_get(all, manifest_names[i]);
	const char *sha256 = json_text(file, "sha256");

	if (sha256 == NULL || strlen(sha256) != MANIFEST_HASH - 1 ||
	    json_int(file, "bytes", &m->file[i].bytes) != 1 ||
	    json_int(file, "schema", &m->file[i].version) != 1)
		return -1;
	strcpy(m->file[i].sha256, sha256);
	return 0;
}

int
manifest_read(struct cli *c, const char *dir, struct manifest *m)
{
	const char *path = pool_printf(c->pool, "%s/%s", dir, name);
	FILE *f = fopen(path, "re");
	char *text = pool_alloc(c->pool, TEXT_MAX);
	const struct json *all;
	int64_t format;
	size_t n;

	*m = (struct manifest){ 0 };
	if (f == NULL)
		return errno == ENOENT ? 0 : -1;
	n = fread(text, 1, TEXT_MAX, f);
	fclose(f);
	all = json_parse(c->pool, text, n, NULL);
	if (json_int(all, "waspool_backup", &format) != 1 || format != FORMAT ||
	    json_int(all, "at", &m->at) != 1)
		return -1;
	for (int i = 0; i < MANIFEST_FILES; i++)
		if (read_file(all, i, m) == -1)
			return -1;
	return 1;
}
