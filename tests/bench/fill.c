/*
 * fill: many deliveries into a node's spool at once, for the measurements.
 * Reads nothing.  Writes spool.db, as webhook-ingest would, but thousands in a
 * transaction.  Never touches the inbox.  The same seed gives the same bodies.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "talk.h"

#define STEP	10000 /* deliveries a transaction */
#define PAGES	1
#define WAIT_MS 10000

static const char usage[] =
    "usage: fill [-n DELIVERIES] [-s SEED] [-c CUSTOMERS] [-f FILES] [-t LAST]"
    "\n            [-p PHONE_NUMBER_ID] SPOOL\n"
    "FILES of a hundred messages are files; LAST is the time of the last one,\n"
    "unix seconds (now), and there are ten a second before it.\n";

static const char *const sql[] = {
	"INSERT INTO deliveries(received_at, remote, credential, body_len,"
	" body) VALUES ($1, '127.0.0.1', 'token-1', $2, $3)",
};

struct fill {
	struct talk talk;
	int64_t n;
	int64_t last_at;
	int64_t bytes;
};

static int
put(struct db *db, struct pool *pool, struct fill *f, int64_t i)
{
	int64_t at = f->last_at - (f->n - 1 - i) / 10;
	struct buf b = { .pool = pool };

	pool_reset(pool);
	talk_delivery(&f->talk, &b, i, at);
	f->bytes += (int64_t)b.len;
	return db_run(db, sql[0],
	    DB_ARGS(db_int(at), db_int((int64_t)b.len), db_blob(b.s, b.len)));
}

static int
fill(struct db *db, struct fill *f)
{
	struct pool *pool = pool_new();
	int rc = 0;

	for (int64_t i = 0; i < f->n && rc == 0; i++) {
		if (i % STEP == 0 && db_begin(db) == -1)
			return -1;
		rc = put(db, pool, f, i);
		if (rc == 0 && (i % STEP == STEP - 1 || i == f->n - 1))
			rc = db_commit(db);
	}
	pool_free(pool);
	return rc;
}

static int64_t
number(const char *s)
{
	char *end;
	long long n = strtoll(s, &end, 10);

	if (*s == '\0' || *end != '\0' || n < 0)
		die(2, "%s is no number", s);
	return n;
}

static const char *
read_options(int argc, char **argv, struct fill *f)
{
	int c;

	while ((c = getopt(argc, argv, "n:s:c:f:t:p:")) != -1)
		switch (c) {
		case 'n':
			f->n = number(optarg);
			break;
		case 's':
			f->talk.seed = (uint64_t)number(optarg);
			break;
		case 'c':
			f->talk.customers = number(optarg);
			break;
		case 'f':
			f->talk.files = (int)number(optarg);
			break;
		case 't':
			f->last_at = number(optarg);
			break;
		case 'p':
			f->talk.phone_number_id = optarg;
			break;
		default:
			fputs(usage, stderr);
			exit(2);
		}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		exit(2);
	}
	return argv[optind];
}

int
main(int argc, char **argv)
{
	struct fill f = { .n = 1000,
		.talk = { .seed = 1, .phone_number_id = "106540352242922" } };
	const char *path = read_options(argc, argv, &f);
	struct db *db;

	log_open("fill", LOG_LEVEL_INFO);
	if (f.last_at == 0)
		f.last_at = clock_now();
	if (f.talk.customers == 0)
		f.talk.customers = f.n / 10 + 1;
	db = db_open(path, DB_WRITE, WAIT_MS);
	if (db == NULL || db_prepare(db, sql, 1) == -1 || fill(db, &f) == -1)
		die(1, "not filled");
	sqlite_checkpoint(db, PAGES);
	db_close(db);
	printf("%" PRId64 " deliveries, %" PRId64 " bytes\n", f.n, f.bytes);
	return 0;
}
