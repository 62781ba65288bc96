/*
 * Statements that were asked for in advance (db_prefetch): they go behind the
 * next one, in the same message, and their answers are kept until somebody asks
 * for them, or the transaction ends.  So who knows early what he will ask waits
 * once.  A transaction that reads sees one state, so it does not matter when.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/pgsql/pgsql_handle.h"

struct pgsql_ahead {
	struct pgsql_ahead *next; /* in the order in which they were asked */
	struct pgsql_rows *rows;
	PGresult *answer; /* NULL: it was not sent yet */
	int64_t served;	  /* to whom it was answered */
	const char *value[DB_PARAMETERS];
	int len[DB_PARAMETERS];
	char bytes[];
};

static void
free_ahead(struct pgsql_ahead *e)
{
	PQclear(e->answer);
	free(e);
}

void
pgsql_ahead_forget(struct pgsql *pg)
{
	struct pgsql_ahead *next;

	for (struct pgsql_ahead *e = pg->ahead; e != NULL; e = next) {
		next = e->next;
		free_ahead(e);
	}
	pg->ahead = NULL;
	pg->n_ahead = 0;
}

static int
is_same(const struct pgsql_ahead *e, const struct pgsql_rows *r)
{
	if (e->rows != r)
		return 0;
	for (int i = 0; i < r->rows.highest; i++) {
		if ((e->value[i] == NULL) != (r->value[i] == NULL))
			return 0;
		if (e->value[i] != NULL &&
		    (e->len[i] != r->len[i] || memcmp(e->value[i], r->value[i],
						   (size_t)e->len[i]) != 0))
			return 0;
	}
	return 1;
}

/* Where one with what R has bound hangs; or the end. */
static struct pgsql_ahead **
find_ahead(struct pgsql *pg, const struct pgsql_rows *r)
{
	struct pgsql_ahead **at = &pg->ahead;

	while (*at != NULL && !is_same(*at, r))
		at = &(*at)->next;
	return at;
}

PGresult *
pgsql_ahead_take(struct pgsql *pg, const struct pgsql_rows *r)
{
	struct pgsql_ahead **at = find_ahead(pg, r), *e = *at;
	PGresult *answer = NULL;

	if (e == NULL)
		return NULL;
	if (e->served == pg->wanted) {
		answer = e->answer;
		e->answer = NULL;
	}
	*at = e->next;
	pg->n_ahead--;
	free_ahead(e);
	return answer;
}

/* What R has bound, with the bytes. */
static struct pgsql_ahead *
copy_bound(struct pgsql_rows *r)
{
	struct pgsql_ahead *e;
	size_t all = 0;
	char *to;

	for (int i = 0; i < r->rows.highest; i++)
		all += r->value[i] != NULL ? (size_t)r->len[i] : 0;
	e = xcalloc(sizeof(*e) + all);
	e->rows = r;
	to = e->bytes;
	for (int i = 0; i < r->rows.highest; i++) {
		if (r->value[i] == NULL)
			continue;
		memcpy(to, r->value[i], (size_t)r->len[i]);
		e->value[i] = to;
		e->len[i] = r->len[i];
		to += r->len[i];
	}
	return e;
}

void
pgsql_ahead_ask(struct db_rows *rows, const struct db_arg *arg)
{
	struct pgsql_rows *r = pgsql_rows_of(rows);
	struct pgsql *pg = pgsql_of(rows->db);
	struct pgsql_ahead **end = &pg->ahead;

	if (!pg->begun || pg->db.writing || pg->n_ahead == PGSQL_AHEAD_MAX ||
	    pgsql_statement_bind(rows, arg) == -1)
		return;
	for (; *end != NULL; end = &(*end)->next)
		if ((*end)->answer != NULL && is_same(*end, r))
			return; /* it was asked in advance before */
	*end = copy_bound(r);
	pg->n_ahead++;
}

int
pgsql_ahead_is_there(const struct pgsql *pg)
{
	for (const struct pgsql_ahead *e = pg->ahead; e != NULL; e = e->next)
		if (e->answer == NULL)
			return 1;
	return 0;
}

int
pgsql_ahead_ready(struct pgsql *pg)
{
	for (const struct pgsql_ahead *e = pg->ahead; e != NULL; e = e->next)
		if (e->answer == NULL &&
		    pgsql_statement_ready(pg, e->rows) == -1)
			return -1;
	return 0;
}

int
pgsql_ahead_send(struct pgsql *pg)
{
	int n = 0;

	for (const struct pgsql_ahead *e = pg->ahead; e != NULL; e = e->next) {
		if (e->answer != NULL)
			continue;
		if (!pgsql_statement_send(pg, e->rows, e->value, e->len))
			return -1;
		n++;
	}
	return n;
}

void
pgsql_ahead_put(struct pgsql *pg, PGresult *const *answers)
{
	struct pgsql_ahead **at = &pg->ahead, *e;

	while ((e = *at) != NULL) {
		if (e->answer == NULL) {
			e->answer = *answers++;
			e->served = pg->wanted;
		}
		if (e->answer != NULL) {
			at = &e->next;
			continue;
		}
		/* It failed, or stood behind what did. */
		*at = e->next;
		pg->n_ahead--;
		free_ahead(e);
	}
}
