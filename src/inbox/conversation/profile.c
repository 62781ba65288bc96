/*
 * What a conversation shows of its customer: phone, user id and name.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/profile.h"

enum { READ, WRITE, TOUCH, USERNAME, LEARN, WRITE_USERNAME, N_SQL };

#define NAME_TAIL 6	 /* of a user id, to tell two customers apart */
#define BEHIND	  '\x1f' /* between a name and a username */

#define USERNAME_TO                                                            \
	"UPDATE conversations SET username = $3, username_at = $4,"            \
	" updated_at = CASE WHEN $5 > updated_at"                              \
	"  AND COALESCE(username, '') <> COALESCE($3, '') THEN $5"             \
	"  ELSE updated_at END WHERE workspace_id = $1 AND id = $2"            \
	" AND "

static const char *const profile_sql[N_SQL] = {
	[READ] = "SELECT phone, phone_at, user_id, user_id_at, profile_name,"
		 " profile_name_at FROM conversations"
		 " WHERE workspace_id = $1 AND id = $2",
	[WRITE] = "UPDATE conversations SET phone = $3, phone_at = $4,"
		  " user_id = $5, user_id_at = $6, profile_name = $7,"
		  " profile_name_at = $8,"
		  " updated_at = CASE WHEN $9 > updated_at THEN $9"
		  "  ELSE updated_at END"
		  " WHERE workspace_id = $1 AND id = $2",
	/* Writes times only: no trigger runs on them, and no index has them. */
	[TOUCH] = "UPDATE conversations SET phone_at = $3, user_id_at = $4,"
		  " profile_name_at = $5 WHERE workspace_id = $1 AND id = $2",
	[USERNAME] = "SELECT username, username_at FROM conversations"
		     " WHERE workspace_id = $1 AND id = $2",
	[LEARN] = USERNAME_TO "(username IS NULL OR $4 > username_at"
			      " OR ($4 = username_at AND $3 > username))",
	[WRITE_USERNAME] = USERNAME_TO
	"(username_at <> $4 OR COALESCE(username, '') <> COALESCE($3, ''))",
};

const struct statements profile_statements = {
	.sql = profile_sql,
	.n = N_SQL,
};

const char *
profile_name_text(struct pool *pool, const char *name, const char *username)
{
	char *text;

	if (name == NULL)
		return username == NULL ? NULL
					: pool_printf(pool, "@%s", username);
	if (username != NULL || strchr(name, BEHIND) != NULL)
		return pool_printf(pool, "=%s%c@%s", name, BEHIND,
		    username != NULL ? username : "");
	text = pool_alloc(pool, strlen(name) + 2);
	text[0] = '=';
	strcpy(text + 1, name);
	return text;
}

void
profile_name(
    struct pool *pool, struct profile *said, const char *text, int64_t at)
{
	const char *behind = text != NULL ? strrchr(text, BEHIND) : NULL;

	if (text != NULL && text[0] != '\0') {
		said->name = text + 1;
		said->name_at = text[0] == '@' ? PROFILE_AT_USERNAME : at;
		said->username = text[0] == '@' ? text + 1 : NULL;
		if (text[0] == '=' && behind != NULL && behind[1] == '@') {
			said->name = pool_text(
			    pool, text + 1, (size_t)(behind - text - 1));
			said->username = behind[2] != '\0' ? behind + 2 : NULL;
		}
		said->username_at = at;
	} else if (said->user_id != NULL) {
		size_t len = strlen(said->user_id);

		said->name = pool_printf(pool, "\u2026%s",
		    said->user_id + (len > NAME_TAIL ? len - NAME_TAIL : 0));
		said->name_at = PROFILE_AT_USER_ID;
	}
}

int
profile_read(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t conversation_id, struct profile *p)
{
	struct db_rows *r = db_query(db, profile_sql[READ],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id)));
	int rc = db_next(r);

	if (rc == 1)
		*p = (struct profile){
			.phone = db_col_copy(r, pool, 0),
			.phone_at = db_col_int(r, 1),
			.user_id = db_col_copy(r, pool, 2),
			.user_id_at = db_col_int(r, 3),
			.name = db_col_copy(r, pool, 4),
			.name_at = db_col_int(r, 5),
		};
	db_end(r);
	return rc;
}

int
profile_write(struct db *db, int64_t workspace_id, int64_t conversation_id,
    const struct profile *p, int64_t now)
{
	if (now == 0)
		return db_run(db, profile_sql[TOUCH],
		    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
			db_int(p->phone_at), db_int(p->user_id_at),
			db_int(p->name_at)));
	return db_run(db, profile_sql[WRITE],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		db_text(p->phone), db_int(p->phone_at), db_text(p->user_id),
		db_int(p->user_id_at), db_text(p->name), db_int(p->name_at),
		db_int(now)));
}

int
profile_read_username(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t conversation_id, struct profile *p)
{
	struct db_rows *r = db_query(db, profile_sql[USERNAME],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id)));
	int rc = db_next(r);

	if (rc == 1) {
		p->username = db_col_copy(r, pool, 0);
		p->username_at = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

int
profile_learn_username(struct db *db, int64_t workspace_id,
    int64_t conversation_id, const struct profile *said, int64_t now)
{
	if (said->username == NULL)
		return 0;
	return db_run(db, profile_sql[LEARN],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		db_text(said->username), db_int(said->username_at),
		db_int(now)));
}

int
profile_write_username(struct db *db, int64_t workspace_id,
    int64_t conversation_id, const struct profile *p, int64_t now)
{
	return db_run(db, profile_sql[WRITE_USERNAME],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		db_text(p->username), db_int(p->username_at), db_int(now)));
}

/* Takes VALUE, said AT a time, when it is newer: 1 the value changed, 0 only
 * the time did, -1 neither. */
static int
take_profile(
    const char **value, int64_t *at, const char *new_value, int64_t new_at)
{
	int same;

	if (new_value == NULL)
		return -1;
	same = text_is(*value, new_value);
	if (*value != NULL &&
	    (new_at < *at || (new_at == *at && strcmp(new_value, *value) <= 0)))
		return -1;
	*at = new_at;
	if (!same)
		*value = new_value;
	return !same;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

int
profile_add(struct profile *p, const struct profile *said)
{
	int news;

	news =
	    take_profile(&p->phone, &p->phone_at, said->phone, said->phone_at);
	news = most(news, take_profile(&p->user_id, &p->user_id_at,
			      said->user_id, said->user_id_at));
	if (said->username != NULL)
		take_profile(&p->username, &p->username_at, said->username,
		    said->username_at);
	if (said->name_at != PROFILE_AT_USER_ID || p->phone == NULL)
		news = most(news, take_profile(&p->name, &p->name_at,
				      said->name, said->name_at));
	if (p->name_at == PROFILE_AT_USER_ID && p->phone != NULL) {
		p->name = NULL;
		p->name_at = 0;
		news = 1;
	}
	return news;
}
