/*
 * What webhook-ingest is measured beside on a slow disk: the same checks, the
 * same table by the same driver, but each request commits by itself.
 *
 *     commit_each DATABASE     its listening socket is descriptor 0
 */
#include <pthread.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"

#include "lib/fcgi/http.h"
#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "lib/sql/schema.h"

#include "../../cgi-bin/credential.h"

static const char *const sql[] = {
	"INSERT INTO deliveries(received_at, remote, credential, body_len,"
	" body) VALUES ($1, $2, $3, $4, $5)",
};

static struct config config;
static struct db *db;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int
put(const struct http_request *request, const char *body, size_t len)
{
	int rc = -1;

	pthread_mutex_lock(&mutex);
	if (db_begin(db) == 0) {
		rc = db_run(db, sql[0],
		    DB_ARGS(db_int(clock_now()), db_text(request->remote),
			db_text("token-1 secret-1"), db_int((int64_t)len),
			db_blob(body, len)));
		if (rc == 0)
			rc = db_commit(db);
		else
			db_rollback(db);
		sqlite_checkpoint(db, 1000);
	}
	pthread_mutex_unlock(&mutex);
	return rc;
}

static void
take(
    void *state, const struct http_request *request, struct http_answer *answer)
{
	const char *token;
	char *body;
	size_t len;

	(void)state;
	if (credential_token(request, &config, NULL, &token) == -1 ||
	    http_body(request, (size_t)config.body_max, &body, &len) != 1 ||
	    credential_secret(request, &config, body, len) == -1)
		http_plain(request, answer, 401, "no");
	else if (put(request, body, len) == -1)
		http_plain(request, answer, 503, "not stored");
	else
		http_plain(request, answer, 200, "ok");
}

int
main(int argc, char **argv)
{
	struct http_service service = { .handler = take };

	config_load(&config, "commit-each", CONFIG_WEBHOOK);
	db = argc == 2 ? db_open(argv[1], DB_CREATE, 5000) : NULL;
	if (db == NULL || db_script(db, sqlite_spool_sql) == -1 ||
	    db_prepare(db, sql, 1) == -1)
		die(EX_UNAVAILABLE, "usage: commit_each NEW-DATABASE");
	service.threads = (int)config.threads;
	return http_serve(&service) == 0 ? EXIT_SUCCESS : EX_OSERR;
}
