/*
 * What the programs' user does: folders and databases, the workspace, its first
 * person and the number in one transaction, and the number's key.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "inbox/account/invitation.h"
#include "inbox/account/invitation_link.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/node/delivery_state.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/setup/setup.h"

static void
keep_text(char *to, const char *s)
{
	snprintf(to, SETUP_TEXT_MAX, "%s", s != NULL ? s : "");
}

void
setup_look(struct cli *c, struct setup *s)
{
	const char *path = cli_db_place(c, "inbox.db");
	struct workspace *w;
	struct number *number;
	struct user *u;
	int n;

	if (!db_is_pgsql(path) && access(path, F_OK) == -1)
		return;
	cli_db_inbox(c, DB_READ);
	cli_db_ok(c, workspace_list(c->inbox, c->pool, 0, 1, &w, &n));
	keep_text(s->done->workspace, n > 0 ? w[0].name : NULL);
	cli_db_ok(c, user_list(c->inbox, c->pool, 0, 1, &u, &n));
	keep_text(s->done->email, n > 0 ? u[0].email : NULL);
	keep_text(s->done->name, n > 0 ? u[0].name : NULL);
	cli_db_ok(c, number_admin_list(c->inbox, c->pool, 0, 1, &number, &n));
	keep_text(s->done->number, n > 0 ? number[0].phone_number_id : NULL);
	keep_text(s->done->provider, n > 0 ? number[0].provider : NULL);
}

static const char *
key_path(struct cli *c, const struct setup *s)
{
	return pool_printf(c->pool, "%s/%s", c->config.key_dir, s->number);
}

static const char *
key_new(struct cli *c)
{
	return pool_printf(c->pool, "%s/.new", c->config.key_dir);
}

/* Writes the key beside its place; 1 when it is another one than is there. */
static int
write_key(struct cli *c, const struct setup *s)
{
	const char *why, *new = key_new(c);
	const char *line, *old;
	int fd;

	old =
	    secret_file_read(c->pool, key_path(c, s), SECRET_FILE_OWNER, &why);
	if (s->key == NULL && old == NULL)
		cli_fail(EX_CONFIG, "%s",
		    why != NULL ? why : "the number has no key: --key-file");
	if (s->key == NULL || text_is(s->key, old))
		return 0;
	line = pool_printf(c->pool, "%s\n", s->key);
	unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 ||
	    write(fd, line, strlen(line)) != (ssize_t)strlen(line) ||
	    fsync(fd) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", new, strerror(errno));
	close(fd);
	return 1;
}

static void
put_workspace(struct cli *c, struct setup *s)
{
	s->done->workspace_id = cli_db_workspace_named(c, s->workspace);
	if (s->done->workspace_id != 0)
		return;
	cli_db_ok(c, workspace_add(c->inbox, s->workspace, c->now,
			 &s->done->workspace_id));
	s->done->made_workspace = 1;
}

/* A link for who is new: who is there has a password, or a link. */
static void
invite(struct cli *c, struct setup *s)
{
	int64_t expires_at;
	const char *secret = invitation_create(
	    c->inbox, c->pool, s->email, s->name, c->now, &expires_at);

	cli_db_ok(c, secret == NULL ? -1 : 0);
	c->config.url = s->url;
	snprintf(s->done->link, sizeof(s->done->link), "%s",
	    invitation_link(&c->config, c->pool, secret));
}

static void
put_person(struct cli *c, struct setup *s)
{
	struct workspace_audit entry = { .kind = WORKSPACE_AUDIT_MEMBER,
		.workspace_id = s->done->workspace_id,
		.at = c->now,
		.to = "owner" };
	struct workspace_member m;
	struct user u;
	int64_t id;

	s->done->made_user =
	    cli_db_ok(c, user_add(c->inbox, s->email, s->name, c->now, &id));
	cli_db_user(c, s->email, &u);
	if (s->done->made_user)
		invite(c, s);
	if (cli_db_ok(c, workspace_get_member(c->inbox, c->pool,
			     s->done->workspace_id, u.id, &m)))
		return;
	entry.user_id = u.id;
	cli_db_ok(c, workspace_audit_put(c->inbox, &entry));
	cli_db_ok(c, workspace_put_member(c->inbox, s->done->workspace_id, u.id,
			 "owner", c->now));
	s->done->made_member = 1;
}

/* The number is another one's, or otherwise: nothing is changed by the way. */
static void
refuse_setup(const struct setup *s, const struct number *n)
{
	if (n->workspace_id != s->done->workspace_id)
		cli_fail(EX_DATAERR,
		    "the number %s belongs to workspace %lld, and nothing was "
		    "changed; to move it: waspool number move",
		    s->number, (long long)n->workspace_id);
	if (!text_is(n->provider, s->provider))
		cli_fail(EX_DATAERR,
		    "the number %s has its provider, %s, and nothing was "
		    "changed; to change that: waspool number provider %s %s",
		    s->number, n->provider, s->number, s->provider);
}

static void
put_our_number(struct cli *c, struct setup *s)
{
	struct number n;

	if (cli_db_ok(c, number_admin_get(c->inbox, c->pool, s->number, &n)) &&
	    n.registered) {
		refuse_setup(s, &n);
		return;
	}
	cli_db_ok(c, number_admin_add(c->inbox, s->done->workspace_id,
			 s->number, NULL, s->provider, c->now));
	cli_db_ok(c, number_admin_get(c->inbox, c->pool, s->number, &n));
	refuse_setup(s, &n);
	cli_db_ok(c, delivery_state_arrived(c->inbox,
			 delivery_state_number(c->pool, s->number), c->now));
	if (s->account != NULL) {
		cli_db_ok(c, number_learn(c->inbox, n.id, s->account, NULL));
		cli_db_ok(c,
		    delivery_state_arrived(c->inbox,
			delivery_state_account(c->pool, s->account), c->now));
	}
	s->done->made_number = 1;
}

void
setup_rows(struct cli *c, struct setup *s)
{
	int made_key;

	setup_verb(c, cmd_init, "", NULL, NULL);
	cli_db_inbox(c, DB_WRITE);
	cli_db_begin(c);
	put_workspace(c, s);
	put_person(c, s);
	put_our_number(c, s);
	made_key = write_key(c, s);
	cli_db_commit(c);
	if (made_key && rename(key_new(c), key_path(c, s)) == -1)
		cli_fail(
		    EX_CANTCREAT, "%s: %s", key_path(c, s), strerror(errno));
	disk_sync_names(c->config.key_dir);
	s->done->made_key = made_key;
	cli_db_wake(c);
}
