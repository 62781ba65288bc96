/*
 * Full-text search.  Each word of an index begins with whose it is
 * (search_define.h), so no engine comes by another workspace's.  Of a word's
 * beginning they gather all rows before they answer the first: messages are
 * therefore looked for in one partition (search_partition.h) after another,
 * from the newest down, which bounds what one statement gathers.  Where little
 * was found several are asked at once: to begin takes more than to look there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/search/engine/search_source.h"
#include "inbox/search/search.h"
#include "inbox/search/search_terms.h"

#define OF_CONTACT_MAX 100 /* conversations */
#define ROOM	       (8 * SEARCH_MAX)
#define WHOLE_MAX      100 /* messages */
#define SURE	       2   /* partitions: one that is full, at least */
#define RUN_MAX	       16  /* partitions that are asked at once */

enum { ASK, PARTITIONS, OF_CONTACT, N_SQL };

#define REBUILT(kinds)                                                         \
	"(SELECT COUNT(*) FROM my_search_state WHERE kind IN (" kinds "))"

static const char *const search_sql[N_SQL] = {
	[ASK] = "SELECT my_workspace(), " REBUILT("'message'") ", " REBUILT(
	    "'conversation', 'contact'"),
	[PARTITIONS] = "SELECT partition, first_id FROM my_search_partitions"
		       " WHERE first_id < $1 ORDER BY first_id DESC LIMIT $2",
	[OF_CONTACT] = "SELECT id, id FROM my_conversations"
		       " WHERE contact_id = $1 AND last_message_at > 0"
		       " ORDER BY id DESC LIMIT $2",
};

const struct statements search_statements = {
	.sql = search_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_sqlite_statements, &search_pgsql_statements),
};

/* How the handle's engine is asked. */
static const struct search_asking *
asking_of(struct db *db)
{
	return db_engine(db) == DB_PGSQL ? &search_pgsql_asking
					 : &search_sqlite_asking;
}

/* A search that is under way. */
struct search_ask {
	struct session *session;
	struct pool *pool;
	const struct search_asking *asking;
	struct search_terms terms;
	int64_t workspace_id;
	int64_t began_ms;
	int messages_missing; /* the index of them is being rebuilt */
	int people_missing;
	int64_t below;	/* messages are looked for below this id, 0: no more */
	int partitions; /* that have been looked through */
	int whole;	/* … that have the words as they are */
	int alone;	/* … one run at a time: together took too long */
	int late;	/* the time was up: no more is looked for */
	int cut;	/* a source may have more than was found */
};

/* What was found: a message and its conversation, or an id of another kind
 * twice. */
struct search_found {
	struct search_message *rows;
	int n, room;
};

/* Statements end MS after the search began. */
static void
limit_search(struct search_ask *a, int64_t ms)
{
	a->late = 0;
	db_deadline(session_db(a->session), a->began_ms + ms);
}

static void
end_search(struct search_ask *a)
{
	db_deadline(session_db(a->session), 0);
}

static void
prefetch_partitions(struct session *s, int64_t below, int max)
{
	db_prefetch(session_db(s), search_sql[PARTITIONS],
	    DB_ARGS(db_int(below), db_int(max)));
}

/* Until end_search: 1; 0 when nobody is served, -1. */
static int
begin_search(
    struct search_ask *a, struct session *s, struct pool *pool, const char *q)
{
	struct db_rows *r = db_query(session_db(s), search_sql[ASK], DB_NONE);
	int rc = db_next(r);

	*a = (struct search_ask){
		.session = s,
		.pool = pool,
		.asking = asking_of(session_db(s)),
		.below = INT64_MAX,
	};
	if (rc == 1) {
		a->workspace_id = db_col_int(r, 0);
		a->messages_missing = db_col_int(r, 1) > 0;
		a->people_missing = db_col_int(r, 2) > 0;
	}
	db_end(r);
	if (rc == -1 || a->workspace_id == 0)
		return rc == -1 ? -1 : 0;
	search_terms_read(
	    pool, a->asking->syntax, a->workspace_id, q, &a->terms);
	a->began_ms = clock_ticks_ms();
	limit_search(a, SEARCH_TIME_MS);
	return 1;
}

/* What a statement failed with: 0 when its time was up, or the index is
 * damaged, which is in the log; -1. */
static int
note_cut(struct search_ask *a)
{
	enum db_error why = db_error(session_db(a->session));

	if (why != DB_DEADLINE && why != DB_INDEX)
		return -1;
	a->late = a->cut = 1;
	return 0;
}

/* For one more: most searches find few. */
static void
grow_found(struct search_ask *a, struct search_found *f)
{
	struct search_message *rows;

	if (f->n < f->room)
		return;
	f->room = 4 * f->room + 16;
	rows = pool_alloc(a->pool, sizeof(rows[0]) * (size_t)f->room);
	if (f->n > 0)
		memcpy(rows, f->rows, sizeof(rows[0]) * (size_t)f->n);
	f->rows = rows;
}

/* Adds MAX rows of R and ends it: 1 it has more, 0, -1. */
static int
add_rows(
    struct search_ask *a, struct db_rows *r, int max, struct search_found *f)
{
	int rc;

	for (; (rc = db_next(r)) == 1 && max > 0; max--) {
		grow_found(a, f);
		f->rows[f->n].id = db_col_int(r, 0);
		f->rows[f->n++].conversation_id = db_col_int(r, 1);
	}
	db_end(r);
	return rc == -1 ? note_cut(a) : rc;
}

#define MATCHES(A, MATCH, BEFORE, MAX)                                         \
	DB_SHARED_ARGS(db_text(MATCH), db_int(BEFORE), db_int((MAX) + 1),      \
	    db_text((A)->terms.digits))

/* Adds the newest MAX that have MATCH, with ids below BEFORE: 1 there are
 * more, 0, -1. */
static int
add_matches(struct search_ask *a, enum search_source source, const char *match,
    int64_t before, int max, struct search_found *f)
{
	if (match == NULL || a->late)
		return 0;
	return add_rows(a,
	    db_query(session_db(a->session), a->asking->sql[source],
		MATCHES(a, match, before, max)),
	    max, f);
}

static void
prefetch_matches(struct search_ask *a, enum search_source source,
    const char *match, int64_t before, int max)
{
	if (match != NULL)
		db_prefetch(session_db(a->session), a->asking->sql[source],
		    MATCHES(a, match, before, max));
}

/* What add_people asks of each. */
static void
prefetch_people(struct search_ask *a, enum search_source names,
    enum search_source phones, int64_t before, int max)
{
	prefetch_matches(a, names, a->terms.names, before, max);
	prefetch_matches(a, phones, a->terms.in_phones, before, max);
}

/* The same of two sources, the names and the phones of people: 0, -1.  Many
 * whose names begin so do not hide who is called so. */
static int
add_people(struct search_ask *a, enum search_source names,
    enum search_source phones, int64_t before, int max, struct search_found *f)
{
	const struct search_terms *t = &a->terms;
	int more = add_matches(a, names, t->names, before, max, f), rc = 0;

	if (more == 1)
		rc = add_matches(a, names,
		    search_terms_whole(a->pool, t->names), before, max, f);
	a->cut |= more;
	if (more != -1 && rc != -1)
		rc = add_matches(a, phones, t->in_phones, before, max, f);
	a->cut |= rc;
	return more == -1 || rc == -1 ? -1 : 0;
}

/* Conversations whose contact was found: 0, -1. */
static int
add_conversations_of(struct search_ask *a, const struct search_found *contacts,
    struct search_found *f)
{
	for (int i = 0; i < contacts->n; i++)
		db_prefetch(session_db(a->session), search_sql[OF_CONTACT],
		    DB_ARGS(db_int(contacts->rows[i].id),
			db_int(OF_CONTACT_MAX + 1)));
	for (int i = 0; i < contacts->n && !a->late; i++) {
		int rc, max = OF_CONTACT_MAX;

		if (max > ROOM - f->n)
			max = ROOM - f->n;
		rc = add_rows(a,
		    db_query(session_db(a->session), search_sql[OF_CONTACT],
			DB_ARGS(db_int(contacts->rows[i].id), db_int(max + 1))),
		    max, f);
		if (rc == -1)
			return -1;
		a->cut |= rc;
	}
	return 0;
}

/* Conversations by names and phones, in no order: 0, -1. */
static int
find_people(struct search_ask *a, struct search_found *f)
{
	struct search_found contacts = { 0 };

	prefetch_people(a, IN_PROFILES, IN_PHONES, INT64_MAX, SEARCH_MAX);
	prefetch_people(
	    a, IN_CONTACTS, IN_CONTACT_PHONES, INT64_MAX, SEARCH_MAX);
	if (add_people(a, IN_PROFILES, IN_PHONES, INT64_MAX, SEARCH_MAX, f) ==
		-1 ||
	    add_people(a, IN_CONTACTS, IN_CONTACT_PHONES, INT64_MAX, SEARCH_MAX,
		&contacts) == -1)
		return -1;
	return add_conversations_of(a, &contacts, f);
}

/* Partitions that are asked at once behind so many: one, until it is clear that
 * they have little; a word as it is gathers nothing, however many have it. */
static int
run_of(const struct search_ask *a, int partitions)
{
	if (a->whole || partitions >= RUN_MAX)
		return RUN_MAX;
	return partitions < SURE ? 1 : partitions;
}

/* Several runs go with one statement where it leaves out those behind
 * enough. */
static int
is_together(const struct search_ask *a)
{
	return a->asking->in_lines && !a->alone;
}

static int
reach_of(const struct search_ask *a)
{
	return is_together(a) ? RUN_MAX : run_of(a, a->partitions);
}

/* The words in N partitions, a line each run; NULL when there are none. */
static const char *
match_of(struct search_ask *a, const int64_t *labels, int n)
{
	const char *match = NULL, *line;
	int max = n;

	for (int at = 0; at < n; at += max) {
		if (a->asking->in_lines)
			max = run_of(a, a->partitions + at);
		if (max > n - at)
			max = n - at;
		line = search_terms_messages(
		    a->pool, a->workspace_id, labels + at, max, &a->terms);
		match = match == NULL
			    ? line
			    : pool_printf(a->pool, "%s\n%s", match, line);
	}
	return match != NULL && a->whole ? search_terms_whole(a->pool, match)
					 : match;
}

/* The partitions of the messages below a->below, MAX at most, and the first id
 * of the last: how many LABELS, 0 when the time is up, -1.  What is below all
 * that have a row is in 0. */
static int
find_partitions(struct search_ask *a, int64_t *labels, int max, int64_t *first)
{
	struct db_rows *r = db_query(session_db(a->session),
	    search_sql[PARTITIONS], DB_ARGS(db_int(a->below), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1) {
		labels[n++] = db_col_int(r, 0);
		*first = db_col_int(r, 1);
	}
	db_end(r);
	if (rc == -1)
		return note_cut(a);
	if (n > 0 && (n == max || *first == 0 || !is_together(a)))
		return n;
	labels[n] = 0;
	*first = 0;
	return n + 1;
}

static int
compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/*
 * Adds messages below a->below, the newest first, until there are MAX, or the
 * time is up: 0, -1.  The next page goes on from a->below: what takes too long
 * in its first partition is not tried again for ever.
 */
static int
find_messages(struct search_ask *a, int max, struct search_found *f)
{
	for (a->late = 0; a->below > 0 && !a->late;) {
		int64_t labels[RUN_MAX], first = 0;
		const char *match;
		int had = f->n, had_cut = a->cut, n, rc;

		limit_search(a, a->partitions < SURE && !is_together(a)
				    ? SEARCH_SURE_MS
				    : SEARCH_TIME_MS);
		n = find_partitions(a, labels, reach_of(a), &first);
		if (n <= 0)
			return n;
		match = match_of(a, labels, n);
		if (first > 0)
			prefetch_partitions(a->session, first, reach_of(a));
		rc =
		    add_matches(a, IN_MESSAGES, match, a->below, max - f->n, f);
		if (rc == -1)
			return -1;
		if (rc == 1 || (a->late && f->n > had)) {
			a->below = f->rows[f->n - 1].id;
			a->cut = 1;
			return 0;
		}
		if (a->late && a->partitions == 0 && is_together(a)) {
			a->alone = 1;
			a->late = 0;
			a->cut = had_cut;
			continue;
		}
		if (!a->late || a->partitions == 0)
			a->below = match != NULL ? first : 0;
		a->partitions += n;
	}
	return 0;
}

/* Each conversation once, ids descending, at most MAX, in POOL: how many. */
static int
write_ids(struct search_ask *a, const struct search_found *f, int64_t **ids)
{
	int n = 0, kept = 0;

	*ids = pool_alloc(a->pool, sizeof(**ids) * (size_t)(f->n + 1));
	for (n = 0; n < f->n; n++)
		(*ids)[n] = f->rows[n].conversation_id;
	qsort(*ids, (size_t)n, sizeof(**ids), compare_ids);
	for (int i = 0; i < n; i++)
		if (i == 0 || (*ids)[i] != (*ids)[kept - 1])
			(*ids)[kept++] = (*ids)[i];
	return kept;
}

/* The first MAX of them. */
static int
write_first(
    struct search_ask *a, const struct search_found *f, int64_t *ids, int max)
{
	int64_t *all;
	int n = write_ids(a, f, &all);

	if (n > max) {
		a->cut = 1;
		n = max;
	}
	memcpy(ids, all, sizeof(ids[0]) * (size_t)n);
	return n;
}

/* What find_messages asks first. */
static int
prefetch_messages(struct search_ask *a, int max)
{
	int64_t labels[RUN_MAX], first = 0;
	int n = find_partitions(a, labels, RUN_MAX, &first);

	if (n <= 0)
		return n;
	prefetch_partitions(a->session, a->below, RUN_MAX);
	prefetch_matches(a, IN_MESSAGES, match_of(a, labels, n), a->below, max);
	return 1;
}

/* Each statement once for each time that it will be asked; and one that is
 * asked now, with which they go. */
static int
prefetch_all(struct search_ask *a, int max, int people)
{
	struct db *db = session_db(a->session);
	int rc = prefetch_messages(a, max);

	if (rc <= 0)
		return rc;
	for (int i = people ? 4 : 2; i > 0; i--)
		db_prefetch(db, search_sql[ASK], DB_NONE);
	if (people) {
		prefetch_people(
		    a, IN_PROFILES, IN_PHONES, INT64_MAX, SEARCH_MAX);
		for (int i = 0; i < 2; i++)
			prefetch_people(a, IN_CONTACTS, IN_CONTACT_PHONES,
			    INT64_MAX, SEARCH_MAX);
	}
	return db_run(db, search_sql[ASK], DB_NONE);
}

void
search_prefetch(struct session *s, struct pool *pool, const char *q,
    int64_t before, int max, int people)
{
	struct search_ask a;

	if (db_engine(session_db(s)) != DB_PGSQL)
		return;
	prefetch_partitions(s, before > 0 ? before : INT64_MAX, RUN_MAX);
	/* Who asks says what has failed. */
	if (begin_search(&a, s, pool, q) == 1) {
		if (before > 0)
			a.below = before;
		(void)prefetch_all(&a, max, people);
	}
	end_search(&a);
}

int
search_messages(struct session *s, struct pool *pool, const char *q,
    int64_t before, struct search_message *out, int max, int64_t *below,
    int *complete)
{
	struct search_found f = { out, 0, max };
	struct search_ask a;
	int rc = begin_search(&a, s, pool, q);

	if (before > 0)
		a.below = before;
	if (rc == 1 && a.terms.query != NULL)
		rc = find_messages(&a, max, &f);
	else
		a.below = 0;
	end_search(&a);
	*below = a.below;
	*complete = !a.late && !a.messages_missing;
	return rc == -1 ? -1 : f.n;
}

int
search_people(struct session *s, struct pool *pool, const char *q, int64_t *ids,
    int max, int *complete)
{
	struct search_found f = { 0 };
	struct search_ask a;
	int n = 0, rc = begin_search(&a, s, pool, q);

	if (rc == 1)
		rc = find_people(&a, &f);
	end_search(&a);
	if (rc != -1)
		n = write_first(&a, &f, ids, max);
	*complete = !a.cut && !a.people_missing;
	return rc == -1 ? -1 : n;
}

/* Many messages with a word that begins so do not hide the word itself: some
 * that have it are looked for below them. */
static int
find_most_messages(struct search_ask *a, struct search_found *f)
{
	int rc = find_messages(a, SEARCH_MAX, f);

	if (rc == -1 || f->n < SEARCH_MAX)
		return rc;
	a->whole = 1;
	return find_messages(a, SEARCH_MAX + WHOLE_MAX, f);
}

int
search_conversations(struct session *s, struct pool *pool, const char *q,
    int64_t **ids, int *complete)
{
	struct search_found f = { 0 }, messages = { 0 };
	struct search_ask a;
	int rc;

	prefetch_partitions(s, INT64_MAX, RUN_MAX);
	rc = begin_search(&a, s, pool, q);
	if (rc == 1 && db_engine(session_db(s)) == DB_PGSQL)
		(void)prefetch_messages(&a, SEARCH_MAX);
	if (rc == 1)
		rc = find_people(&a, &f);
	if (rc != -1 && a.terms.query != NULL)
		rc = find_most_messages(&a, &messages);
	end_search(&a);
	for (int i = 0; i < messages.n; i++) {
		grow_found(&a, &f);
		f.rows[f.n++] = messages.rows[i];
	}
	*complete = !a.cut && !a.messages_missing && !a.people_missing;
	return rc == -1 ? -1 : write_ids(&a, &f, ids);
}

/* Who has a cursor is told of what SEARCH_MAX leaves out only when it asks for
 * more than that. */
int
search_contacts(struct session *s, struct pool *pool, const char *q,
    int64_t before, int64_t *ids, int max, int *complete)
{
	struct search_found f = { 0 };
	struct search_ask a;
	int n = 0, rc = begin_search(&a, s, pool, q), late;

	if (rc == 1)
		rc = add_people(&a, IN_CONTACTS, IN_CONTACT_PHONES, before,
		    max < SEARCH_MAX ? max : SEARCH_MAX, &f);
	end_search(&a);
	late = a.late || (a.cut && max > SEARCH_MAX);
	if (rc != -1)
		n = write_first(&a, &f, ids, max);
	*complete = !late && !a.people_missing;
	return rc == -1 ? -1 : n;
}
