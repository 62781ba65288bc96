/*
 * Deletes the rows of a person, a few hundred at a time.  Lists are read before
 * the write lock is taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/redact.h"

#include "inbox/conversation/group_participant.h"
#include "inbox/erasure/delete.h"
#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"
#include "inbox/erasure/tombstone.h"

#include "process/erase/erase_rows.h"

enum {
	MESSAGES,
	GROUP,
	GROUP_MESSAGES,
	CONTEXT,
	REACTION_OF,
	STATUS_OF,
	STATUSES,
	STATUS,
	PATCHES,
	PATCH,
	REACTIONS,
	REACTION,
	UNMATCHED,
	ONE_UNMATCHED,
	EVENTS,
	EVENT_GONE,
	EVENT_LESS,
	N_SQL
};

#define READ_MAX 400 /* rows looked at in a step */
#define AT_ONCE	 64  /* messages deleted together, when they are small */
#define HOLD_MS	 10  /* of the write lock, before the flush */
#define SEP	 '\n'

static const char *const erase_rows_sql[N_SQL] = {
	[MESSAGES] = "SELECT id, wamid FROM messages WHERE workspace_id = $1"
		     " AND conversation_id = $2 ORDER BY sent_at, id LIMIT $3",
	[GROUP] = "SELECT i.conversation_id FROM numbers AS n"
		  " CROSS JOIN identities AS i"
		  " WHERE i.workspace_id = n.workspace_id"
		  " AND i.number_id = n.id AND i.kind = 'group'"
		  " AND n.workspace_id = $1 AND i.conversation_id >= $2"
		  " ORDER BY i.conversation_id LIMIT 1",
	[GROUP_MESSAGES] =
	    "SELECT id, sent_at, number_id, wamid, sender, context"
	    " FROM messages WHERE workspace_id = $1 AND conversation_id = $2"
	    " AND (sent_at, id) > ($3, $4) ORDER BY sent_at, id LIMIT $5",
	[CONTEXT] = "UPDATE messages SET context = $3"
		    " WHERE workspace_id = $1 AND id = $2",
	[REACTION_OF] = "DELETE FROM reactions WHERE workspace_id = $1"
			" AND number_id = $2 AND target_wamid = $3"
			" AND sender = $4",
	[STATUS_OF] = "DELETE FROM message_statuses WHERE workspace_id = $1"
		      " AND number_id = $2 AND wamid = $3"
		      " AND participant = $4",
	[STATUSES] = "SELECT number_id, wamid, status, participant, raw"
		     " FROM message_statuses WHERE workspace_id = $1"
		     " AND (number_id, wamid, status, participant)"
		     "  > ($2, $3, $4, $5)"
		     " ORDER BY number_id, wamid, status, participant"
		     " LIMIT $6",
	[STATUS] = "DELETE FROM message_statuses WHERE workspace_id = $1"
		   " AND number_id = $2 AND wamid = $3 AND status = $4"
		   " AND participant = $5",
	[PATCHES] = "SELECT number_id, target_wamid, wamid, '', NULL"
		    " FROM message_patches WHERE workspace_id = $1"
		    " AND (number_id, target_wamid, wamid) > ($2, $3, $4)"
		    " ORDER BY number_id, target_wamid, wamid LIMIT $6",
	[PATCH] = "DELETE FROM message_patches WHERE workspace_id = $1"
		  " AND number_id = $2 AND target_wamid = $3 AND wamid = $4",
	[REACTIONS] = "SELECT number_id, target_wamid, sender, '', NULL"
		      " FROM reactions WHERE workspace_id = $1"
		      " AND (number_id, target_wamid, sender) > ($2, $3, $4)"
		      " ORDER BY number_id, target_wamid, sender LIMIT $6",
	[REACTION] = "DELETE FROM reactions WHERE workspace_id = $1"
		     " AND number_id = $2 AND target_wamid = $3"
		     " AND sender = $4",
	[UNMATCHED] = "SELECT u.number_id, u.wamid, '', '', NULL"
		      " FROM unmatched AS u"
		      " CROSS JOIN numbers AS n WHERE n.id = u.number_id"
		      " AND n.workspace_id = $1"
		      " AND (u.number_id, u.wamid) > ($2, $3)"
		      " ORDER BY u.number_id, u.wamid LIMIT $6",
	[ONE_UNMATCHED] = "DELETE FROM unmatched"
			  " WHERE number_id = $2 AND wamid = $3",
	[EVENTS] = "SELECT id, at, field, raw FROM workspace_events"
		   " WHERE workspace_id = $1 AND (at, id) > ($2, $3)"
		   " ORDER BY at, id LIMIT $4",
	[EVENT_GONE] = "DELETE FROM workspace_events WHERE id = $1",
	/* hash stays that of the original, so that it is not added again. */
	[EVENT_LESS] = "UPDATE workspace_events SET raw = $2 WHERE id = $1",
};

const struct statements erase_rows_statements = {
	.sql = erase_rows_sql,
	.n = N_SQL,
	.also = STATEMENTS(&group_participant_statements),
};

int
erase_commit(struct erase_work *w, int rc, const char *state)
{
	struct db *db = w->db;

	if (state != NULL) {
		w->job->state = state;
		w->job->place = 0;
		w->job->at = "";
	}
	if (rc != -1)
		rc = erasure_move(db, w->job);
	if (rc == -1) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : 1;
}

/* Begins a deletion.  Its now is two days ahead, so that an upload is
 * deleted with the only message that has its file, however new it is. */
static struct deletion
begin_deletion(struct erase_work *w)
{
	struct deletion d = {
		.db = w->db, .pool = w->pool, .now = w->now + 2 * 86400
	};

	delete_begin(&d);
	return d;
}

struct erase_rows_found { /* a message */
	int64_t id, sent_at, number_id;
	const char *wamid, *sender, *context;
};

/* Deletes a message: 1 done, 0 the transaction is full, -1. */
static int
delete_one(
    struct erase_work *w, struct deletion *d, const struct erase_rows_found *m)
{
	int rc;

	if (delete_left(d) == 0)
		return 0;
	if (m->wamid != NULL && tombstone_put_wamid(w->db, w->job->workspace_id,
				    m->wamid, w->now) == -1)
		return -1;
	rc = delete_message(d, w->job->workspace_id, m->id);
	w->job->messages += rc == 1;
	return rc;
}

static int
list_messages(
    struct erase_work *w, int64_t conversation, struct erase_rows_found *m)
{
	struct db_rows *r = db_query(w->db, erase_rows_sql[MESSAGES],
	    DB_ARGS(db_int(w->job->workspace_id), db_int(conversation),
		db_int(AT_ONCE)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < AT_ONCE) {
		m[n].id = db_col_int(r, 0);
		m[n++].wamid = db_col_copy(r, w->pool, 1);
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Deletes the files that no other message has; the log says which erasure waits
 * for one that cannot be deleted. */
static int
remove_files(struct erase_work *w, struct deletion *d)
{
	if (delete_files(d, w->dir) == 0)
		return 0;
	log_warn("erasure=%lld, and all after it, wait until that file can be "
		 "deleted",
	    (long long)w->job->id);
	return -1;
}

/* The progress: place is an index of the person's conversations. */
int
erase_messages(struct erase_work *w)
{
	struct erase_rows_found m[AT_ONCE];
	struct deletion d;
	int64_t began_ms;
	int n = 0, rc = 1;

	while (w->job->place < w->person->n_conversations &&
	       (n = list_messages(
		    w, w->person->conversations[w->job->place], m)) == 0)
		w->job->place++;
	if (n == -1 || db_begin_step(w->db) == -1)
		return -1;
	if (n == 0)
		return erase_commit(w, 0, "groups");
	d = begin_deletion(w);
	began_ms = clock_ticks_ms();
	for (int i = 0;
	     i < n && rc == 1 && clock_ticks_ms() - began_ms < HOLD_MS; i++)
		rc = delete_one(w, &d, &m[i]);
	if (rc != -1 && remove_files(w, &d) == -1)
		rc = -1;
	return erase_commit(w, rc, NULL);
}

/* ------------------------------------------------------------------ groups */

static int
list_group(struct erase_work *w, int64_t sent_at, int64_t id,
    struct erase_rows_found *m)
{
	struct pool *pool = w->pool;
	struct db_rows *r = db_query(w->db, erase_rows_sql[GROUP_MESSAGES],
	    DB_ARGS(db_int(w->job->workspace_id), db_int(w->job->place),
		db_int(sent_at), db_int(id), db_int(AT_ONCE)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < AT_ONCE)
		m[n++] = (struct erase_rows_found){ .id = db_col_int(r, 0),
			.sent_at = db_col_int(r, 1),
			.number_id = db_col_int(r, 2),
			.wamid = db_col_copy(r, pool, 3),
			.sender = db_col_copy(r, pool, 4),
			.context = db_col_copy(r, pool, 5) };
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Removes from another's message the reference to the person's, which it
 * answers. */
static int
forget_context(struct erase_work *w, const struct erase_rows_found *m)
{
	const struct json *c, *e;
	struct json_out *o;

	if (m->context == NULL)
		return 0;
	c = json_parse(w->pool, m->context, strlen(m->context), NULL);
	if (!person_is(w->person, json_text(c, "from")))
		return 0;
	o = json_new(w->pool);
	json_open_object(o, NULL);
	for (e = json_first(c); e != NULL; e = json_next(e))
		if (!text_is(json_key(e), "from") &&
		    !text_is(json_key(e), "wamid"))
			json_put(o, json_key(e), e);
	json_close(o);
	return db_run(w->db, erase_rows_sql[CONTEXT],
	    DB_ARGS(db_int(w->job->workspace_id), db_int(m->id),
		db_text(json_end(o, NULL))));
}

/* Deletes the person's statuses and reactions of another's message. */
static int
forget_answers(struct erase_work *w, const struct erase_rows_found *m)
{
	for (int i = 0; m->wamid != NULL && i < w->person->n_ids; i++) {
		const struct db_arg *args =
		    DB_ARGS(db_int(w->job->workspace_id), db_int(m->number_id),
			db_text(m->wamid), db_text(w->person->ids[i]));

		if (db_run(w->db, erase_rows_sql[REACTION_OF], args) == -1 ||
		    db_run(w->db, erase_rows_sql[STATUS_OF], args) == -1)
			return -1;
	}
	return 0;
}

static int
clear_group(struct erase_work *w, struct erase_rows_found *m, int n)
{
	struct deletion d = begin_deletion(w);
	int rc = 1, theirs = 0;

	for (int i = 0; i < n && rc == 1; i++) {
		if (person_is(w->person, m[i].sender)) {
			rc = delete_one(w, &d, &m[i]);
			theirs = 1;
		} else if (forget_context(w, &m[i]) == -1 ||
			   forget_answers(w, &m[i]) == -1)
			rc = -1;
		if (rc == 1)
			w->job->at = pool_printf(w->pool, "%lld%c%lld",
			    (long long)m[i].sent_at, SEP, (long long)m[i].id);
	}
	if (rc != -1 && theirs &&
	    (delete_recount(w->db, w->job->workspace_id, w->job->place) == -1 ||
		remove_files(w, &d) == -1))
		return -1;
	return rc;
}

/* From who is, or was, in a group. */
static int
forget_participant(struct erase_work *w)
{
	for (int i = 0; i < w->person->n_ids; i++)
		if (group_participant_forget(
			w->db, w->job->workspace_id, w->person->ids[i]) == -1)
			return -1;
	return 0;
}

/* The progress: place is the group's conversation, at its last message. */
int
erase_groups(struct erase_work *w)
{
	struct erasure *job = w->job;
	struct erase_rows_found m[AT_ONCE];
	long long sent_at = -1, id = 0;
	int64_t group = 0;
	int n = 0, rc;

	rc = db_get_int(w->db, erase_rows_sql[GROUP],
	    DB_ARGS(db_int(job->workspace_id), db_int(job->place)), &group);
	if (rc == 1 && group != job->place)
		job->at = "";
	if (rc == 1) {
		job->place = group;
		sscanf(job->at, "%lld\n%lld", &sent_at, &id);
		n = list_group(w, sent_at, id, m);
	}
	if (rc == -1 || n == -1 || db_begin_step(w->db) == -1)
		return -1;
	if (rc == 0)
		return erase_commit(w, forget_participant(w), "statuses");
	rc = clear_group(w, m, n);
	if (n < AT_ONCE && rc == 1) {
		job->place++;
		job->at = "";
	}
	return erase_commit(w, rc, NULL);
}

/* ------------------------------------------------ rows without a message */

struct loose {
	int64_t number_id;
	const char *key[3]; /* wamid of the message, rest of the row's key */
	const char *raw;
	int theirs;
};

/* 1 when TEXT contains ID, not as a part of a longer number. */
static int
mentions(const char *text, const char *id)
{
	size_t len = strlen(id);

	for (const char *s = text; (s = strstr(s, id)) != NULL; s++)
		if ((s == text || s[-1] < '0' || s[-1] > '9') &&
		    (s[len] < '0' || s[len] > '9'))
			return 1;
	return 0;
}

static int
is_theirs(struct erase_work *w, const struct loose *l)
{
	if (w->redact->is_wamid(w->redact->arg, l->key[0]) ||
	    person_is(w->person, l->key[1]) || person_is(w->person, l->key[2]))
		return 1;
	for (int i = 0; l->raw != NULL && i < w->person->n_ids; i++)
		if (mentions(l->raw, w->person->ids[i]))
			return 1;
	return 0;
}

/* The next rows after place and at: how many, -1. */
static int
list_loose(struct erase_work *w, const char *statement, struct loose *l)
{
	struct pool *pool = w->pool;
	char *at = pool_copy(pool, w->job->at), *part[3] = { at, "", "" };
	struct db_rows *r;
	int n = 0, rc;

	for (int i = 1; i < 3 && (at = strchr(at, SEP)) != NULL; i++) {
		*at++ = '\0';
		part[i] = at;
	}
	r = db_query(w->db, statement,
	    DB_SHARED_ARGS(db_int(w->job->workspace_id), db_int(w->job->place),
		db_text(part[0]), db_text(part[1]), db_text(part[2]),
		db_int(READ_MAX)));
	while ((rc = db_next(r)) == 1 && n < READ_MAX) {
		l[n].number_id = db_col_int(r, 0);
		for (int i = 0; i < 3; i++)
			l[n].key[i] = db_col_copy(r, pool, 1 + i);
		l[n].raw = db_col_copy(r, pool, 4);
		l[n].theirs = is_theirs(w, &l[n]);
		n++;
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

static int
delete_loose(struct erase_work *w, const char *statement, const struct loose *l)
{
	const struct db_arg *args =
	    DB_SHARED_ARGS(db_int(w->job->workspace_id), db_int(l->number_id),
		db_text(l->key[0]), db_text(l->key[1]), db_text(l->key[2]));

	if (db_run(w->db, statement, args) == -1)
		return -1;
	/* Of a message to a group only the person's part is deleted: no
	 * tombstone for the message. */
	if (person_is(w->person, l->key[1]) || person_is(w->person, l->key[2]))
		return 0;
	return tombstone_put_wamid(
	    w->db, w->job->workspace_id, l->key[0], w->now);
}

/* The progress: place is the number, at the key of the last row. */
static int
erase_loose(struct erase_work *w, int list, int delete, const char *next)
{
	struct loose *l = pool_alloc(w->pool, sizeof(*l) * (size_t)READ_MAX);
	int n = list_loose(w, erase_rows_sql[list], l), rc = 0;

	if (n == -1 || db_begin_step(w->db) == -1)
		return -1;
	for (int i = 0; i < n && rc != -1; i++)
		if (l[i].theirs)
			rc = delete_loose(w, erase_rows_sql[delete], &l[i]);
	if (n < READ_MAX)
		return erase_commit(w, rc, next);
	w->job->place = l[n - 1].number_id;
	w->job->at = pool_printf(w->pool, "%s%c%s%c%s", l[n - 1].key[0], SEP,
	    l[n - 1].key[1], SEP, l[n - 1].key[2]);
	return erase_commit(w, rc, NULL);
}

int
erase_statuses(struct erase_work *w)
{
	return erase_loose(w, STATUSES, STATUS, "patches");
}

int
erase_patches(struct erase_work *w)
{
	return erase_loose(w, PATCHES, PATCH, "reactions");
}

int
erase_reactions(struct erase_work *w)
{
	return erase_loose(w, REACTIONS, REACTION, "unmatched");
}

int
erase_unmatched(struct erase_work *w)
{
	return erase_loose(w, UNMATCHED, ONE_UNMATCHED, "events");
}

/* ------------------------------------------------------------------ events */

struct notice {
	int64_t id, at;
	const char *field, *raw;
	char *left; /* what stays of it; NULL nothing */
	int theirs;
};

static int
list_events(struct erase_work *w, struct notice *v)
{
	struct pool *pool = w->pool;
	struct db_rows *r = db_query(w->db, erase_rows_sql[EVENTS],
	    DB_ARGS(db_int(w->job->workspace_id),
		db_int(*w->job->at != '\0' ? atoll(w->job->at) : -1),
		db_int(w->job->place), db_int(READ_MAX)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < READ_MAX) {
		v[n] = (struct notice){ .id = db_col_int(r, 0),
			.at = db_col_int(r, 1),
			.field = db_col_copy(r, pool, 2),
			.raw = db_col_copy(r, pool, 3) };
		v[n].theirs =
		    redact_event(pool, v[n].raw, w->redact, &v[n].left);
		n++;
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

static int
forget_event(struct erase_work *w, const struct notice *v)
{
	struct db *db = w->db;

	if (v->left != NULL)
		return db_run(db, erase_rows_sql[EVENT_LESS],
		    DB_ARGS(db_int(v->id), db_text(v->left)));
	if (tombstone_put_notice(
		db, w->job->workspace_id, v->field, v->raw, w->now) == -1)
		return -1;
	return db_run(db, erase_rows_sql[EVENT_GONE], DB_ARGS(db_int(v->id)));
}

/* The progress: place and at are id and time of the last event. */
int
erase_events(struct erase_work *w)
{
	struct notice *v = pool_alloc(w->pool, sizeof(*v) * (size_t)READ_MAX);
	int n = list_events(w, v), rc = 0;

	if (n == -1 || db_begin_step(w->db) == -1)
		return -1;
	for (int i = 0; i < n && rc != -1; i++)
		if (v[i].theirs)
			rc = forget_event(w, &v[i]);
	if (n < READ_MAX)
		return erase_commit(w, rc, "answers");
	w->job->place = v[n - 1].id;
	w->job->at = pool_printf(w->pool, "%lld", (long long)v[n - 1].at);
	return erase_commit(w, rc, NULL);
}
