/*
 * Creates tickets for event streams.
 */
#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"
#include "session/ticket.h"

#define PREFIX "wt_"

enum { ADD, N_SQL };

static const char *const ticket_sql[N_SQL] = {
	[ADD] = "INSERT INTO my_tickets(hash, expires_at) VALUES ($1, $2)",
};

const struct statements ticket_statements = {
	.sql = ticket_sql,
	.n = N_SQL,
};

char *
ticket_create(
    struct session *s, struct pool *pool, int64_t now, int64_t *expires_at)
{
	unsigned char hash[DIGEST_LEN];
	char *text = digest_secret(pool, PREFIX, hash);

	*expires_at = now + TICKET_LIFE;
	if (db_run(session_db(s), ticket_sql[ADD],
		DB_ARGS(db_blob(hash, sizeof(hash)), db_int(*expires_at))) ==
	    -1)
		return NULL;
	return text;
}
