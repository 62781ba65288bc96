/*
 * One great change, for the row longest_wait: the inbox's own functions, in a
 * transaction of their own, as the processor would come to it.
 *
 *     great INBOX.DB merge KEEP GONE     two conversations become one
 *     great INBOX.DB rename TAG NAME     a tag has another name
 *
 * All of workspace 1; KEEP, GONE and TAG are ids.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"
#include "inbox/customer/customer_resolve.h"
#include "inbox/inbox.h"

#define WAIT_MS 60000

static const char *const sql[] = {
	"UPDATE tags SET name = $2 WHERE workspace_id = 1 AND id = $1",
};

static int
change(struct db *db, struct pool *pool, char **arg)
{
	if (strcmp(arg[0], "merge") == 0)
		return merge_conversations(
		    db, pool, 1, atoll(arg[1]), atoll(arg[2]), clock_now());
	return db_run(
	    db, sql[0], DB_ARGS(db_int(atoll(arg[1])), db_text(arg[2])));
}

int
main(int argc, char **argv)
{
	struct pool *pool = pool_new();
	struct db *db;

	log_open("great", LOG_LEVEL_WARN);
	if (argc != 5)
		die(EX_USAGE, "great INBOX.DB merge|rename ID ID|NAME");
	db = inbox_open(argv[1], DB_WRITE, WAIT_MS);
	if (db == NULL || db_prepare(db, sql, 1) == -1 ||
	    db_prepare_all(db, &customer_resolve_statements) == -1 ||
	    db_begin(db) == -1 || change(db, pool, argv + 2) == -1 ||
	    db_commit(db) == -1)
		die(EX_IOERR, "not changed");
	db_close(db);
	pool_free(pool);
	return 0;
}
