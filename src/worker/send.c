/*
 * From the outbox to the provider.  A row is written as sending before its
 * request leaves, so whoever is killed in between has perhaps sent it, and
 * the next run does not.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "inbox/outbox.h"
#include "inbox/pause.h"

#include "worker/call.h"
#include "worker/keys.h"
#include "worker/send.h"

#define LOST_EVERY 10 /* seconds */

int
send_prepare(struct db *db)
{
	return outbox_prepare(db) == -1 ? -1 : pause_prepare(db);
}

/* ---------------------------------------------------------------- settle */

/* Those that are settled are gone. */
static int
drop_answered(struct send *s)
{
	struct call **at = &s->calls;
	int n = 0;

	while (*at != NULL) {
		struct call *c = *at;

		if (!c->answered) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		call_free(c);
		n++;
	}
	return n;
}

static int
save_paces(struct send *s)
{
	for (struct pace *p = s->paces; p != NULL; p = p->next)
		if (pace_save(p, s->db) == -1)
			return -1;
	return 0;
}

static void
paces_saved(struct send *s)
{
	for (struct pace *p = s->paces; p != NULL; p = p->next)
		p->unsaved = 0;
}

static int
failed(struct send *s, enum db_error *why)
{
	*why = db_error(s->db);
	db_rollback(s->db);
	if (*why != DB_BUSY && *why != DB_FULL)
		*why = DB_BROKEN;
	return -1;
}

static int
settle_all(struct send *s, int64_t now)
{
	if (db_begin(s->db) == -1)
		return -1;
	for (struct call *c = s->calls; c != NULL; c = c->next)
		if (c->answered && verdict_apply(s->db, c, now) == -1)
			return -1;
	if (save_paces(s) == -1 || db_commit(s->db) == -1)
		return -1;
	paces_saved(s);
	return 0;
}

int
send_settle(struct send *s, int64_t now, enum db_error *why)
{
	const struct call *c = s->calls;

	*why = DB_OK;
	while (c != NULL && !c->answered)
		c = c->next;
	if (c == NULL)
		return 0;
	if (settle_all(s, now) == -1)
		return failed(s, why);
	return drop_answered(s);
}

static int
is_under_way(const struct send *s, int64_t id)
{
	const struct call *c = s->calls;

	while (c != NULL && c->row.id != id)
		c = c->next;
	return c != NULL;
}

/* The key of the number whose rows are due; *ROOM 0 when it pauses, which
 * begins here when there is no key. */
static const char *
find_key(struct send *s, struct pace *pace, const struct outbox_row *row,
    int64_t now, char *mark, int *room)
{
	const char *why;
	const char *key =
	    keys_get(s->keys, s->pool, row->phone_number_id, &why);

	pace_name(pace, row->phone_number_id);
	pace_mark(key, mark);
	if (pace_is_paused(pace, now, mark)) {
		*room = 0;
	} else if (key == NULL) {
		*room = 0;
		pace_pause(
		    pace, PACE_STOP, clock_ticks_ms(), now, -1, mark, why);
		log_warn("number %s sends nothing for %lld s: %s", pace->name,
		    (long long)(pace->until - now), why);
	}
	return key;
}

/* What of one number may begin, to the end of the list at *PLAN. */
static int
plan_number(struct send *s, int64_t number_id, int64_t now, struct call ***plan)
{
	struct pace *pace = pace_of(&s->paces, s->db, number_id);
	char mark[PACE_MARK_LEN + 1];
	struct outbox_row *rows;
	const char *key;
	int n, room;

	if (pace == NULL)
		return -1;
	room = pace_room(
	    pace, s->rate, s->parallel, clock_ticks_ms(), &s->wait_ms);
	if (room == 0)
		return 0;
	/* A file that is uploaded, a read, are queued while they go. */
	if (outbox_due(s->db, s->pool, number_id, now, room + pace->under_way,
		&rows, &n) == -1)
		return -1;
	if (n == 0)
		return 0;
	key = find_key(s, pace, &rows[0], now, mark, &room);
	for (int i = 0; i < n && room > 0; i++) {
		if (is_under_way(s, rows[i].id))
			continue;
		**plan = call_new(&rows[i], pace, mark);
		(**plan)->key = key;
		*plan = &(**plan)->next;
		room--;
	}
	return 0;
}

static int
plan_all(struct send *s, int64_t now, struct call **plan)
{
	int64_t number_id = 0;
	int rc;

	while ((rc = outbox_next_number(s->db, number_id, &number_id)) == 1)
		if (plan_number(s, number_id, now, &plan) == -1)
			return -1;
	return rc;
}

/* ----------------------------------------------------------------- begin */

/* What a second time would do harm. */
static int
needs_mark(const struct call *c)
{
	return c->kind == CALL_SEND && !c->answered;
}

static int
mark_all(struct send *s, struct call *plan, int64_t now)
{
	int changes = 0, rc;

	for (struct call *c = plan; c != NULL; c = c->next)
		changes |= needs_mark(c);
	for (struct pace *p = s->paces; p != NULL; p = p->next)
		changes |= p->unsaved;
	if (!changes)
		return 0;
	if (db_begin(s->db) == -1)
		return -1;
	for (struct call *c = plan; c != NULL; c = c->next) {
		if (!needs_mark(c))
			continue;
		if ((rc = outbox_sending(s->db, &c->row, now)) == -1)
			return -1;
		c->gone = rc == 0;
	}
	if (save_paces(s) == -1 || db_commit(s->db) == -1)
		return -1;
	paces_saved(s);
	return 0;
}

static void
free_plan(struct call *c)
{
	while (c != NULL) {
		struct call *next = c->next;

		call_free(c);
		c = next;
	}
}

static int
begin(struct send *s, int64_t now, enum db_error *why)
{
	struct call *plan = NULL, *next;
	int n = 0;

	if (plan_all(s, now, &plan) == -1 || mark_all(s, plan, now) == -1) {
		free_plan(plan);
		return failed(s, why);
	}
	for (struct call *c = plan; c != NULL; c = next, n++) {
		next = c->next;
		if (c->gone) {
			call_free(c);
			continue;
		}
		c->next = s->calls;
		s->calls = c;
		if (!c->answered)
			call_start(c, s, c->key);
	}
	return n;
}

/* Those of which nobody said what became of them. */
static int
expire(struct send *s, int64_t now, enum db_error *why)
{
	int n;

	if (now - s->looked_at < LOST_EVERY && now >= s->looked_at)
		return 0;
	if ((n = outbox_has_expired(s->db, now)) == 1 &&
	    (db_begin(s->db) == -1 || (n = outbox_expire(s->db, now)) == -1 ||
		db_commit(s->db) == -1))
		n = -1;
	if (n == -1)
		return failed(s, why);
	if (n > 0)
		log_warn("%d messages failed: outcome unknown", n);
	s->looked_at = now;
	return 0;
}

int
send_step(struct send *s, int64_t now, enum db_error *why)
{
	int settled = send_settle(s, now, why), begun;

	if (s->pool == NULL)
		s->pool = pool_new();
	pool_reset(s->pool);
	s->wait_ms = -1;
	if (settled == -1 || expire(s, now, why) == -1)
		return -1;
	begun = begin(s, now, why);
	return begun == -1 ? -1 : settled + begun;
}

void
send_close(struct send *s)
{
	free_plan(s->calls);
	pace_free(s->paces);
	pool_free(s->pool);
	s->calls = NULL;
	s->paces = NULL;
	s->pool = NULL;
}
