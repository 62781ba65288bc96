/*
 * POST /conversations/bulk: what a member does with one conversation, done with
 * many: those of a list of ids, or a page of those that filters ask for.
 *
 * Many rows are written, so it is done in steps, a transaction each, in the
 * order of the ids; which they are is read before.  All of it says what is to
 * be, not what is to change: whoever sends it again, after a failure in the
 * middle, has the rest done.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/conversation/conversation.h"
#include "inbox/job_kind.h"
#include "inbox/mark/mark_on.h"

#include "api/action.h"
#include "api/input.h"
#include "api/list/conversation_page.h"
#include "api/list/filter.h"
#include "api/reply.h"
#include "api/resource/triage/assignee.h"
#include "api/resource/triage/conversation_bulk.h"
#include "api/resource/triage/read_mark.h"
#include "api/resource/triage/wanted_state.h"

struct bulk_labels {
	struct mark list[CONVERSATION_BULK_LABELS_MAX];
	int n;
};

struct bulk {
	int64_t ids[CONVERSATION_BULK_MAX];
	int n_ids;
	struct wanted_state state;
	struct assignee to;
	struct bulk_labels add, remove;
	enum { LEAVE, READ, UNREAD } read;
	const char *next; /* cursor of the page after; NULL: none */
};

/* ---------------------------------------------------------------- reading */

/* Field KEY, a list of at most MAX ids, into IDS, each once: how many; 0 it is
 * absent, or wrong, which is noted. */
static int
read_ids(
    struct action *a, const char *key, int64_t *ids, int max, const char *wrong)
{
	const struct json *list = json_get(a->body, key), *e;
	int n = 0;

	if (json_type(list) == JSON_NONE)
		return 0;
	if (json_type(list) != JSON_ARRAY || json_count(list) < 1 ||
	    json_count(list) > (size_t)max) {
		input_wrong(a, key, wrong);
		return 0;
	}
	for (e = json_first(list); e != NULL; e = json_next(e)) {
		int k = 0;

		if (json_type(e) != JSON_NUMBER || !json_integer(e, &ids[n]) ||
		    ids[n] < 1) {
			input_wrong(a, key, wrong);
			return 0;
		}
		while (ids[k] != ids[n])
			k++;
		n += k == n;
	}
	return n;
}

static int
read_labels(struct action *a, const char *key, struct bulk_labels *labels)
{
	int64_t ids[CONVERSATION_BULK_LABELS_MAX];
	int n = read_ids(a, key, ids, CONVERSATION_BULK_LABELS_MAX,
		"is no list of 1 to 10 ids of labels"),
	    rc = 1;

	labels->n = 0;
	for (int i = 0; i < n && rc == 1; i++) {
		rc = mark_get(
		    a->session, a->pool, MARK_LABEL, ids[i], &labels->list[i]);
		labels->n += rc == 1;
	}
	if (rc == 0)
		input_wrong(a, key, "has an id that is no label's");
	return rc == -1 ? -1 : 0;
}

static void
read_read(struct action *a, struct bulk *b)
{
	const struct json *v = json_get(a->body, "read");

	b->read = LEAVE;
	if (json_type(v) == JSON_NONE)
		return;
	if (json_type(v) != JSON_BOOL)
		input_wrong(a, "read", "is not true or false");
	else
		b->read = json_bool(a->body, "read", 0) ? READ : UNREAD;
}

static int
wants_nothing(const struct bulk *b)
{
	return b->state.state == NULL && !b->to.has_user && !b->to.has_team &&
	       b->add.n == 0 && b->remove.n == 0 && b->read == LEAVE;
}

/* How many at once.  1; 0 a problem was replied. */
static int
read_bulk_limit(struct action *a, int *limit)
{
	const char *s = input_param(a, "limit");
	long long n = CONVERSATION_BULK_MAX;

	if (s != NULL &&
	    (text_int(s, &n) == -1 || n < 1 || n > CONVERSATION_BULK_MAX))
		return input_bad(a, "limit", "is not a number from 1 to 500");
	*limit = (int)n;
	return 1;
}

/* Those that filters ask for, as they are now.  1; 0 a problem was replied;
 * -1. */
static int
find_filtered(struct action *a, struct bulk *b)
{
	struct conversation_page page = { .n = 0 };
	int limit = 0, rc = 0;

	if (session_begin_read(a->session) == -1)
		return -1;
	if (read_bulk_limit(a, &limit))
		rc = conversation_page_read(a, limit, &page);
	session_end_read(a->session);
	for (int i = 0; rc == 1 && i < page.n; i++)
		b->ids[b->n_ids++] = page.rows[i].id;
	if (rc == 1)
		b->next = page.next;
	return rc;
}

/* The ids of the body, where there are no filters; what is wrong is noted. */
static void
read_listed(struct action *a, struct bulk *b, int is_filtered)
{
	int is_listed = json_type(json_get(a->body, "ids")) != JSON_NONE;

	if (is_listed && (is_filtered || input_param(a, "limit") != NULL ||
			     input_param(a, "cursor") != NULL))
		input_wrong(a, "ids", "stand without filters");
	else if (is_listed)
		b->n_ids = read_ids(a, "ids", b->ids, CONVERSATION_BULK_MAX,
		    "is no list of 1 to 500 ids of conversations");
	else if (!is_filtered)
		input_wrong(a, "ids",
		    "are needed, or filters as GET /conversations has them");
}

/* 1; 0 a problem was replied; -1. */
static int
read_bulk(struct action *a, struct bulk *b)
{
	wanted_state_read(a, &b->state);
	read_read(a, b);
	if (assignee_read(a, &b->to) == -1 ||
	    read_labels(a, "add_labels", &b->add) == -1 ||
	    read_labels(a, "remove_labels", &b->remove) == -1)
		return -1;
	if (a->wrong == NULL && wants_nothing(b))
		input_wrong(
		    a, "state", "is needed, or what else to do with them");
	return a->wrong == NULL || reply_wrong(a);
}

/* ------------------------------------------------------------------ doing */

/* 1; 0 it has too many labels then; -1. */
static int
change_labels(struct action *a, const struct bulk *b, int64_t id)
{
	int rc = 1;

	for (int i = 0; i < b->remove.n; i++)
		if (mark_on_remove(
			a->session, id, &b->remove.list[i], a->now) == -1)
			return -1;
	for (int i = 0; i < b->add.n && rc == 1; i++)
		rc = mark_on_add(a->session, id, &b->add.list[i], a->now);
	return rc;
}

/* What became of it, in words; NULL: the database failed. */
static const char *
change_one(struct action *a, const struct bulk *b, int64_t id)
{
	int64_t before = session_written(a->session);
	int rc = conversation_has(a->session, id);

	if (rc == 0)
		return "not_found";
	/* Labels first: what is refused has changed nothing. */
	if (rc == 1 && session_savepoint(a->session) == -1)
		rc = -1;
	if (rc == 1)
		rc = change_labels(a, b, id);
	if (rc == 0) {
		session_rollback_savepoint(a->session);
		return "too_many_labels";
	}
	if (rc == -1 || session_release(a->session) == -1 ||
	    assignee_set(a, id, &b->to) == -1 ||
	    (b->read != LEAVE && read_mark_set(a, id, b->read == READ) == -1) ||
	    (b->state.state != NULL &&
		conversation_set_state(a->session, id, b->state.state,
		    b->state.until, a->now) == -1))
		return NULL;
	return session_written(a->session) > before ? "changed" : "unchanged";
}

/* Ends the step when it is full: 0, -1. */
static int
go_on(struct action *a)
{
	if (session_written(a->session) < JOB_FULL)
		return 0;
	return session_commit(a->session) == -1 ||
		       session_begin_step(a->session) == -1
		   ? -1
		   : 0;
}

static int
change_all(struct action *a, const struct bulk *b, struct json_out *out)
{
	for (int i = 0; i < b->n_ids; i++) {
		const char *result = change_one(a, b, b->ids[i]);

		if (result == NULL || go_on(a) == -1)
			return -1;
		json_open_object(out, NULL);
		json_put_int(out, "id", b->ids[i]);
		json_put_text(out, "result", result);
		json_close(out);
	}
	return session_commit(a->session);
}

int
conversation_bulk(struct action *a)
{
	struct bulk *b = pool_room(a->pool, sizeof(*b));
	struct json_out *out = json_new(a->pool);
	int is_filtered = filter_is_given(a), rc = 1;

	b->n_ids = 0;
	b->next = NULL;
	read_listed(a, b, is_filtered);
	if (is_filtered)
		rc = find_filtered(a, b);
	if (rc == 1 && session_begin_step(a->session) == -1)
		rc = -1;
	if (rc == 1)
		rc = read_bulk(a, b);
	if (rc != 1)
		return rc;
	json_open_object(out, NULL);
	json_open_array(out, "results");
	if (change_all(a, b, out) == -1)
		return -1;
	json_close(out);
	return reply_list(a, out, b->next);
}
