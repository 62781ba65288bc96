/*
 * Checks of the configuration: does it exist, is it valid, who may read it,
 * does what it names exist.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/workspace.h"

#include "cli/doctor/doctor.h"

#define SECRETS	 (CONFIG_VERIFY | CONFIG_WEBHOOK | CONFIG_API)
#define NEW_WORD "$(od -An -N16 -tx1 /dev/urandom | tr -d \" \\n\")"

static void
load_config(struct doctor *d)
{
	doctor_config(d, SECRETS);
}

/* The command that comments out the wrong line, from "FILE line 7: …": then the
 * default holds. */
static const char *
without_line(struct doctor *d, const char *says)
{
	const char *at = strstr(says, " line ");
	int line = at != NULL ? atoi(at + strlen(" line ")) : 0;

	if (line <= 0)
		return NULL;
	return doctor_root(d, "sed -i '%ds/^/#/' %s", line,
	    doctor_word(d, doctor_config_path()));
}

/* 1 when it can be loaded. */
static int
try_it(struct doctor *d)
{
	const struct doctor_row row = { d->name, load_config };
	static const char before[] = "could not look: ";
	struct doctor_result r;
	const char *says;

	doctor_run(d->pool, &row, 1, 0, d->now, &r);
	if (r.state == DOCTOR_OK)
		return 1;
	says = r.says + (text_begins(r.says, before) ? strlen(before) : 0);
	if (access(doctor_config_path(), R_OK) == -1 && errno == EACCES)
		doctor_say(d, DOCTOR_UNKNOWN, doctor_waspool_root(d, "doctor"),
		    "could not look: %s", says);
	else
		doctor_say(d, DOCTOR_FAIL, without_line(d, says), "%s", says);
	return 0;
}

static void
check_readable(struct doctor *d, const struct doctor_user *u, const char *group,
    const char *program)
{
	const char *path = doctor_config_path(), *where;
	struct stat st;

	if (doctor_may(d, u, path, R_OK, &where) != 0)
		return;
	if (stat(where, &st) == 0 && S_ISDIR(st.st_mode))
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chmod a+x %s", doctor_word(d, where)),
		    "%s, which runs as %s, may not read %s: not even pass %s",
		    program, u->name, path, where);
	else
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chgrp %s %s && %s", group,
			doctor_word(d, path),
			doctor_root(d, "chmod 640 %s", doctor_word(d, path))),
		    "%s, which runs as %s, may not read %s", program, u->name,
		    path);
}

/* Token files of numbers let deliveries in, too. */
static int
has_token_file(struct doctor *d)
{
	DIR *dir = opendir(d->config.token_dir);
	struct dirent *e;
	int found = 0;

	while (dir != NULL && !found && (e = readdir(dir)) != NULL)
		found = secret_file_is_name(e->d_name);
	if (dir != NULL)
		closedir(dir);
	return found;
}

static void
check_secrets_are_there(struct doctor *d)
{
	const struct config *c = &d->config;

	if (c->verify_token == NULL)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_append(d, "WHATSAPP_WEBHOOK_VERIFY_TOKEN=" NEW_WORD),
		    "WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set: webhook-verify "
		    "does not start");
	if (c->webhook_tokens.n == 0 && c->app_secrets.n == 0 &&
	    !c->webhook_auth_none && !has_token_file(d))
		doctor_say(d, DOCTOR_FAIL,
		    doctor_append(d, "WHATSAPP_WEBHOOK_TOKEN=" NEW_WORD),
		    "there is no webhook token and no app secret: "
		    "webhook-ingest does not start");
}

void
doctor_configuration(struct doctor *d)
{
	const char *path = doctor_config_path();
	struct doctor_user u, ingest;

	if (!try_it(d))
		return;
	load_config(d);
	if (access(path, F_OK) == -1 && errno == ENOENT &&
	    d->config.verify_token == NULL) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d,
			"install -D -m 640 %s/waspool.conf.sample %s", DOCDIR,
			path),
		    "there is no %s", path);
		return;
	}
	doctor_programs(d, &u);
	doctor_ingest(d, &ingest);
	check_readable(d, &u, ingest.group, "waspool-process");
	if (ingest.uid != u.uid)
		check_readable(d, &ingest, ingest.group, "webhook-ingest");
	check_secrets_are_there(d);
	if (access(path, F_OK) == -1)
		doctor_say(d, DOCTOR_OK, NULL,
		    "it is valid, and comes from the environment");
	doctor_say(d, DOCTOR_OK, NULL, "%s is valid", path);
}

/* ------------------------------------------------------- who reads secrets */

static void
check_word(struct doctor *d, const char *key, const char *word)
{
	static const char *const samples[] = { "…", "...", "changeme", "secret",
		"TOKEN", "KEY", NULL };

	if (word != NULL && text_among(word, samples))
		doctor_say(d, DOCTOR_FAIL, NULL,
		    "%s in %s is an example's, not a secret", key,
		    doctor_config_path());
}

/* A key that webhook-ingest can read is lost when somebody breaks into it. */
static void
check_key_apart(struct doctor *d)
{
	const char *file = doctor_word(d, doctor_config_path());
	const char *number = d->config.phone_number_id;
	struct doctor_user u, ingest;

	doctor_programs(d, &u);
	doctor_ingest(d, &ingest);
	if (d->config.api_key == NULL || u.uid == ingest.uid || number == NULL)
		return;
	doctor_say(d, DOCTOR_WARN,
	    doctor_root(d,
		"sh -c \"sed -n 's/^WHATSAPP_360_API_KEY=//p' %s | install -m "
		"600 -o %s -g %s /dev/stdin %s/%s && sed -i "
		"'/^WHATSAPP_360_API_KEY=/d' %s\"",
		file, u.name, u.group, doctor_word(d, d->config.key_dir),
		number, file),
	    "WHATSAPP_360_API_KEY is in a file that webhook-ingest reads, too: "
	    "in a file of its own it is safe from somebody who breaks into "
	    "webhook-ingest");
}

void
doctor_secrets(struct doctor *d)
{
	const char *path = doctor_config_path();
	struct stat st;

	doctor_config(d, SECRETS);
	if (stat(path, &st) == 0 && (st.st_mode & 07) != 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chmod o-rwx %s", doctor_word(d, path)),
		    "%s holds secrets, and everybody on this machine may read "
		    "it",
		    path);
	if (stat(path, &st) == 0 && (st.st_mode & 020) != 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "chmod g-w %s", doctor_word(d, path)),
		    "a group may write %s", path);
	check_word(d, "WHATSAPP_360_API_KEY", d->config.api_key);
	check_word(d, "WHATSAPP_WEBHOOK_VERIFY_TOKEN", d->config.verify_token);
	for (int i = 0; i < d->config.webhook_tokens.n; i++)
		check_word(d, "WHATSAPP_WEBHOOK_TOKEN",
		    d->config.webhook_tokens.item[i]);
	check_key_apart(d);
	doctor_say(
	    d, DOCTOR_OK, NULL, "only our programs may read the secrets");
}

void
doctor_workspace(struct doctor *d)
{
	struct workspace w, *list;
	struct db *db;
	int n = 0, rc;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &workspace_statements) == -1 ||
	    workspace_list(db, d->pool, 0, 1, &list, &n) == -1)
		_exit(1);
	if (n == 0) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_waspool(d, "workspace add Inbox"),
		    "there is no workspace: deliveries wait");
		return;
	}
	if (d->config.default_workspace == 0) {
		doctor_say(d, DOCTOR_OK, NULL,
		    "there is a workspace, and no default one");
		return;
	}
	rc = workspace_get(db, d->pool, d->config.default_workspace, &w);
	if (rc == 0)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d,
			"sed -i 's/^WHATSAPP_DEFAULT_WORKSPACE_ID=.*/"
			"WHATSAPP_DEFAULT_WORKSPACE_ID=%" PRId64 "/' %s",
			list[0].id, doctor_word(d, doctor_config_path())),
		    "WHATSAPP_DEFAULT_WORKSPACE_ID is %" PRId64
		    ", and there is no such workspace; the first is %" PRId64,
		    d->config.default_workspace, list[0].id);
	doctor_say(d, DOCTOR_OK, NULL, "workspace %" PRId64 " exists",
	    d->config.default_workspace);
}
