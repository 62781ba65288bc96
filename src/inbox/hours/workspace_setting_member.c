/*
 * The settings of a member's workspace, and the event that says who changed
 * which.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/hours/workspace_setting.h"

enum { READ, WORKSPACE, WRITE, NOTE, N_SQL };

static const char *const workspace_setting_member_sql[N_SQL] = {
	[READ] = "SELECT (SELECT time_zone FROM my_hours),"
		 " (SELECT opening_hours FROM my_hours),"
		 " (SELECT automatic_answer FROM my_hours),"
		 " reactions_unread, second_factor FROM my_settings",
	[WORKSPACE] = "UPDATE my_settings SET second_factor = $1,"
		      " reactions_unread = $2",
	[WRITE] = "INSERT INTO my_hours(time_zone, opening_hours,"
		  " automatic_answer, changed_at) VALUES ($1, $2, $3, $4)",
	[NOTE] = "INSERT INTO my_workspace_events(field, at, raw, hash,"
		 " created_at) VALUES ('" WORKSPACE_SETTING_FIELD "',"
		 " $1, $2, $3, $1)",
};

const struct statements workspace_setting_member_statements = {
	.sql = workspace_setting_member_sql,
	.n = N_SQL,
};

int
workspace_setting_read(
    struct session *s, struct pool *pool, struct workspace_setting *setting)
{
	struct db_rows *r = db_query(
	    session_db(s), workspace_setting_member_sql[READ], DB_NONE);
	int rc = db_next(r);

	*setting =
	    (struct workspace_setting){ .time_zone = WORKSPACE_SETTING_ZONE };
	if (rc == 1) {
		if (!db_col_is_null(r, 0))
			setting->time_zone = db_col_copy(r, pool, 0);
		setting->opening_hours = db_col_copy(r, pool, 1);
		setting->automatic_answer = db_col_copy(r, pool, 2);
		setting->reactions_unread = (int)db_col_int(r, 3);
		setting->second_factor = (int)db_col_int(r, 4);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
workspace_setting_write(
    struct session *s, const struct workspace_setting *new, int64_t now)
{
	if (db_run(session_db(s), workspace_setting_member_sql[WORKSPACE],
		DB_ARGS(db_int(new->second_factor),
		    db_int(new->reactions_unread))) == -1)
		return -1;
	return db_run(session_db(s), workspace_setting_member_sql[WRITE],
	    DB_ARGS(db_text(new->time_zone), db_text(new->opening_hours),
		db_text(new->automatic_answer), db_int(now)));
}

int
workspace_setting_note(struct session *s, struct pool *pool, int64_t user_id,
    const char *changed, int64_t now)
{
	const char *raw = workspace_setting_event(pool, user_id, changed, now);
	unsigned char hash[DIGEST_LEN];

	digest_sha256(raw, strlen(raw), hash);
	return db_run(session_db(s), workspace_setting_member_sql[NOTE],
	    DB_ARGS(db_int(now), db_text(raw), db_blob(hash, sizeof(hash))));
}
