/*
 * What stands in front of a statement, and goes with it in one message, since
 * each way to the server is one that somebody waits for: the BEGIN of a
 * transaction that reads, whom it serves, how long the statement may work.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#define BY_SECRET  "serve"
#define BY_NUMBERS "serve_for"

static const char begin_read[] =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/* ------------------------------------------------------------------- serve */

static int
prepare_one(struct pgsql *pg, const char *name, const char *sql)
{
	return pgsql_wait_answer(pg,
	    PQsendPrepare(pg->conn, name, sql, 0, NULL),
	    pgsql_wait_until(pg, 0), NULL);
}

int
pgsql_front_settle(struct pgsql *pg)
{
	if (!pg->guarded)
		return 0;
	if (prepare_one(pg, BY_SECRET,
		"SELECT set_config('waspool.token', $1, true)") == -1)
		return -1;
	return prepare_one(pg, BY_NUMBERS,
	    "SELECT set_config('waspool.token', workspace_context($1, $2),"
	    " true)");
}

static int
is_same(const struct pgsql *pg, const struct db_served *who)
{
	return pg->wanted != 0 && pg->workspace_id == who->workspace_id &&
	       pg->user_id == who->user_id &&
	       (pg->secret == NULL ? who->secret == NULL
				   : who->secret != NULL &&
					 strcmp(pg->secret, who->secret) == 0);
}

void
pgsql_front_serve(struct db *db, const struct db_served *who)
{
	struct pgsql *pg = pgsql_of(db);

	if (is_same(pg, who))
		return;
	free(pg->secret);
	pg->secret = who->secret != NULL ? xstrdup(who->secret) : NULL;
	pg->workspace_id = who->workspace_id;
	pg->user_id = who->user_id;
	pg->wanted = 0;
	if (who->secret != NULL || who->workspace_id != 0)
		pg->wanted = ++pg->n_served;
}

static int
send_secret(struct pgsql *pg, const char *secret)
{
	const char *value[] = { secret };

	return PQsendQueryPrepared(
	    pg->conn, BY_SECRET, 1, value, NULL, NULL, 0);
}

/* As a parameter: others of the same role can read texts of statements. */
static int
send_served(struct pgsql *pg)
{
	static const int binary[] = { 1, 1 };
	uint64_t n[] = { htobe64((uint64_t)pg->workspace_id),
		htobe64((uint64_t)pg->user_id) };
	const char *value[] = { (const char *)&n[0], (const char *)&n[1] };
	const int len[] = { sizeof(n[0]), sizeof(n[1]) };

	if (pg->wanted == 0)
		return send_secret(pg, "");
	if (pg->secret != NULL)
		return send_secret(pg, pg->secret);
	return PQsendQueryPrepared(
	    pg->conn, BY_NUMBERS, 2, value, len, binary, 0);
}

/* What was said LOCAL ends with its transaction, which is that of one message
 * where none was begun. */
static int
wants_serving(const struct pgsql *pg)
{
	return pg->guarded && pg->wanted != (pg->begun ? pg->told : 0);
}

/* ---------------------------------------------------------------- deadline */

/*
 * statement_timeout counts for each statement from its beginning.  Within a
 * transaction a statement that is late would end all of it, so each stands
 * behind a savepoint; those that went well are left as they are, for they cost
 * nothing and end with the transaction.
 */
static int
wants_limit(const struct pgsql *pg)
{
	if (pg->db.deadline_ms != 0)
		return 1;
	if (!pg->begun)
		return pg->timeout;
	return pg->limit == PGSQL_LIMIT_ON ||
	       (pg->timeout && pg->limit == PGSQL_LIMIT_NONE);
}

static int
send_command(struct pgsql *pg, const char *sql)
{
	return PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0);
}

static int
send_limit(struct pgsql *pg)
{
	int64_t left =
	    pg->db.deadline_ms == 0 ? 0 : pg->db.deadline_ms - clock_ticks_ms();
	char text[64];

	if (pg->db.deadline_ms != 0 && left < 1)
		left = 1;
	snprintf(text, sizeof(text), "SET %s statement_timeout = %d",
	    pg->begun ? "LOCAL" : "", (int)left);
	if (pg->begun && left != 0 && !send_command(pg, "SAVEPOINT late"))
		return 0;
	if (pg->begun)
		pg->limit = left != 0 ? PGSQL_LIMIT_ON : PGSQL_LIMIT_OFF;
	else
		pg->timeout = left != 0;
	return send_command(pg, text);
}

/* --------------------------------------------------------------- one
 * message */

int
pgsql_front_is_there(const struct pgsql *pg)
{
	return pg->unsaid || wants_serving(pg) || wants_limit(pg);
}

int
pgsql_front_send(struct pgsql *pg)
{
	if (!PQenterPipelineMode(pg->conn))
		return 0;
	if (pg->unsaid && !send_command(pg, begin_read))
		return 0;
	if (wants_serving(pg) && !send_served(pg))
		return 0;
	return !wants_limit(pg) || send_limit(pg);
}

void
pgsql_front_said(struct pgsql *pg)
{
	pg->unsaid = 0;
	if (pg->begun)
		pg->told = pg->wanted;
}

int
pgsql_front_say(struct pgsql *pg)
{
	int sent;

	if (!pg->unsaid)
		return 0;
	sent = pgsql_front_send(pg) && PQpipelineSync(pg->conn);
	if (pgsql_wait_answer(pg, sent, pgsql_wait_until(pg, 0), NULL) == -1)
		return -1;
	pgsql_front_said(pg);
	return 0;
}

int
pgsql_front_write(struct pgsql *pg)
{
	static const char lock[] = "SELECT lock_my_workspace($1)";
	static const Oid types[] = { PGSQL_BIGINT };
	char own[32];
	const char *value[] = { own };
	int sent;

	snprintf(own, sizeof(own), "%lld", (long long)pg->own_lock);
	sent =
	    PQenterPipelineMode(pg->conn) && send_command(pg, "BEGIN") &&
	    (pg->wanted == 0 || send_served(pg)) &&
	    PQsendQueryParams(pg->conn, lock, 1, types, value, NULL, NULL, 0) &&
	    PQpipelineSync(pg->conn);
	if (pgsql_wait_answer(
		pg, sent, pgsql_wait_until(pg, pg->wait_ms), NULL) == -1)
		return -1;
	pg->told = pg->wanted;
	return 0;
}
