#include <sys/stat.h>

#include "spool/spool.h"

#include "inbox/media/media.h"
#include "inbox/node/intake.h"
#include "inbox/node/stats.h"

#include "process/download/download.h"

#include "cli/cmd.h"
#include "cli/show.h"
#include "cli/store.h"

static int64_t
wal_size(struct cli *c, const char *name)
{
	struct stat st;

	return stat(config_spool_path(&c->config, name), &st) == 0
		   ? (int64_t)st.st_size
		   : 0;
}

static void
spool(
    struct cli *c, struct show *s, struct spool *sp, const struct stats *inbox)
{
	struct spool_delivery *newest;
	int64_t deliveries, bytes, cursor, seen_at, waiting, oldest_at;
	int n;

	store_ok(c, spool_count(sp, &deliveries, &bytes));
	store_ok(c, spool_list(sp, c->pool, 0, 1, &newest, &n));
	store_ok(c, intake_cursor(c->inbox, spool_node(sp), &cursor, &seen_at));
	store_ok(c, spool_waiting(sp, c->pool, cursor, &waiting, &oldest_at));
	show_section(s, "spool");
	show_int(s, "deliveries", deliveries);
	show_int(s, "bytes", bytes);
	show_int(s, "newest_id", n == 0 ? 0 : newest->id);
	show_time(s, "newest_at", n == 0 ? 0 : newest->received_at);
	show_int(s, "cursor", cursor);
	show_int(s, "waiting", waiting);
	show_int(s, "deferred", inbox->deferred);
	show_int(s, "dead", inbox->dead);
	show_int(s, "wal_bytes", wal_size(c, "spool.db-wal"));
	show_time(s, "processor_seen_at", seen_at);
}

static void
media(struct cli *c, struct show *s)
{
	struct media_counts n;

	store_ok(c, media_count(c->inbox, c->now, DOWNLOAD_ERRORS_MAX, &n));
	show_section(s, "media");
	show_int(s, "pending", n.pending);
	show_int(s, "stored", n.stored);
	show_int(s, "failed", n.failed);
	show_int(s, "missing", n.missing);
	show_int(s, "numbers_refused", n.blocked);
}

static void
stats(struct cli *c)
{
	struct db *db = store_inbox(c, DB_READ);
	struct spool *sp = store_spool(c);
	struct show *s = show_object(c);
	struct stats n;

	store_ok(c, stats_read(db, spool_node(sp), &n));
	spool(c, s, sp, &n);
	show_section(s, "inbox");
	show_int(s, "workspaces", n.workspaces);
	show_int(s, "users", n.users);
	show_int(s, "numbers", n.numbers);
	show_int(s, "contacts", n.contacts);
	show_int(s, "conversations", n.conversations);
	show_int(s, "unread", n.unread);
	show_int(s, "archived", n.archived);
	show_int(s, "messages", n.messages);
	show_int(s, "wal_bytes", wal_size(c, "inbox.db-wal"));
	media(c, s);
	show_end(s);
}

const struct cli_verb cmd_stats[] = {
	{ "", "", 0, 0, "Says how much there is, and how far the processor is",
	    NULL, "waspool stats", NULL, stats },
	{ 0 },
};
