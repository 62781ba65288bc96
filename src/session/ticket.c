/*
 * Creates tickets for event streams.
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"
#include "session/ticket.h"

#define PREFIX	   "wt_"
#define SECRET_LEN 32 /* random bytes */

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
	unsigned char secret[SECRET_LEN], hash[DIGEST_LEN];
	char *text;

	digest_random(secret, sizeof(secret));
	text = pool_printf(
	    pool, PREFIX "%s", codec_base64url(pool, secret, sizeof(secret)));
	digest_sha256(text, strlen(text), hash);
	*expires_at = now + TICKET_LIFE;
	if (db_run(session_db(s), ticket_sql[ADD],
		DB_ARGS(db_blob(hash, sizeof(hash)), db_int(*expires_at))) ==
	    -1)
		return NULL;
	return text;
}
