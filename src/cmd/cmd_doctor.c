/*
 * What is wrong, and what to type.  A table of checks: each looks at one thing
 * and answers a sentence; a new one is a function and its row.
 */
#include <inttypes.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "cmd/cmd.h"
#include "cmd/show.h"
#include "cmd/store.h"

#include "inbox/health.h"
#include "inbox/intake.h"
#include "inbox/number.h"
#include "inbox/spool.h"
#include "inbox/stats.h"
#include "inbox/workspace.h"

enum state { OK, WARN, FAIL };

/* What a check found: SAYS, and what to TYPE (NULL: nothing), in the pool. */
struct finding {
	const char *says;
	const char *type;
};

typedef enum state check(struct cli *, struct finding *);

/* What the processor wrote down last: 1, 0 it never did. */
static int
look(struct cli *c, struct health *h)
{
	struct db *db = store_inbox(c, DB_READ);

	return store_ok(c, health_look(db, spool_node(store_spool(c)), h));
}

static enum state
processor(struct cli *c, struct finding *f)
{
	struct health h;

	f->type = "systemctl status waspool-process.service, or crontab -l";
	if (!look(c, &h)) {
		f->says = "no processor has ever worked here";
		return FAIL;
	}
	if (h.seen_at > c->now + HEALTH_CLOCK) {
		f->says = pool_printf(c->pool,
		    "the processor was seen in the future, %s: the clock was "
		    "ahead then, or is behind now",
		    clock_text(c->pool, h.seen_at));
		return FAIL;
	}
	f->says = pool_printf(c->pool, "the processor was last seen %s",
	    clock_text(c->pool, h.seen_at));
	if (c->now - h.seen_at > HEALTH_ILL)
		return FAIL;
	f->type = NULL;
	return OK;
}

static enum state
clock_is_right(struct cli *c, struct finding *f)
{
	struct health h;
	int64_t off;

	look(c, &h);
	off = h.clock_off < 0 ? -h.clock_off : h.clock_off;
	if (off <= HEALTH_CLOCK) {
		f->says = "nothing says that the clock is wrong";
		return OK;
	}
	f->says = pool_printf(c->pool,
	    "the clock of this machine is %" PRId64 " s %s the provider's", off,
	    h.clock_off < 0 ? "behind" : "ahead of");
	f->type = "timedatectl set-ntp true";
	return FAIL;
}

static enum state
disk(struct cli *c, struct finding *f)
{
	const struct config *g = &c->config;
	int64_t left = disk_free(g->state_dir);

	f->says = pool_printf(c->pool, "%" PRId64 " MiB are free where %s is",
	    left >> 20, g->state_dir);
	f->type = pool_printf(c->pool, "df -h %s", g->state_dir);
	if (!disk_has_room(g->state_dir, g->min_free, 0)) {
		f->says = pool_printf(c->pool,
		    "%s; less than WASPOOL_MIN_FREE, deliveries are refused",
		    f->says);
		return FAIL;
	}
	if (!disk_has_room(g->state_dir, g->files_min_free, 0)) {
		f->says = pool_printf(c->pool,
		    "%s; less than WASPOOL_FILES_MIN_FREE, no files are stored",
		    f->says);
		return WARN;
	}
	f->type = NULL;
	return OK;
}

static enum state
quotas(struct cli *c, struct finding *f)
{
	struct db *db = store_inbox(c, DB_READ);
	int64_t after = 0, quota = c->config.files_quota;
	struct workspace *w;
	int n = 0;

	f->says = "every workspace may have more files";
	do {
		store_ok(
		    c, workspace_list(db, c->pool, after, CMD_PAGE, &w, &n));
		for (int i = 0; i < n; i++) {
			after = w[i].id;
			if (quota == 0 || w[i].file_bytes < quota)
				continue;
			f->says = pool_printf(c->pool,
			    "workspace %" PRId64 " has %" PRId64
			    " MiB of files, as many as it may have "
			    "(WASPOOL_FILES_QUOTA): uploads are refused, "
			    "inbound files wait",
			    w[i].id, w[i].file_bytes >> 20);
			f->type = "waspool workspace list";
			return WARN;
		}
	} while (n == CMD_PAGE);
	return OK;
}

static enum state
dead(struct cli *c, struct finding *f)
{
	struct db *db = store_inbox(c, DB_READ);
	const char *node = spool_node(store_spool(c));
	struct held *first;
	struct stats n;
	int found;

	store_ok(c, stats_read(db, node, &n));
	store_ok(
	    c, intake_list(db, c->pool, node, "dead", 0, 1, &first, &found));
	if (found == 0) {
		f->says = "no delivery is dead";
		return OK;
	}
	f->says = pool_printf(c->pool,
	    "%" PRId64 " deliveries are dead, not applied; the first, %" PRId64
	    ", is kept until %s (WASPOOL_KEEP_HELD)",
	    n.dead, first->delivery_id,
	    clock_text(c->pool, first->updated_at + c->config.keep_held));
	f->type = "waspool spool list --state dead";
	return WARN;
}

static enum state
numbers(struct cli *c, struct finding *f)
{
	struct db *db = store_inbox(c, DB_READ);
	struct intake_awaited *l;
	int n;

	store_ok(c, intake_waiting(db, c->pool, "", CMD_PAGE, &l, &n));
	if (n == 0) {
		f->says = "no delivery waits for a number";
		return OK;
	}
	f->says = pool_printf(c->pool,
	    "%s%d numbers and accounts are nobody's, and deliveries wait for "
	    "them: the first is %s",
	    n == CMD_PAGE ? "at least " : "", n, l[0].waits_for);
	f->type = "waspool number waiting";
	return WARN;
}

/* What let in the newest delivery, where workspaces do not trust each other. */
static enum state
tokens(struct cli *c, struct finding *f)
{
	struct db *db = store_inbox(c, DB_READ);
	struct spool *spool = store_spool(c);
	struct spool_delivery d;
	int64_t last, only;

	f->says = "no token speaks for the numbers of several workspaces";
	store_ok(c, spool_last(spool, &last));
	if (last == 0 || store_ok(c, number_only_workspace(db, &only)) == 1 ||
	    store_ok(c, spool_get(spool, c->pool, last, &d)) != 1 ||
	    text_begins(d.credential, "token-of-"))
		return OK;
	f->says = pool_printf(c->pool,
	    "there are several workspaces, and the newest delivery was let in "
	    "by %s, which speaks for the numbers of all of them",
	    d.credential);
	f->type = "waspool webhook token PHONE_NUMBER_ID, for each number";
	return WARN;
}

static const struct {
	const char *name;
	check *look;
} checks[] = {
	{ "processor", processor },
	{ "clock", clock_is_right },
	{ "disk", disk },
	{ "quotas", quotas },
	{ "dead deliveries", dead },
	{ "numbers", numbers },
	{ "webhook tokens", tokens },
};

static void
doctor(struct cli *c)
{
	static const char *const words[] = { "ok", "warn", "fail" };
	struct show *s;
	int bad = 0;

	store_inbox(c, DB_READ);
	s = show_list(c);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding f = { NULL, NULL };
		enum state state = checks[i].look(c, &f);

		bad += state != OK;
		show_row(s);
		show_text(s, "check", checks[i].name);
		show_text(s, "state", words[state]);
		show_text(s, "says", f.says);
		show_text(s, "type", f.type);
	}
	show_end(s);
	if (bad > 0)
		cli_fail(EX_DATAERR, "%d things are not well", bad);
}

const struct cli_verb cmd_doctor[] = {
	{ "", "", 0, 0, "Says what is wrong, and what to type",
	    "Status 0 only when all is well, else 65.", "waspool doctor", NULL,
	    doctor },
	{ 0 },
};
