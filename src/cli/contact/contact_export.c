/*
 * waspool contact export: writes all data of a person into a folder that only
 * its owner may read.
 */
#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "inbox/erasure/export.h"
#include "inbox/erasure/person.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/contact/contact_erase.h"
#include "cli/output.h"
#include "cli/print.h"

#define CHUNK	   (64 * 1024)
#define SUFFIX_MAX 8

struct target {
	struct cli *c;
	const char *folder;
	FILE *out; /* export.json */
	int64_t files, missing;
};

static const char *
in(struct target *t, const char *name)
{
	return pool_printf(t->c->pool, "%s/%s", t->folder, name);
}

static void
put_export(void *arg, const char *text)
{
	struct target *t = arg;

	if (fputs(text, t->out) == EOF)
		cli_fail(EX_IOERR, "%s: %s", t->folder, strerror(errno));
}

/* The text after the last C of S, if it is a suffix of letters and digits. */
static const char *
suffix(struct pool *pool, const char *s, int c)
{
	const char *dot = s != NULL ? strrchr(s, c) : NULL;
	size_t len = 0;

	if (dot == NULL)
		return NULL;
	while (isalnum((unsigned char)dot[1 + len]))
		len++;
	if (len == 0 || len > SUFFIX_MAX || (c == '.' && dot[1 + len] != '\0'))
		return NULL;
	return pool_text(pool, dot + 1, len);
}

static int
copy_export(int from, int to)
{
	char s[CHUNK];
	ssize_t n, done;

	while ((n = read(from, s, sizeof(s))) > 0)
		for (ssize_t at = 0; at < n; at += done)
			if ((done = write(to, s + at, (size_t)(n - at))) == -1)
				return -1;
	return n == -1 ? -1 : 0;
}

/* The file's name in the export: of what the sender chose only the suffix is
 * used. */
static const char *
file(void *arg, struct pool *pool, int64_t message_id, const char *path,
    const char *filename, const char *mime_type)
{
	struct target *t = arg;
	const char *end = suffix(pool, filename, '.');
	const char *name;
	int from, to, rc;
	struct stat st;

	if (end == NULL)
		end = suffix(pool, mime_type, '/');
	name = pool_printf(pool, "media/%" PRId64 "%s%s", message_id,
	    end != NULL ? "." : "", end != NULL ? end : "");
	from = open(pool_printf(pool, "%s/%s",
			config_state_path(&t->c->config, "media"), path),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (from == -1) {
		t->missing++;
		return NULL;
	}
	if (fstat(from, &st) == 0)
		cli_db_room(t->c, t->folder, st.st_size);
	to = open(pool_printf(pool, "%s/%s", t->folder, name),
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = to == -1 ? -1 : copy_export(from, to);
	close(from);
	if (rc == -1 || fsync(to) == -1 || close(to) == -1)
		cli_fail(
		    EX_IOERR, "%s/%s: %s", t->folder, name, strerror(errno));
	t->files++;
	return name;
}

static void
make_folder(struct target *t)
{
	int fd;

	if (mkdir(t->folder, 0700) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s%s", t->folder, strerror(errno),
		    errno == EEXIST ? "; --output names another folder" : "");
	if (mkdir(in(t, "media"), 0700) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", t->folder, strerror(errno));
	fd = open(in(t, "export.json"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd == -1 || (t->out = fdopen(fd, "w")) == NULL)
		cli_fail(EX_CANTCREAT, "%s: %s", t->folder, strerror(errno));
}

void
contact_export(struct cli *c)
{
	const char *who = contact_erase_who(c, c->args[0]);
	struct person *p = pool_alloc(c->pool, sizeof(*p));
	struct target t = { .c = c, .folder = cli_option(c, "output") };
	const struct export_to to = { put_export, file, &t };
	struct output *s;
	int64_t workspace;

	cli_db_inbox(c, DB_READ);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	cli_db_ok(c, db_begin_read(c->inbox));
	if (!cli_db_ok(c, person_find(c->inbox, c->pool, workspace, who, p)))
		cli_fail(EX_DATAERR,
		    "nobody is known as %s in workspace %" PRId64, who,
		    workspace);
	if (t.folder == NULL)
		t.folder = pool_printf(
		    c->pool, "waspool-%s", *who == '+' ? who + 1 : who);
	make_folder(&t);
	cli_db_ok(c, export_person(c->inbox, p, who, c->now, &to));
	db_end_read(c->inbox);
	if (fflush(t.out) == EOF || fsync(fileno(t.out)) == -1 ||
	    fclose(t.out) == EOF)
		cli_fail(EX_IOERR, "%s: %s", t.folder, strerror(errno));
	s = output_object(c);
	output_text(s, "folder", t.folder);
	output_int(s, "conversations", p->n_conversations);
	output_int(s, "contacts", p->n_contacts);
	output_int(s, "files", t.files);
	output_end(s);
	if (t.missing > 0)
		print_hint(c,
		    "%" PRId64 " files are not there: 'waspool media "
		    "verify'",
		    t.missing);
}
