/*
 * Opens the databases of a command, when each is first needed.  Commands for
 * administration get a connection that sees everything; those that do what a
 * member could do (send, import contacts) get a session of the workspace of
 * --workspace.
 */
#include <sys/stat.h>

#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/notify.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "spool/spool.h"
#include "spool/spool_move.h"

#include "inbox/account/account.h"
#include "inbox/account/invitation.h"
#include "inbox/account/login.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/erasure/erasure.h"
#include "inbox/erasure/export.h"
#include "inbox/erasure/person.h"
#include "inbox/hours/workspace_setting.h"
#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/media/media.h"
#include "inbox/media/media_admin.h"
#include "inbox/media/upload.h"
#include "inbox/media/upload_purge.h"
#include "inbox/message/message_list.h"
#include "inbox/message/wait_reason.h"
#include "inbox/node/delivery_discard.h"
#include "inbox/node/health.h"
#include "inbox/node/stats.h"
#include "inbox/outbox/outbox_list.h"
#include "inbox/outbox/submit.h"
#include "inbox/search/search.h"
#include "inbox/search/search_progress.h"
#include "inbox/workspace/change.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"
#include "inbox/workspace/token.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"
#include "inbox/workspace/workspace_event.h"
#include "inbox/workspace/workspace_event_list.h"

#include "session/session.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/cmd.h"

static const struct statements cli_statements = {
	.also = STATEMENTS(&workspace_statements, &workspace_setting_statements,
	    &workspace_audit_store_statements, &workspace_event_statements,
	    &user_statements, &token_statements, &account_statements,
	    &login_statements, &invitation_statements, &number_statements,
	    &number_admin_statements, &delivery_discard_statements,
	    &outbox_list_statements, &workspace_event_list_statements,
	    &stats_statements, &media_statements, &media_admin_statements,
	    &upload_purge_statements, &job_statements, &erasure_statements,
	    &person_statements, &export_statements, &health_put_statements,
	    &search_progress_statements)
};

/* What a member may do. */
static const struct statements cli_member_statements = {
	.also = STATEMENTS(&contact_statements, &contact_tag_statements,
	    &change_statements, &conversation_statements, &submit_statements,
	    &submit_to_statements, &message_list_statements, &upload_statements,
	    &search_statements, &wait_reason_statements)
};

const char *
cli_db_place(struct cli *c, const char *name)
{
	return text_is(name, "spool.db") ? config_spool_path(&c->config, name)
	       : text_is(name, "inbox.db")
		   ? config_inbox(&c->config)
		   : config_state_path(&c->config, name);
}

void
cli_db_file(struct cli *c, const char *instead)
{
	const char *target = config_inbox(&c->config);

	if (db_is_pgsql(target))
		cli_fail(EX_UNAVAILABLE, "the inbox is %s, and no file: %s",
		    db_shown(c->pool, target), instead);
}

const char *
cli_db_path(struct cli *c, const char *name)
{
	const char *path = cli_db_place(c, name);
	const char *old = config_state_path(&c->config, name);

	if (db_is_pgsql(path))
		return path;
	if (spool_move_is_due(old, path))
		cli_fail(EX_CONFIG, SPOOL_MOVE_TYPE, old, path);
	if (access(path, F_OK) != 0)
		cli_fail(
		    EX_NOINPUT, "there is no %s: type 'waspool init'", path);
	return path;
}

static void
close_all(struct cli *c)
{
	spool_close(c->spool);
	session_close(c->member);
	db_close(c->inbox);
	c->member = NULL;
	c->spool = NULL;
	c->inbox = NULL;
}

/* Wakes the event streams, which would else poll within a second. */
static void
tell_cli(void *cli)
{
	struct cli *c = cli;
	struct notify *w =
	    notify_open(config_run_path(&c->config, "realtime.wake"));

	if (w != NULL)
		notify_send(w);
	notify_close(w);
}

struct db *
cli_db_inbox(struct cli *c, enum db_mode mode)
{
	if (c->inbox != NULL)
		return c->inbox;
	c->at_exit = close_all;
	c->inbox = inbox_open(
	    cli_db_path(c, "inbox.db"), mode, (int)c->config.wait_ms);
	if (c->inbox == NULL)
		cli_fail(EX_UNAVAILABLE, "the inbox cannot be opened");
	/* With an index that is damaged all but what names it works: the rest
	 * is prepared when it is needed. */
	if (db_prepare_all(c->inbox, &cli_statements) == -1 &&
	    db_error(c->inbox) != DB_INDEX)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	db_on_commit(c->inbox, tell_cli, c);
	return c->inbox;
}

struct session *
cli_db_seal(struct cli *c, const struct statements *statements)
{
	int64_t workspace;

	if (c->member != NULL)
		return c->member;
	cli_db_inbox(c, DB_READ);
	workspace = cli_db_workspace(c, cli_option(c, "workspace"));
	c->member =
	    session_open(cli_db_path(c, "inbox.db"), (int)c->config.wait_ms);
	if (c->member == NULL)
		cli_fail(EX_UNAVAILABLE, "the inbox cannot be opened");
	if (session_seal(c->member, statements) == -1)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	session_on_commit(c->member, tell_cli, c);
	session_serve(c->member, workspace, 0);
	return c->member;
}

struct session *
cli_db_member(struct cli *c)
{
	return cli_db_seal(c, &cli_member_statements);
}

struct spool *
cli_db_spool(struct cli *c)
{
	if (c->spool != NULL)
		return c->spool;
	c->at_exit = close_all;
	c->spool = spool_open_reader(
	    cli_db_path(c, "spool.db"), (int)c->config.wait_ms);
	if (c->spool == NULL)
		cli_fail(EX_UNAVAILABLE, "the spool cannot be opened");
	return c->spool;
}

void
cli_db_room(struct cli *c, const char *dir, int64_t bytes)
{
	int64_t stays = 0, left = disk_free(dir);

	if (disk_is_one(dir, c->config.state_dir) ||
	    disk_is_one(dir, c->config.spool_dir))
		stays = c->config.files_min_free;
	if (left != -1 && left - bytes < stays)
		cli_fail(EX_CANTCREAT,
		    "%lld bytes are free in %s; the copy needs %lld, and %lld "
		    "must stay free there for deliveries "
		    "(WASPOOL_FILES_MIN_FREE)",
		    (long long)left, dir, (long long)bytes, (long long)stays);
}

int
cli_db_ok(struct cli *c, int rc)
{
	enum db_error why = DB_OK;

	if (rc >= 0)
		return rc;
	if (c->member != NULL)
		why = session_error(c->member);
	if (why == DB_OK && c->inbox != NULL)
		why = db_error(c->inbox);
	cli_db_fail(why);
}

void
cli_db_fail(enum db_error why)
{
	if (why == DB_BUSY)
		cli_fail(EX_TEMPFAIL, "the inbox is busy; try again");
	if (why == DB_FULL)
		cli_fail(EX_IOERR, "the disk is full; nothing was changed");
	cli_fail(EX_IOERR, "the database failed; nothing was changed");
}

void
cli_db_begin(struct cli *c)
{
	cli_db_ok(c, db_begin_step(c->inbox));
}

void
cli_db_commit(struct cli *c)
{
	cli_db_ok(c, db_commit(c->inbox));
}

void
cli_db_begin_member(struct session *m)
{
	if (session_begin(m) == -1)
		cli_db_fail(session_error(m));
}

void
cli_db_commit_member(struct session *m)
{
	if (session_commit(m) == -1)
		cli_db_fail(session_error(m));
}

void
cli_db_wake(struct cli *c)
{
	struct notify *w =
	    notify_open(config_run_path(&c->config, "process.wake"));

	if (w != NULL)
		notify_send(w);
	notify_close(w);
}

/* Else it is an argument. */
static int
has_option(const struct cli *c, const char *name)
{
	const struct cli_option *o = c->verb->options;

	while (o != NULL && o->name != NULL && !text_is(o->name, name))
		o++;
	return o != NULL && o->name != NULL;
}

int64_t
cli_db_workspace(struct cli *c, const char *s)
{
	struct workspace *list, one;
	int64_t id;
	int n;

	if (s != NULL) {
		id = cli_number(c, s, "a workspace");
		if (!cli_db_ok(c, workspace_get(c->inbox, c->pool, id, &one)))
			cli_fail(EX_DATAERR,
			    "there is no workspace %lld: 'waspool workspace "
			    "list' has them",
			    (long long)id);
		if (one.removing)
			cli_fail(EX_DATAERR, "workspace %lld is being removed",
			    (long long)id);
		return id;
	}
	cli_db_ok(c, workspace_list(c->inbox, c->pool, 0, 2, &list, &n));
	if (n == 0)
		cli_fail(EX_DATAERR, "there is no workspace yet: "
				     "type 'waspool workspace add NAME'");
	if (n > 1)
		cli_usage(c,
		    "there are several workspaces: say which with %s "
		    "('waspool workspace list' has them)",
		    has_option(c, "workspace") ? "--workspace ID" : "its id");
	return list[0].id;
}

int64_t
cli_db_workspace_named(struct cli *c, const char *name)
{
	struct workspace *w;
	int64_t after = 0;
	int i, n;

	do {
		cli_db_ok(c,
		    workspace_list(c->inbox, c->pool, after, CMD_PAGE, &w, &n));
		for (i = 0; i < n; after = w[i++].id)
			if (!w[i].removing && strcasecmp(w[i].name, name) == 0)
				return w[i].id;
	} while (n == CMD_PAGE);
	return 0;
}

void
cli_db_user(struct cli *c, const char *email, struct user *u)
{
	if (!cli_db_ok(c, user_find(c->inbox, c->pool, email, u)))
		cli_fail(EX_DATAERR,
		    "no user has the address %s: type 'waspool user add %s "
		    "NAME'",
		    email, email);
}
