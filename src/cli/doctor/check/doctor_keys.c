/*
 * Checks of files with secrets: the API key of each number, and webhook tokens
 * of numbers.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"

#include "process/send/keys.h"

#include "cli/cmd.h"
#include "cli/doctor/doctor.h"

#define TOKEN_MIN 16 /* cgi-bin/token_files.h */

static const char *
install(struct doctor *d, const struct doctor_user *u, const char *path)
{
	return doctor_root(d, "install -m 600 -o %s -g %s /dev/stdin %s",
	    u->name, u->group, doctor_word(d, path));
}

/* Checks owner and mode of a file with a secret: 1 right, 0 reported. */
static int
check_file_keys(struct doctor *d, const struct doctor_user *u,
    const char *group, const char *path, const struct stat *st)
{
	const char *word = doctor_word(d, path);
	unsigned mode = text_is(group, u->group) ? 0600 : 0640;

	if (!S_ISREG(st->st_mode))
		doctor_say(d, DOCTOR_FAIL, doctor_root(d, "rm -r %s", word),
		    "%s is no file", path);
	else if (st->st_uid != u->uid)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chown %s:%s %s && %s", u->name, group, word,
			doctor_root(d, "chmod %o %s", mode, word)),
		    "%s is not %s's", path, u->name);
	else if ((st->st_mode & 077 & ~mode) != 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chmod %o %s", mode, word),
		    "others may read %s (mode %04o), so it is not used", path,
		    (unsigned)st->st_mode & 07777);
	else
		return 1;
	return 0;
}

/* Reports why number ID has no key. */
static void
check_key(struct doctor *d, const struct doctor_user *u, const char *id,
    const char *why)
{
	const char *path = pool_printf(d->pool, "%s/%s", d->config.key_dir, id);
	struct stat st;

	if (stat(path, &st) == -1 && errno == ENOENT) {
		doctor_say(d, DOCTOR_FAIL, install(d, u, path),
		    "number %s has no API key: it sends and downloads nothing; "
		    "the command waits for the key: paste it, Enter, Ctrl-D",
		    id);
		return;
	}
	if (stat(path, &st) == -1) {
		doctor_say(d, DOCTOR_UNKNOWN, doctor_waspool_root(d, "doctor"),
		    "%s: %s", path, strerror(errno));
		return;
	}
	if (!check_file_keys(d, u, u->group, path, &st))
		return;
	if (access(path, R_OK) == -1)
		doctor_say(d, DOCTOR_UNKNOWN, doctor_waspool_root(d, "doctor"),
		    "%s: %s", path, strerror(errno));
	else
		doctor_say(d, DOCTOR_FAIL, install(d, u, path),
		    "%s; the command waits for the key: paste it, Enter, "
		    "Ctrl-D",
		    why);
}

void
doctor_keys(struct doctor *d)
{
	struct provider_account account;
	struct keys keys;
	struct doctor_user u;
	struct number *list;
	int64_t after = 0;
	int n, all = 0;

	doctor_config(d, CONFIG_API);
	doctor_programs(d, &u);
	keys_open(&keys, doctor_inbox(d), &d->config);
	if (db_prepare_all(keys.db, &number_statements) == -1 ||
	    db_prepare_all(keys.db, &number_admin_statements) == -1)
		_exit(1);
	do {
		if (number_admin_list(
			keys.db, d->pool, after, CMD_PAGE, &list, &n) == -1)
			_exit(1);
		for (int i = 0; i < n; i++, all++) {
			const char *id = list[i].phone_number_id, *why;
			const char *path =
			    pool_printf(d->pool, "%s/%s", keys.dir, id);
			struct stat st;

			after = list[i].id;
			if (keys_account(&keys, d->pool, id, list[i].provider,
				&account, &why) == -1)
				check_key(d, &u, id, why);
			else if (stat(path, &st) == 0)
				check_file_keys(d, &u, u.group, path, &st);
		}
	} while (n == CMD_PAGE);
	doctor_say(d, DOCTOR_OK, NULL, "%d numbers, each with its key", all);
}

void
doctor_tokens(struct doctor *d)
{
	const char *dir_path, *path, *why, *token;
	struct doctor_user u, ingest;
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int n = 0;

	doctor_config(d, 0);
	doctor_programs(d, &u);
	doctor_ingest(d, &ingest);
	dir_path = d->config.token_dir;
	dir = opendir(dir_path);
	if (dir == NULL && errno != ENOENT)
		doctor_say(d, DOCTOR_UNKNOWN, doctor_waspool_root(d, "doctor"),
		    "%s: %s", dir_path, strerror(errno));
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		path = pool_printf(d->pool, "%s/%s", dir_path, e->d_name);
		if (stat(path, &st) == -1 ||
		    !check_file_keys(d, &u, ingest.group, path, &st))
			continue;
		token =
		    secret_file_read(d->pool, path, SECRET_FILE_GROUP, &why);
		if (token != NULL && strlen(token) >= TOKEN_MIN)
			continue;
		doctor_say(d, DOCTOR_FAIL,
		    doctor_waspool_root(
			d, pool_printf(d->pool, "webhook token %s", e->d_name)),
		    "%s has no token of %d characters; set the new one at the "
		    "provider with 'waspool webhook set'",
		    path, TOKEN_MIN);
	}
	if (dir != NULL)
		closedir(dir);
	if (n == 0)
		doctor_say(
		    d, DOCTOR_OK, NULL, "no number has a token of its own");
	doctor_say(d, DOCTOR_OK, NULL, "%d tokens of numbers", n);
}
