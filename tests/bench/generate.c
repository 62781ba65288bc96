/*
 * generate: makes an inbox of any size, for measuring.
 * Reads nothing; writes the new inbox FILE, the same for the same arguments.
 * Never touches one that is there, but with --check and --words, which read it.
 * Answers 0, or a word of sysexits.h.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"
#include "inbox/search/engine/search_define.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_partition.h"

#include "../unit/words_anew.h"

#include "check.h"
#include "load.h"
#include "world.h"

static const char usage[] =
    "generate: makes an inbox of any size, for measuring\n"
    "\n"
    "Usage: generate [--messages N] [--conversations N] [--seed N] [--now N]\n"
    "                [--live] FILE\n"
    "       generate --check|--words FILE\n"
    "\n"
    "  --messages N       10000000\n"
    "  --conversations N  a tenth of that\n"
    "  --seed N           another world\n"
    "  --now N            when it ends, in unix seconds\n"
    "  --live             by the schema's triggers, slowly: the same rows\n"
    "  --check            is it what the triggers would have left?\n"
    "  --words            are the search's words those of its rows?\n";

/* The business: workspace 1, its numbers, members and tags. */
static const char business[] =
    "INSERT INTO workspaces(name, created_at) VALUES ('Example', 1);"
    "INSERT INTO users(email, name, created_at) VALUES"
    " ('ann@example.com', 'Ann', 1);"
    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < 12) INSERT INTO users(email, name, created_at)"
    " SELECT 'member' || i || '@example.com', 'Member ' || i, 1 FROM n;"
    "INSERT INTO workspace_members(workspace_id, user_id, role, created_at)"
    " SELECT 1, id, CASE id WHEN 1 THEN 'owner' ELSE 'agent' END, 1"
    " FROM users;"
    "INSERT INTO numbers(workspace_id, phone_number_id, display_phone,"
    " waba_id, created_at) VALUES"
    " (1, '106540352242922', '15550783881', '102290129340398', 1),"
    " (1, '106540352242923', '15550783882', '102290129340398', 1),"
    " (1, '106540352242924', '15550783883', '102290129340398', 1);"
    "INSERT INTO tags(workspace_id, name, created_at) VALUES (1, 'customer',"
    " 1), (1, 'new', 1), (1, 'wholesale', 1), (1, 'regular', 1), (1, 'late',"
    " 1), (1, 'press', 1), (1, 'vip', 1), (1, 'legal', 1);";

/* Nothing of it need survive a crash: a file that is not finished is thrown
 * away.  The cache holds what is written everywhere. */
static const char fast[] =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF; PRAGMA mmap_size = 0;"
    "PRAGMA cache_size = -5000000; PRAGMA threads = 2;";

static const char safe[] = "PRAGMA journal_mode = WAL;";

/* Rows whose words are put at once: most fit into FTS5's memory. */
#define SOME 20000

static const char triggers[] =
    "SELECT sql, 'DROP TRIGGER ' || name FROM sqlite_schema"
    " WHERE type = 'trigger'";
/* What a sort makes sooner than one row after the other. */
static const char indexes[] =
    "SELECT sql, 'DROP INDEX ' || name FROM sqlite_schema"
    " WHERE type = 'index' AND sql IS NOT NULL"
    " AND tbl_name IN ('conversations', 'messages', 'media')";

/* Drops what QUERY names; *AGAIN is the script that makes it anew. */
static int
take_away(struct db *db, struct pool *pool, const char *query, char **again)
{
	struct db_rows *r = db_query(db, query, DB_NONE);
	struct buf make = { .pool = pool }, drop = { .pool = pool };
	int rc;

	while ((rc = db_next(r)) == 1) {
		buf_printf(&make, "%s;\n", db_col_text(r, 0));
		buf_printf(&drop, "%s;\n", db_col_text(r, 1));
	}
	db_end(r);
	*again = buf_end(&make);
	return rc == -1 ? -1 : db_script(db, buf_end(&drop));
}

static void
say(const char *what, int64_t *since)
{
	int64_t now = clock_ticks_ms();

	fprintf(stderr, "generate: %s, %.1f s\n", what,
	    (double)(now - *since) / 1000);
	*since = now;
}

static int
fill(struct db *db, struct pool *pool, struct world *w, int live)
{
	char *make_triggers = NULL, *make_indexes = NULL;
	int64_t t = clock_ticks_ms();
	int rc;

	world_make(w);
	say("who writes when", &t);
	if (db_script(db, fast) == -1 || db_script(db, business) == -1)
		return -1;
	if (!live && (take_away(db, pool, triggers, &make_triggers) == -1 ||
			 take_away(db, pool, indexes, &make_indexes) == -1))
		return -1;
	if (db_begin(db) == -1 || load_rows(db, w, live) == -1 ||
	    db_commit(db) == -1)
		return -1;
	say("rows", &t);
	while ((rc = search_index_step(db, SEARCH_PARTITION_ROWS, SOME)) == 1)
		;
	/* As a processor leaves them that had some idle minutes. */
	while (rc == 0 && (rc = search_tidy_step(db)) == 1)
		rc = 0;
	if (rc == -1)
		return -1;
	say("words", &t);
	if (!live && (db_script(db, make_indexes) == -1 ||
			 db_script(db, make_triggers) == -1))
		return -1;
	say("indexes and triggers", &t);
	return db_script(db, safe);
}

static struct db *
open_inbox(const char *path)
{
	struct db *db = inbox_open(path, DB_WRITE, 1000);

	if (db != NULL &&
	    (search_define(db) == -1 ||
		db_prepare_all(db, &search_index_statements) == -1 ||
		db_prepare_all(db, &search_merge_statements) == -1)) {
		db_close(db);
		return NULL;
	}
	return db;
}

static int
make(const char *path, struct world *w, int live)
{
	struct pool *pool = pool_new();
	struct db *db = NULL;
	int rc = -1;

	if (access(path, F_OK) == 0)
		log_warn("%s is there already", path);
	else if (inbox_create(path) == 1 && (db = open_inbox(path)) != NULL)
		rc = fill(db, pool, w, live);
	db_close(db);
	pool_free(pool);
	return rc;
}

static int
check(const char *path, int only_words)
{
	struct db *db = open_inbox(path);
	int rc = -1;

	if (db != NULL)
		rc = only_words ? words_anew(db) : check_inbox(db);

	db_close(db);
	return rc;
}

static int64_t
number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	if (end == text || *end != '\0' || n < 1) {
		fprintf(stderr, "generate: %s is no number above 0\n", text);
		exit(EX_USAGE);
	}
	return n;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "messages", required_argument, NULL, 'm' },
		{ "conversations", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "now", required_argument, NULL, 'n' },
		{ "live", no_argument, NULL, 'l' },
		{ "check", no_argument, NULL, 'k' },
		{ "words", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct world w = { .seed = 1, .n_messages = 10000000 };
	int live = 0, only_check = 0, o, rc;

	log_open("generate", LOG_LEVEL_WARN);
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'm')
			w.n_messages = number(optarg);
		else if (o == 'c')
			w.n_customers = number(optarg);
		else if (o == 's')
			w.seed = (uint64_t)number(optarg);
		else if (o == 'n')
			w.now = number(optarg);
		else if (o == 'l')
			live = 1;
		else if (o == 'k' || o == 'w')
			only_check = o;
		else {
			fputs(usage, o == 'h' ? stdout : stderr);
			return o == 'h' ? 0 : EX_USAGE;
		}
	}
	if (w.now == 0)
		w.now = clock_now();
	if (w.n_customers == 0)
		w.n_customers = (w.n_messages + 9) / 10;
	if (argc - optind != 1 || w.n_customers > w.n_messages) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (only_check)
		rc = check(argv[optind], only_check == 'w');
	else {
		rc = make(argv[optind], &w, live);
		world_free(&w);
	}
	return rc == -1 ? EX_IOERR : 0;
}
