/*
 * Checks of the four programs behind nginx: does the socket exist, may nginx
 * connect, does the program answer.  The requests change nothing and are not
 * logged.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "cli/doctor/doctor.h"

#define WEBHOOK	      "/api/webhooks/whatsapp"
#define INBOX_WAIT_MS 1000

struct socket_of {
	const char *program;
	const char *path;
	const char *restart;
	int has_inbox; /* the program reads it */
};

/* It is enough that one nginx may connect: another one on this machine is not
 * ours. */
static void
check_nginx_may(struct doctor *d, const struct socket_of *s)
{
	struct doctor_user u[8];
	int n = doctor_nginx(d, u, 8);
	const char *where = NULL;

	for (int i = 0; i < n; i++)
		if (doctor_may(d, &u[i], s->path, W_OK, &where) != 0)
			return;
	if (n == 0)
		return; /* another check says that it does not run */
	doctor_say(d, DOCTOR_FAIL,
	    text_is(where, s->path)
		? doctor_root(d, "chgrp %s %s && %s", u[0].group,
		      doctor_word(d, s->path),
		      doctor_root(d, "chmod 660 %s", doctor_word(d, s->path)))
		: doctor_root(d, "chmod a+x %s", doctor_word(d, where)),
	    "nginx, which runs as %s, may not connect to %s: mode or owner of "
	    "%s",
	    u[0].name, s->path, where);
}

/* 1 when there is a socket. */
static int
check_file_sockets(struct doctor *d, const struct socket_of *s)
{
	struct stat st;

	if (stat(s->path, &st) == -1) {
		if (errno == ENOENT)
			doctor_say(d, DOCTOR_FAIL, s->restart,
			    "there is no socket %s: nginx answers 503",
			    s->path);
		else
			doctor_say(d, DOCTOR_UNKNOWN,
			    doctor_waspool_root(d, "doctor"), "%s: %s", s->path,
			    strerror(errno));
		return 0;
	}
	if (!S_ISSOCK(st.st_mode)) {
		doctor_say(d, DOCTOR_FAIL,
		    pool_printf(d->pool, "%s && %s",
			doctor_root(d, "rm -r %s", doctor_word(d, s->path)),
			s->restart),
		    "%s is no socket", s->path);
		return 0;
	}
	check_nginx_may(d, s);
	return 1;
}

/* 1 when the inbox is on a server that does not answer: whoever reads it cannot
 * serve, and starting it again mends nothing. */
static int
waits_for_inbox(
    struct doctor *d, const struct socket_of *s, const struct doctor_answer *a)
{
	const char *target = config_inbox(&d->config);
	struct db *db;

	if (!s->has_inbox || !db_is_pgsql(target) ||
	    (a->status != 503 && a->error != ETIMEDOUT))
		return 0;
	db = db_open(target, DB_READ, INBOX_WAIT_MS);
	if (db == NULL)
		doctor_say(d, DOCTOR_UNKNOWN, NULL,
		    "%s waits for the database of the inbox, which cannot be "
		    "opened: see there",
		    s->program);
	db_close(db);
	return db == NULL;
}

/* 1 when the program answered. */
static int
check_answer(
    struct doctor *d, const struct socket_of *s, const struct doctor_answer *a)
{
	if (waits_for_inbox(d, s, a))
		return 0;
	if (a->status != 0)
		return 1;
	if (a->error == EACCES)
		doctor_say(d, DOCTOR_UNKNOWN, doctor_waspool_root(d, "doctor"),
		    "could not look: %s: %s", s->path, strerror(a->error));
	else if (a->error == ECONNREFUSED)
		doctor_say(d, DOCTOR_FAIL, s->restart,
		    "nothing listens at %s: %s does not run", s->path,
		    s->program);
	else if (a->error == ETIMEDOUT)
		doctor_say(d, DOCTOR_FAIL, s->restart,
		    "%s does not answer at %s within 2 s", s->program, s->path);
	else if (a->error == EPROTO)
		doctor_say(d, DOCTOR_FAIL, s->restart,
		    "what answers at %s is not %s, or it exited meanwhile",
		    s->path, s->program);
	else
		doctor_say(d, DOCTOR_FAIL, s->restart, "%s: %s", s->path,
		    strerror(a->error));
	return 0;
}

static int
ask_sockets(struct doctor *d, struct socket_of *s, const char *program,
    const char *method, const char *uri, struct doctor_answer *a)
{
	doctor_config(d, CONFIG_WEBHOOK);
	s->program = program;
	s->has_inbox = text_is(program, "actions") ||
		       text_is(program, "realtime") ||
		       text_is(program, "sign-in");
	s->path = config_run_path(
	    &d->config, pool_printf(d->pool, "%s.sock", program));
	s->restart = doctor_restart(d, program);
	if (!check_file_sockets(d, s))
		return 0;
	doctor_ask(d, s->path, method, uri, NULL, a);
	return check_answer(d, s, a);
}

static void
expect(struct doctor *d, const struct socket_of *s,
    const struct doctor_answer *a, int status)
{
	if (a->status != status)
		doctor_say(d, DOCTOR_FAIL, s->restart,
		    "%s answers %d where %d was expected: is it another "
		    "version?",
		    s->program, a->status, status);
	doctor_say(d, DOCTOR_OK, NULL, "it answers at %s", s->path);
}

void
doctor_verify(struct doctor *d)
{
	struct doctor_answer a;
	struct socket_of s;

	/* A GET without hub.mode: webhook-verify answers 400, and logs
	 * nothing. */
	if (ask_sockets(d, &s, "webhook-verify", "GET", WEBHOOK, &a))
		expect(d, &s, &a, 400);
}

/* A valid webhook token; NULL: there is none, or we may not read it. */
static const char *
a_token(struct doctor *d)
{
	const char *token = NULL, *why;
	struct dirent *e;
	DIR *dir;

	if (d->config.webhook_tokens.n > 0)
		return d->config.webhook_tokens.item[0];
	dir = opendir(d->config.token_dir);
	while (dir != NULL && token == NULL && (e = readdir(dir)) != NULL)
		if (secret_file_is_name(e->d_name))
			token = secret_file_read(d->pool,
			    pool_printf(d->pool, "%s/%s", d->config.token_dir,
				e->d_name),
			    SECRET_FILE_GROUP, &why);
	if (dir != NULL)
		closedir(dir);
	return token;
}

void
doctor_webhook_ingest(struct doctor *d)
{
	struct doctor_answer a;
	const char *token;
	struct socket_of s;

	/* webhook-ingest answers 405 to any other GET, and logs nothing. */
	if (!ask_sockets(d, &s, "webhook-ingest", "GET", WEBHOOK, &a))
		return;
	expect(d, &s, &a, 405);
	token = a_token(d);
	if (d->state != DOCTOR_OK || token == NULL)
		return;
	/* nginx' question before it reads a body: nothing is stored. */
	doctor_ask(d, s.path, "POST", "/waspool-judge/webhook", token, &a);
	if (a.status == 401)
		doctor_say(d, DOCTOR_FAIL, s.restart,
		    "the running webhook-ingest does not accept the token of "
		    "the configuration: it was started before the "
		    "configuration was changed");
	else if (a.status >= 500)
		doctor_say(d, DOCTOR_FAIL, s.restart,
		    "webhook-ingest answers %d to a delivery", a.status);
}

void
doctor_actions(struct doctor *d)
{
	struct doctor_answer a;
	struct socket_of s;

	if (!ask_sockets(d, &s, "actions", "GET", "/healthz", &a))
		return;
	/* Other checks say why /healthz is 503; only this one sees that
	 * actions cannot read the inbox. */
	if (a.status == 503 && strstr(a.body, "inbox cannot be read") != NULL)
		doctor_say(
		    d, DOCTOR_FAIL, s.restart, "actions cannot read the inbox");
	else if (a.status == 503)
		a.status = 200;
	expect(d, &s, &a, 200);
}

void
doctor_realtime(struct doctor *d)
{
	struct doctor_answer a;
	struct socket_of s;

	/* A token of nobody, which is not logged:
	 * api/realtime/realtime_serve.c. */
	if (ask_sockets(
		d, &s, "realtime", "GET", "/waspool-judge/realtime", &a))
		expect(d, &s, &a, 401);
}

void
doctor_sign_in(struct doctor *d)
{
	struct doctor_answer a;
	struct socket_of s;

	/* Nobody's, and not logged: api/sign_in/sign_in_serve.c. */
	if (ask_sockets(d, &s, "sign-in", "GET", "/waspool-judge/session", &a))
		expect(d, &s, &a, 204);
}
