/*
 * The configuration: what is missing is put behind what is there, beside it,
 * and takes its place when all else was done.  Its folder is the lock of
 * setups: so no file is left of one that was killed.
 */
#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"

#include "cli/cli.h"
#include "cli/setup/setup.h"

#define CONF_MAX    (1 << 20) /* bytes */
#define TOKEN_BYTES 32

static char *
conf_folder(struct cli *c, const struct setup *s)
{
	char *folder = pool_copy(c->pool, s->conf), *end = strrchr(folder, '/');

	end[end == folder] = '\0'; /* "/" stays */
	return folder;
}

void
setup_lock(struct cli *c, const struct setup *s)
{
	const char *folder = conf_folder(c, s);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", folder, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return; /* until the last process that has FD ends */
	if (errno == EWOULDBLOCK)
		cli_fail(EX_TEMPFAIL,
		    "another setup runs, and nothing was changed; when it has "
		    "ended (lslocks shows who has %s) type it again",
		    folder);
	cli_fail(EX_OSERR, "%s: %s", folder, strerror(errno));
}

static const char *
made_token(struct cli *c)
{
	unsigned char dice[TOKEN_BYTES];

	digest_random(dice, sizeof(dice));
	return codec_hex(c->pool, dice, sizeof(dice));
}

/* The lines that are missing; B is empty when none is. */
static void
put_missing(struct cli *c, const struct setup *s, struct buf *b)
{
	const struct config *have = &c->config;

	if (have->verify_token == NULL)
		buf_printf(
		    b, "WHATSAPP_WEBHOOK_VERIFY_TOKEN=%s\n", made_token(c));
	if (have->webhook_tokens.n == 0 && !text_is(s->provider, "cloud"))
		buf_printf(b, "WHATSAPP_WEBHOOK_TOKEN=%s\n", made_token(c));
	if (have->app_secrets.n == 0 && s->app_secret != NULL)
		buf_printf(b, "WHATSAPP_APP_SECRET=%s\n", s->app_secret);
	if (have->phone_number_id == NULL)
		buf_printf(b, "WHATSAPP_PHONE_NUMBER_ID=%s\n", s->number);
	if (have->url == NULL)
		buf_printf(b, "WASPOOL_URL=%s\n", s->url);
}

/* What is there, or "" with *ST's owner and mode as a new one wants them. */
static const char *
read_conf(struct cli *c, const struct setup *s, struct stat *st)
{
	int fd = open(s->conf, O_RDONLY | O_CLOEXEC);
	char *text;
	ssize_t n;

	if (fd == -1 && errno == ENOENT) {
		st->st_uid = geteuid();
		st->st_gid = s->conf_gid;
		st->st_mode = s->conf_gid == getegid() ? 0600 : 0640;
		return "";
	}
	if (fd == -1 || fstat(fd, st) == -1)
		cli_fail(EX_CONFIG, "%s: %s", s->conf, strerror(errno));
	text = pool_alloc(c->pool, CONF_MAX + 1);
	n = read(fd, text, CONF_MAX + 1);
	close(fd);
	if (n < 0 || n > CONF_MAX)
		cli_fail(EX_CONFIG, "%s cannot be read as a whole", s->conf);
	text[n] = '\0';
	/* There will be secrets in it. */
	if ((st->st_mode & S_IRWXO) != 0) {
		st->st_gid = s->conf_gid;
		st->st_mode = 0640;
	}
	return text;
}

static const char *
new_path(struct cli *c, const struct setup *s)
{
	return pool_printf(c->pool, "%s.new", s->conf);
}

int
setup_conf_write(struct cli *c, struct setup *s)
{
	struct buf lines = { .pool = c->pool }, all = { .pool = c->pool };
	const char *old, *new = new_path(c, s);
	struct stat st = { 0 };
	int fd;

	put_missing(c, s, &lines);
	if (lines.len == 0)
		return 0;
	old = read_conf(c, s, &st);
	buf_text(&all, old);
	if (all.len > 0 && old[all.len - 1] != '\n')
		buf_char(&all, '\n');
	buf_text(&all, "# waspool setup; waspool.conf(5) has all keys.\n");
	buf_put(&all, lines.s, lines.len);
	unlink(new); /* of a setup that was ended */
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		cli_fail(EX_CANTCREAT, "%s: %s; nothing was changed", new,
		    strerror(errno));
	if ((geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) == -1) ||
	    fchmod(fd, st.st_mode & 07777) == -1 ||
	    write(fd, all.s, all.len) != (ssize_t)all.len || fsync(fd) == -1) {
		int why = errno;

		unlink(new);
		cli_fail(EX_CANTCREAT, "%s: %s; nothing was changed", new,
		    strerror(why));
	}
	close(fd);
	return s->made_conf = 1;
}

void
setup_conf_take(struct cli *c, const struct setup *s)
{
	if (!s->made_conf)
		return;
	if (rename(new_path(c, s), s->conf) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", s->conf, strerror(errno));
	disk_sync_names(conf_folder(c, s));
}

void
setup_conf_drop(struct cli *c, const struct setup *s)
{
	if (s->made_conf)
		unlink(new_path(c, s));
}
