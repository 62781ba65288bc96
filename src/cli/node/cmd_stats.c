/*
 * waspool stats: counts of rows, files and bytes, and the processor's cursor.
 */
#include <sys/stat.h>

#include "spool/spool.h"

#include "inbox/media/media.h"
#include "inbox/node/delivery_state.h"
#include "inbox/node/stats.h"
#include "inbox/search/search_progress.h"

#include "process/download/download_result.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"

static int64_t
wal_size(struct cli *c, const char *name)
{
	struct stat st;

	return stat(config_spool_path(&c->config, name), &st) == 0
		   ? (int64_t)st.st_size
		   : 0;
}

static void
spool(struct cli *c, struct output *s, struct spool *sp,
    const struct stats *inbox)
{
	struct spool_delivery *newest;
	int64_t deliveries, bytes, cursor, seen_at, waiting, oldest_at;
	int n;

	cli_db_ok(c, spool_count(sp, &deliveries, &bytes));
	cli_db_ok(c, spool_list(sp, c->pool, 0, 1, &newest, &n));
	cli_db_ok(c,
	    delivery_state_cursor(c->inbox, spool_node(sp), &cursor, &seen_at));
	cli_db_ok(c, spool_waiting(sp, c->pool, cursor, &waiting, &oldest_at));
	output_section(s, "spool");
	output_int(s, "deliveries", deliveries);
	output_int(s, "bytes", bytes);
	output_int(s, "newest_id", n == 0 ? 0 : newest->id);
	output_time(s, "newest_at", n == 0 ? 0 : newest->received_at);
	output_int(s, "cursor", cursor);
	output_int(s, "waiting", waiting);
	output_int(s, "deferred", inbox->deferred);
	output_int(s, "dead", inbox->dead);
	output_int(s, "wal_bytes", wal_size(c, "spool.db-wal"));
	output_time(s, "processor_seen_at", seen_at);
}

static void
media(struct cli *c, struct output *s)
{
	struct media_counts n;

	cli_db_ok(c, media_count(c->inbox, c->now, DOWNLOAD_ERRORS_MAX, &n));
	output_section(s, "media");
	output_int(s, "pending", n.pending);
	output_int(s, "stored", n.stored);
	output_int(s, "failed", n.failed);
	output_int(s, "missing", n.missing);
	output_int(s, "numbers_refused", n.blocked);
}

/* Seconds are about, and -1 until the processor has begun. */
static void
search(struct cli *c, struct output *s)
{
	struct search_progress p;

	cli_db_ok(c, search_progress_read(c->inbox, c->now, &p));
	output_section(s, "search");
	output_bool(s, "complete", p.whole && p.waiting == 0);
	output_int(s, "waiting", p.waiting);
	if (p.whole)
		return;
	output_text(s, "building", p.kind);
	output_int(s, "percent", p.percent);
	output_int(s, "seconds_left", p.seconds);
}

static void
stats(struct cli *c)
{
	struct db *db = cli_db_inbox(c, DB_READ);
	struct spool *sp = cli_db_spool(c);
	struct output *s = output_object(c);
	struct stats n;

	cli_db_ok(c, stats_read(db, spool_node(sp), &n));
	spool(c, s, sp, &n);
	output_section(s, "inbox");
	output_int(s, "workspaces", n.workspaces);
	output_int(s, "users", n.users);
	output_int(s, "numbers", n.numbers);
	output_int(s, "contacts", n.contacts);
	output_int(s, "conversations", n.conversations);
	output_int(s, "unread", n.unread);
	output_int(s, "archived", n.archived);
	output_int(s, "messages", n.messages);
	output_int(s, "wal_bytes", wal_size(c, "inbox.db-wal"));
	search(c, s);
	media(c, s);
	output_end(s);
}

const struct cli_verb cmd_stats[] = {
	{ "", "", 0, 0,
	    "Shows counts of rows, files and bytes, and the processor's state",
	    NULL, "waspool stats", NULL, stats },
	{ 0 },
};
