/*
 * A member's session on PostgreSQL: the database itself looks up whom the
 * connection serves, by a secret that goes with each transaction, and shows it
 * no row of others (schema/pgsql/members.sql, rights.sql).  Signing in is asked
 * of functions there, which say no more than whom a secret lets in.
 */
#include <string.h>

#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "session/member.h"
#include "session/session.h"
#include "session/session_handle.h"
#include "session/ticket.h"

/* What the database signs and takes for a token: no client may send one. */
#define CONTEXT "context."

enum { SIGN_IN, USED, TICKET, PASS, LEAVE, N_SQL };

static const char *const guarded_sql[N_SQL] = {
	[SIGN_IN] = "SELECT token_id, user_id, workspace_id, name, email, role,"
		    " workspace, last_used_at, expires_at, by_session,"
		    " needs_factor FROM sign_in($1, $2)",
	[USED] = "SELECT note_use($1, $2)",
	[TICKET] = "SELECT use_ticket($1, $2, $3)",
	[PASS] = "SELECT my_pass($1)",
	[LEAVE] = "SELECT remove_member($1, $2)",
};

static int
open_session(struct session *s)
{
	return db_guard(s->db) == -1 ? -1
				     : db_prepare(s->db, guarded_sql, N_SQL);
}

static int
seal_session(struct session *s)
{
	db_seal(s->db);
	return 0;
}

/* Without a secret as who works for all: of that the database makes sure. */
static void
serve_rows(struct session *s, const char *secret)
{
	struct db_served who = { .secret = secret };

	if (secret == NULL) {
		who.workspace_id = s->workspace_id;
		who.user_id = s->user_id;
	}
	db_serve(s->db, &who);
}

static int
find_secret(struct session *s, struct pool *pool, const char *secret,
    int64_t now, struct session_found *found)
{
	int rc = session_read_member(s, pool, guarded_sql[SIGN_IN],
	    DB_ARGS(db_text(secret), db_int(now)), found);

	found->who.secret = secret;
	return rc;
}

static int
find_token(struct session *s, struct pool *pool, const char *token, int64_t now,
    struct session_found *found)
{
	if (strncmp(token, CONTEXT, strlen(CONTEXT)) == 0 ||
	    !text_is_utf8(token, strlen(token)))
		return 0;
	return find_secret(s, pool, token, now, found);
}

static int
find_again(struct session *s, struct pool *pool, const struct member *before,
    int64_t now, struct session_found *found)
{
	return before->secret == NULL
		   ? 0
		   : find_secret(s, pool, before->secret, now, found);
}

static int
find_ticket(struct session *s, struct pool *pool, const char *ticket,
    int64_t now, struct session_found *found)
{
	const char *context = NULL;
	unsigned char hash[DIGEST_LEN];
	struct db_rows *r;
	int rc;

	digest_sha256(ticket, strlen(ticket), hash);
	r = db_query(s->db, guarded_sql[TICKET],
	    DB_ARGS(db_blob(hash, sizeof(hash)), db_int(now),
		db_int(now + TICKET_LIFE)));
	rc = db_next(r);
	if (rc == 1)
		context = db_col_copy(r, pool, 0);
	db_end(r);
	if (rc != 1 || context == NULL)
		return rc == -1 ? -1 : 0;
	return find_secret(s, pool, context, now, found);
}

static int
write_use(struct session *s, int64_t token_id, int64_t at, int64_t until)
{
	(void)token_id; /* is whom it serves */
	return db_run(
	    s->db, guarded_sql[USED], DB_ARGS(db_int(at), db_int(until)));
}

static const char *
write_pass(struct session *s, struct pool *pool, int64_t until)
{
	struct db_rows *r =
	    db_query(s->db, guarded_sql[PASS], DB_ARGS(db_int(until)));
	const char *pass = NULL;

	if (db_next(r) == 1)
		pass = db_col_copy(r, pool, 0);
	db_end(r);
	return pass;
}

static int
remove_member(struct session *s, int64_t user_id, int64_t now)
{
	return db_run(
	    s->db, guarded_sql[LEAVE], DB_ARGS(db_int(user_id), db_int(now)));
}

const struct session_engine session_pgsql = {
	.open = open_session,
	.seal = seal_session,
	.serve = serve_rows,
	.find_token = find_token,
	.find_again = find_again,
	.find_ticket = find_ticket,
	.note_use = write_use,
	.write_pass = write_pass,
	.remove_member = remove_member,
};
