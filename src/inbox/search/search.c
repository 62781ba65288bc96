/*
 * Full-text search with FTS5.  The indexes hold all workspaces, so a source
 * is read in windows of ids, from the newest down, until there is enough or
 * the time is up: other workspaces' rows cost time too, but never without end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/search/search.h"
#include "inbox/search/search_terms.h"

#define WINDOW_FIRST   20000 /* ids */
#define WINDOW_LAST    2560000
#define WINDOW_GROWS   8
#define OF_CONTACT_MAX 100 /* conversations */
#define ROOM	       (8 * SEARCH_MAX)

enum {
	BOUNDS,
	PARTITIONS,
	IN_MESSAGES,
	IN_PROFILES,
	IN_PHONES,
	IN_CONTACTS,
	IN_CONTACT_PHONES,
	OF_CONTACT,
	N_SQL
};

#define WINDOW " WHERE words MATCH $1 AND id <= $2 AND id > $3" NEWEST
#define NEWEST " ORDER BY id DESC LIMIT $4"
/* What is longer than a word of them: FTS5 finds its pieces in any order. */
#define PHONES                                                                 \
	" WHERE words MATCH $1 AND id <= $2 AND id > $3"                       \
	" AND instr(phone, $5) > 0" NEWEST

static const char *const sql[N_SQL] = {
	[BOUNDS] = "SELECT message, conversation, contact, workspace_id"
		   " FROM my_bounds",
	[PARTITIONS] = "SELECT partition FROM my_search_partitions"
		       " ORDER BY first_id DESC LIMIT 10000",
	[IN_MESSAGES] =
	    "SELECT id, conversation_id FROM my_message_words" WINDOW,
	[IN_PROFILES] = "SELECT id, id FROM my_conversation_words" WINDOW,
	[IN_PHONES] = "SELECT id, id FROM my_conversation_digits" PHONES,
	[IN_CONTACTS] = "SELECT id, id FROM my_contact_words" WINDOW,
	[IN_CONTACT_PHONES] = "SELECT id, id FROM my_contact_digits" PHONES,
	[OF_CONTACT] = "SELECT id FROM my_conversations"
		       " WHERE contact_id = $1 AND last_message_at > 0"
		       " ORDER BY id DESC LIMIT $2",
};

/* Newest ids there are, of messages, conversations, contacts. */
struct bounds {
	int64_t message;
	int64_t conversation;
	int64_t contact;
	int64_t workspace_id;
};

struct search_found {
	int64_t *ids; /* ROOM of them */
	int n;
};

const struct statements search_statements = {
	.sql = sql,
	.n = N_SQL,
};

static int
read_bounds(struct session *s, struct bounds *b)
{
	struct db_rows *r = db_query(session_db(s), sql[BOUNDS], DB_NONE);
	int rc = db_next(r);

	*b = (struct bounds){ 0 };
	if (rc == 1) {
		b->message = db_col_int(r, 0);
		b->conversation = db_col_int(r, 1);
		b->contact = db_col_int(r, 2);
		b->workspace_id = db_col_int(r, 3);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* One statement, and what it is asked. */
struct search_source {
	const char *statement;
	const char *match;
	const char *digits;
	int64_t top; /* from here down */
};

/* Adds what is found: 0, or -1. */
static int
walk(
    struct session *s, const struct search_source *from, struct search_found *f)
{
	int64_t width = WINDOW_FIRST, end = clock_ticks_ms() + SEARCH_TIME_MS;
	int room = ROOM - f->n < SEARCH_MAX ? ROOM - f->n : SEARCH_MAX;
	int64_t top = from->top;
	int rc = 0;

	if (from->match == NULL)
		return 0;
	while (top > 0 && room > 0 && rc == 0) {
		int64_t bottom = top > width ? top - width : 0;
		struct db_rows *r = db_query(session_db(s), from->statement,
		    DB_SHARED_ARGS(db_text(from->match), db_int(top),
			db_int(bottom), db_int(room), db_text(from->digits)));

		while ((rc = db_next(r)) == 1 && room > 0) {
			f->ids[f->n++] = db_col_int(r, 1);
			room--;
		}
		db_end(r);
		if (clock_ticks_ms() > end)
			break;
		top = bottom;
		if (width < WINDOW_LAST)
			width *= WINDOW_GROWS;
	}
	return rc == -1 ? -1 : 0;
}

static int
compare_search(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/* Highest first, each once. */
static void
tidy(struct search_found *f)
{
	int kept = 0;

	if (f->n == 0)
		return;
	qsort(f->ids, (size_t)f->n, sizeof(f->ids[0]), compare_search);
	for (int i = 1; i < f->n; i++)
		if (f->ids[i] != f->ids[kept])
			f->ids[++kept] = f->ids[i];
	f->n = kept + 1;
}

static int
find_contacts(struct session *s, const struct search_terms *t, int64_t top,
    struct search_found *f)
{
	struct search_source names = { sql[IN_CONTACTS], t->names, NULL, top };
	struct search_source phones = { sql[IN_CONTACT_PHONES], t->in_phones,
		t->digits, top };

	if (walk(s, &names, f) == -1 || walk(s, &phones, f) == -1)
		return -1;
	tidy(f);
	return 0;
}

static int
find_customers(struct session *s, const struct search_terms *t, int64_t top,
    struct search_found *f)
{
	struct search_source names = { sql[IN_PROFILES], t->names, NULL, top };
	struct search_source phones = { sql[IN_PHONES], t->in_phones, t->digits,
		top };

	if (walk(s, &names, f) == -1)
		return -1;
	return walk(s, &phones, f);
}

/* The partitions of the member's messages, newest first, in POOL: how many. */
static int
read_partitions(struct session *s, struct pool *pool, int64_t **list)
{
	struct db_rows *r = db_query(session_db(s), sql[PARTITIONS], DB_NONE);
	int n = 0, rc;

	*list = pool_alloc(pool, sizeof(**list) * 10001);
	while ((rc = db_next(r)) == 1)
		(*list)[n++] = db_col_int(r, 0);
	db_end(r);
	if (n == 0)
		(*list)[n++] = 0;
	return rc == -1 ? -1 : n;
}

static int
find_messages(struct session *s, struct pool *pool,
    const struct search_terms *t, const struct bounds *top,
    struct search_found *f)
{
	int64_t *list;
	int n = read_partitions(s, pool, &list), rc = n == -1 ? -1 : 0;

	for (int i = 0; i < n && rc == 0; i++) {
		struct search_source texts = { sql[IN_MESSAGES],
			search_terms_messages(
			    pool, top->workspace_id, list[i], t),
			NULL, top->message };

		rc = walk(s, &texts, f);
	}
	return rc;
}

static int
add_conversations_of(
    struct session *s, int64_t contact_id, struct search_found *f)
{
	struct db_rows *r = db_query(session_db(s), sql[OF_CONTACT],
	    DB_ARGS(db_int(contact_id), db_int(OF_CONTACT_MAX)));
	int rc;

	while ((rc = db_next(r)) == 1 && f->n < ROOM)
		f->ids[f->n++] = db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

static void
make_room(struct pool *pool, struct search_found *f)
{
	f->ids = pool_alloc(pool, sizeof(f->ids[0]) * ROOM);
	f->n = 0;
}

/* Conversations by name or phone, into F, in no order: 0, or -1. */
static int
find_people(struct session *s, struct pool *pool, const struct search_terms *t,
    const struct bounds *top, struct search_found *f)
{
	struct search_found contacts;

	make_room(pool, &contacts);
	if (find_contacts(s, t, top->contact, &contacts) == -1 ||
	    find_customers(s, t, top->conversation, f) == -1)
		return -1;
	for (int i = 0; i < contacts.n; i++)
		if (add_conversations_of(s, contacts.ids[i], f) == -1)
			return -1;
	return 0;
}

int
search_messages(struct session *s, struct pool *pool, const char *q,
    int64_t before, struct search_message *out, int max, int64_t *below,
    int *complete)
{
	struct bounds top;
	struct search_terms t;
	struct db_rows *r;
	int64_t *list;
	int n = 0, n_list, rc = 0;

	*below = 0;
	*complete = 1;
	if (read_bounds(s, &top) == -1)
		return -1;
	search_terms_read(pool, top.workspace_id, q, &t);
	n_list = read_partitions(s, pool, &list);
	if (n_list == -1 || t.query == NULL)
		return n_list == -1 ? -1 : 0;
	if (before == 0 || before > top.message)
		before = top.message + 1;
	for (int i = 0; i < n_list && n < max; i++) {
		r = db_query(session_db(s), sql[IN_MESSAGES],
		    DB_SHARED_ARGS(db_text(search_terms_messages(
				       pool, top.workspace_id, list[i], &t)),
			db_int(before - 1), db_int(0), db_int(max)));
		while (n < max && (rc = db_next(r)) == 1)
			out[n++] = (struct search_message){
				.id = db_col_int(r, 0),
				.conversation_id = db_col_int(r, 1),
			};
		db_end(r);
	}
	if (n > 0 && n == max)
		*below = out[n - 1].id;
	return rc == -1 ? -1 : n;
}

int
search_people(struct session *s, struct pool *pool, const char *q, int64_t *ids,
    int max, int *complete)
{
	struct search_found f;
	struct bounds top;
	struct search_terms t;

	*complete = 1;
	make_room(pool, &f);
	if (read_bounds(s, &top) == -1)
		return -1;
	search_terms_read(pool, top.workspace_id, q, &t);
	if (find_people(s, pool, &t, &top, &f) == -1)
		return -1;
	tidy(&f);
	if (f.n > max) {
		f.n = max;
		*complete = 0;
	}
	memcpy(ids, f.ids, sizeof(ids[0]) * (size_t)f.n);
	return f.n;
}

int
search_conversations(struct session *s, struct pool *pool, const char *q,
    int64_t **ids, int *complete)
{
	struct search_found f;
	struct bounds top;
	struct search_terms t;

	*complete = 1;
	make_room(pool, &f);
	if (read_bounds(s, &top) == -1)
		return -1;
	search_terms_read(pool, top.workspace_id, q, &t);
	if (find_people(s, pool, &t, &top, &f) == -1 ||
	    find_messages(s, pool, &t, &top, &f) == -1)
		return -1;
	tidy(&f);
	*ids = f.ids;
	return f.n;
}

int
search_contacts(struct session *s, struct pool *pool, const char *q,
    int64_t before, int64_t *ids, int max, int *complete)
{
	struct bounds top;
	struct search_found f;
	struct search_terms t;

	*complete = 1;
	make_room(pool, &f);
	if (read_bounds(s, &top) == -1)
		return -1;
	search_terms_read(pool, top.workspace_id, q, &t);
	if (before <= top.contact)
		top.contact = before - 1;
	if (find_contacts(s, &t, top.contact, &f) == -1)
		return -1;
	if (f.n > max)
		f.n = max;
	memcpy(ids, f.ids, sizeof(ids[0]) * (size_t)f.n);
	return f.n;
}
