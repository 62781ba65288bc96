#include <sys/stat.h>

#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/text.h"
#include "base/wake.h"

#include "spool/spool.h"
#include "spool/spool_move.h"

#include "inbox/contact/book.h"
#include "inbox/contact/book_tag.h"
#include "inbox/conversation/desk.h"
#include "inbox/erasure/erasure.h"
#include "inbox/erasure/export.h"
#include "inbox/erasure/person.h"
#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/media/media.h"
#include "inbox/media/media_care.h"
#include "inbox/media/upload.h"
#include "inbox/media/upload_purge.h"
#include "inbox/message/thread.h"
#include "inbox/message/waiting.h"
#include "inbox/node/discard.h"
#include "inbox/node/health.h"
#include "inbox/node/stats.h"
#include "inbox/outbox/outbox_list.h"
#include "inbox/outbox/post.h"
#include "inbox/workspace/change.h"
#include "inbox/workspace/events.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/register.h"
#include "inbox/workspace/token.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "session/member.h"

#include "cli/cli.h"
#include "cli/store.h"

const char *
store_place(struct cli *c, const char *name)
{
	return text_is(name, "spool.db") ? config_spool_path(&c->config, name)
					 : config_state_path(&c->config, name);
}

const char *
store_path(struct cli *c, const char *name)
{
	const char *path = store_place(c, name);
	const char *old = config_state_path(&c->config, name);

	if (spool_move_is_due(old, path))
		cli_fail(EX_CONFIG, SPOOL_MOVE_TYPE, old, path);
	if (access(path, F_OK) != 0)
		cli_fail(
		    EX_NOINPUT, "there is no %s: type 'waspool init'", path);
	return path;
}

/* Event streams look now instead of within a second. */
static void
tell(void *cli)
{
	struct cli *c = cli;
	struct wake *w =
	    wake_open(config_run_path(&c->config, "realtime.wake"));

	if (w != NULL)
		wake_send(w);
	wake_close(w);
}

struct db *
store_inbox(struct cli *c, enum db_mode mode)
{
	static int (*const prepare[])(struct db *) = { workspace_prepare,
		user_prepare, token_prepare, number_prepare, register_prepare,
		discard_prepare, outbox_list_prepare, events_prepare,
		stats_prepare, media_prepare, media_care_prepare,
		upload_purge_prepare, job_prepare, erasure_prepare,
		person_prepare, export_prepare, health_prepare };
	size_t i;

	if (c->inbox != NULL)
		return c->inbox;
	c->inbox =
	    inbox_open(store_path(c, "inbox.db"), mode, (int)c->config.wait_ms);
	if (c->inbox == NULL)
		cli_fail(EX_UNAVAILABLE, "the inbox cannot be opened");
	for (i = 0; i < sizeof(prepare) / sizeof(prepare[0]); i++)
		if (prepare[i](c->inbox) != 0)
			cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	db_on_commit(c->inbox, tell, c);
	return c->inbox;
}

struct db *
store_member(struct cli *c)
{
	static member_sql *const tables[] = { book_sql, book_tag_sql,
		change_sql, desk_sql, post_sql, post_to_sql, thread_sql,
		upload_sql, waiting_sql };
	int64_t workspace;

	if (c->member != NULL)
		return member_handle(c->member);
	store_inbox(c, DB_READ);
	workspace = store_workspace(c, cli_option(c, "workspace"));
	c->member =
	    member_open(store_path(c, "inbox.db"), (int)c->config.wait_ms);
	if (c->member == NULL)
		cli_fail(EX_UNAVAILABLE, "the inbox cannot be opened");
	if (member_seal(
		c->member, tables, sizeof(tables) / sizeof(tables[0])) != 0)
		cli_fail(EX_SOFTWARE, "the inbox is not as expected");
	db_on_commit(member_handle(c->member), tell, c);
	member_serve(c->member, workspace, 0);
	return member_handle(c->member);
}

struct spool *
store_spool(struct cli *c)
{
	if (c->spool != NULL)
		return c->spool;
	c->spool = spool_open_reader(
	    store_path(c, "spool.db"), (int)c->config.wait_ms);
	if (c->spool == NULL)
		cli_fail(EX_UNAVAILABLE, "the spool cannot be opened");
	return c->spool;
}

void
store_room(struct cli *c, const char *dir, int64_t bytes)
{
	int64_t stays = 0, left = disk_free(dir);

	if (disk_is_one(dir, c->config.state_dir) ||
	    disk_is_one(dir, c->config.spool_dir))
		stays = c->config.files_min_free;
	if (left != -1 && left - bytes < stays)
		cli_fail(EX_CANTCREAT,
		    "%lld bytes are free in %s; the copy has %lld, and %lld "
		    "stay free there for deliveries (WASPOOL_FILES_MIN_FREE)",
		    (long long)left, dir, (long long)bytes, (long long)stays);
}

int
store_ok(struct cli *c, int rc)
{
	if (rc < 0)
		store_fail(c->inbox);
	return rc;
}

void
store_fail(struct db *db)
{
	if (db != NULL && db_error(db) == DB_BUSY)
		cli_fail(EX_TEMPFAIL, "the inbox is busy; try again");
	if (db != NULL && db_error(db) == DB_FULL)
		cli_fail(EX_IOERR, "the disk is full; nothing was changed");
	cli_fail(EX_IOERR, "the database failed; nothing was changed");
}

void
store_begin(struct cli *c)
{
	store_ok(c, db_begin_step(c->inbox));
}

void
store_commit(struct cli *c)
{
	store_ok(c, db_commit(c->inbox));
}

void
store_wake(struct cli *c)
{
	struct wake *w = wake_open(config_run_path(&c->config, "process.wake"));

	if (w != NULL)
		wake_send(w);
	wake_close(w);
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
store_workspace(struct cli *c, const char *s)
{
	struct workspace *list, one;
	int64_t id;
	int n;

	if (s != NULL) {
		id = cli_number(c, s, "a workspace");
		if (!store_ok(c, workspace_get(c->inbox, c->pool, id, &one)))
			cli_fail(EX_DATAERR,
			    "there is no workspace %lld: 'waspool workspace "
			    "list' has them",
			    (long long)id);
		if (one.removing)
			cli_fail(EX_DATAERR, "workspace %lld is being removed",
			    (long long)id);
		return id;
	}
	store_ok(c, workspace_list(c->inbox, c->pool, 0, 2, &list, &n));
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

void
store_user(struct cli *c, const char *email, struct user *u)
{
	if (!store_ok(c, user_find(c->inbox, c->pool, email, u)))
		cli_fail(EX_DATAERR,
		    "nobody has the address %s: type "
		    "'waspool user add %s NAME'",
		    email, email);
}

void
store_close(struct cli *c)
{
	spool_close(c->spool);
	member_close(c->member);
	db_close(c->inbox);
	c->member = NULL;
	c->spool = NULL;
	c->inbox = NULL;
}
