/*
 * Which of a workspace's numbers is meant, when a member does not say it, or
 * says one.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/workspace/number_choose.h"

#define NUMBERS_MAX 100 /* of a workspace */

enum { NUMBERS, N_SQL };

static const char *const number_choose_sql[N_SQL] = {
	[NUMBERS] = "SELECT id, phone_number_id, display_phone"
		    " FROM my_numbers WHERE moving = 0 LIMIT $1",
};

const struct statements number_choose_statements = {
	.sql = number_choose_sql,
	.n = N_SQL,
};

struct own_number {
	int64_t id;
	const char *phone_number_id;
	const char *display_phone;
};

static int
read_numbers(struct session *s, struct pool *pool, struct own_number *numbers)
{
	struct db_rows *r = db_query(session_db(s), number_choose_sql[NUMBERS],
	    DB_ARGS(db_int(NUMBERS_MAX)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < NUMBERS_MAX)
		numbers[n++] = (struct own_number){
			.id = db_col_int(r, 0),
			.phone_number_id = db_col_copy(r, pool, 1),
			.display_phone = db_col_copy(r, pool, 2),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

static const char *
list_numbers(
    struct pool *pool, const char *what, const struct own_number *number, int n)
{
	struct buf b = { .pool = pool };

	buf_printf(&b, "%s: ", what);
	for (int i = 0; i < n; i++) {
		buf_printf(
		    &b, "%s%s", i > 0 ? ", " : "", number[i].phone_number_id);
		if (number[i].display_phone != NULL)
			buf_printf(&b, " (%s)", number[i].display_phone);
	}
	return buf_end(&b);
}

int
number_choose(struct session *s, struct pool *pool, const char *said,
    const char *otherwise, int64_t *id, const char **why)
{
	const char *wanted = said != NULL ? said : otherwise;
	struct own_number *number =
	    pool_alloc(pool, sizeof(*number) * NUMBERS_MAX);
	int n = read_numbers(s, pool, number);

	if (n == -1)
		return -1;
	for (int i = 0; i < n; i++)
		if (text_is(wanted, number[i].phone_number_id) ||
		    (n == 1 && said == NULL)) {
			*id = number[i].id;
			return 1;
		}
	if (n == 0)
		*why = "cannot be chosen: this workspace has no number";
	else
		*why = list_numbers(pool,
		    said != NULL ? "is no number of this workspace, which has"
				 : "is needed, since the workspace has",
		    number, n);
	return 0;
}
