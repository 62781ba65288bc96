/*
 * A report: rows of quarter hours added up to days of a zone, or to members or
 * numbers.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"
#include "lib/zone/zone.h"

#include "session/session_db.h"

#include "inbox/report/report.h"
#include "inbox/report/report_count.h"
#include "inbox/report/report_times.h"

#define SEATS 2048 /* of the hash table: more than groups */

enum { NEXT, ROWS, MEMBER, NUMBER, N_SQL };

static const char *const report_sql[N_SQL] = {
	[NEXT] = "SELECT number_id FROM my_report_counts WHERE number_id > $1"
		 " ORDER BY number_id LIMIT 1",
	[ROWS] = "SELECT slot, number_id, user_id, received, sent, automatic,"
		 " started, closed, answers, answer_seconds"
		 " FROM my_report_counts WHERE number_id = $1 AND slot >= $2"
		 " AND slot < $3 ORDER BY slot LIMIT $4",
	[MEMBER] = "SELECT name FROM my_members WHERE id = $1 UNION ALL"
		   " SELECT name FROM my_former_members WHERE id = $1",
	[NUMBER] = "SELECT phone_number_id FROM my_numbers WHERE id = $1",
};

const struct statements report_statements = {
	.sql = report_sql,
	.n = N_SQL,
};

struct report_making {
	const struct report_ask *ask;
	struct report *report;
	struct report_times *times;
	int64_t *slots;	  /* where each day begins, and the last one ends */
	int day;	  /* the one of the row before */
	int rows;	  /* that were read */
	int seats[SEATS]; /* of sums, from 1; 0 is free */
};

/* The sum of KEY, which may be new; NULL: there are too many. */
static struct report_sum *
sum_of(struct report_making *m, int64_t key)
{
	unsigned at = (unsigned)(key * 2654435761U) % SEATS;
	struct report *r = m->report;

	for (; m->seats[at] != 0; at = (at + 1) % SEATS)
		if (r->sums[m->seats[at] - 1].key == key)
			return &r->sums[m->seats[at] - 1];
	if (r->n == REPORT_GROUPS_MAX)
		return NULL;
	r->sums[r->n].key = key;
	m->seats[at] = ++r->n;
	return &r->sums[r->n - 1];
}

static struct report_sum *
find_sum(struct report_making *m, struct db_rows *row)
{
	if (m->ask->by == REPORT_BY_MEMBER)
		return sum_of(m, db_col_int(row, 2));
	if (m->ask->by == REPORT_BY_NUMBER)
		return sum_of(m, db_col_int(row, 1));
	while (db_col_int(row, 0) >= m->slots[m->day + 1])
		m->day++;
	return &m->report->sums[m->day];
}

static void
add_row(struct report_sum *sum, struct db_rows *row)
{
	sum->received += db_col_int(row, 3);
	sum->sent += db_col_int(row, 4);
	sum->automatic += db_col_int(row, 5);
	sum->started += db_col_int(row, 6);
	sum->closed += db_col_int(row, 7);
	sum->answers += db_col_int(row, 8);
}

/* "12,340,": the times that the row has. */
static void
add_times(struct report_making *m, int32_t group, const char *s)
{
	int32_t seconds = 0;

	for (; s != NULL && *s != '\0'; s++) {
		if (*s != ',') {
			seconds = seconds * 10 + (*s - '0');
			continue;
		}
		report_times_add(m->times, group, seconds);
		seconds = 0;
	}
}

static int
by_user(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int
is_asked_for(const struct report_ask *ask, int64_t user_id)
{
	return ask->users == NULL ||
	       (ask->n_users > 0 &&
		   bsearch(&user_id, ask->users, (size_t)ask->n_users,
		       sizeof(*ask->users), by_user) != NULL);
}

/* Of one number, in the order of time.  Here and below: 1; 0 there is too much;
 * -1. */
static int
read_rows(struct session *s, struct report_making *m, int64_t number_id)
{
	int64_t n_days = m->ask->to - m->ask->from + 1;
	struct db_rows *r = db_query(session_db(s), report_sql[ROWS],
	    DB_ARGS(db_int(number_id), db_int(m->slots[0]),
		db_int(m->slots[n_days]), db_int(REPORT_ROWS_MAX + 1)));
	struct report_sum *sum = NULL;
	int rc;

	m->day = 0;
	while ((rc = db_next(r)) == 1) {
		if (++m->rows > REPORT_ROWS_MAX)
			break;
		if (!is_asked_for(m->ask, db_col_int(r, 2)))
			continue;
		if ((sum = find_sum(m, r)) == NULL)
			break;
		add_row(sum, r);
		add_row(&m->report->total, r);
		add_times(
		    m, (int32_t)(sum - m->report->sums), db_col_text(r, 9));
	}
	db_end(r);
	return rc == 1 ? 0 : rc == 0 ? 1 : -1;
}

/* Number by number, as the table's key is. */
static int
read_numbers(struct session *s, struct report_making *m)
{
	int64_t id = -1;
	int rc, all = 1;

	if (m->ask->number_id != 0)
		return read_rows(s, m, m->ask->number_id);
	while ((rc = db_get_int(session_db(s), report_sql[NEXT],
		    DB_ARGS(db_int(id)), &id)) == 1)
		if ((all = read_rows(s, m, id)) != 1)
			return all;
	return rc == -1 ? -1 : 1;
}

/* Days without a row are in it, too. */
static void
begin_days(struct pool *pool, struct report_making *m)
{
	int n = (int)(m->ask->to - m->ask->from) + 1;

	m->slots = pool_alloc(pool, (size_t)(n + 1) * sizeof(*m->slots));
	for (int i = 0; i <= n; i++)
		m->slots[i] =
		    zone_instant(m->ask->zone, (m->ask->from + i) * ZONE_DAY) /
		    REPORT_COUNT_SLOT;
	if (m->ask->by != REPORT_BY_DAY)
		return;
	for (int i = 0; i < n; i++)
		m->report->sums[i].key = m->ask->from + i;
	m->report->n = n;
}

static void
put_times(struct report_making *m, struct report_sum *sum, int32_t group)
{
	if (!report_times_get(m->times, group, &sum->median, &sum->p90))
		sum->median = sum->p90 = -1;
}

static int
name_sums(struct session *s, struct pool *pool, struct report_making *m)
{
	const char *sql =
	    report_sql[m->ask->by == REPORT_BY_MEMBER ? MEMBER : NUMBER];
	int rc = 0;

	if (m->ask->by == REPORT_BY_DAY)
		return 0;
	for (int i = 0; i < m->report->n && rc != -1; i++) {
		struct report_sum *sum = &m->report->sums[i];
		struct db_rows *r =
		    db_query(session_db(s), sql, DB_ARGS(db_int(sum->key)));
		const char *name = NULL;

		if ((rc = db_next(r)) == 1)
			name = db_col_copy(r, pool, 0);
		db_end(r);
		if (m->ask->by == REPORT_BY_MEMBER)
			sum->name = name;
		else
			sum->number = name;
	}
	return rc == -1 ? -1 : 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct report_sum *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

int
report_read(struct session *s, struct pool *pool, const struct report_ask *ask,
    struct report *report)
{
	struct report_making *m = pool_alloc(pool, sizeof(*m));
	int rc;

	*report =
	    (struct report){ .sums = pool_alloc(pool,
				 REPORT_GROUPS_MAX * sizeof(*report->sums)) };
	m->ask = ask;
	m->report = report;
	m->times = report_times_new(pool);
	begin_days(pool, m);
	rc = read_numbers(s, m);
	if (rc != 1)
		return rc;
	if (name_sums(s, pool, m) == -1)
		return -1;
	for (int i = 0; i < report->n; i++)
		put_times(m, &report->sums[i], i);
	put_times(m, &report->total, -1);
	qsort(report->sums, (size_t)report->n, sizeof(*report->sums), by_key);
	return 1;
}
