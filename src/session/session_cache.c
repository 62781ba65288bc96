/*
 * The cache of a session (session_cache.h), for lists of the API that many look
 * at again and again.
 *
 * Invariant: everything in it was made from the state of the database that
 * `state` names.  session_cache_begin keeps it: it asks for the state as the
 * first statement of a transaction that reads, so all that follows sees the
 * same.  A state never comes back (db_state), and a transaction that writes
 * does not use the cache: what it sees may be rolled back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "session/member.h"
#include "session/session_cache.h"
#include "session/session_handle.h"

#define ROWS	256
#define TRIES	4 /* places in which a row may be */
#define MEMBERS 4
#define ANSWERS 2
#define TOPS	4

struct cached_row {
	int64_t workspace_id; /* 0: nothing is here */
	int64_t id;
	int64_t turns_at;
	int before; /* 1: right until turns_at; 0: from then on */
	const char *text;
};

struct cached_member {
	unsigned char hash[DIGEST_LEN];
	int64_t until;
	struct member who;
};

struct cached_top {
	int64_t workspace_id;
	const char *name;
	int asked, n;
	const struct session_cache_place *places;
};

struct cached_answer {
	struct pool *pool; /* owned; NULL: nothing is here */
	int64_t workspace_id, user_id;
	int64_t now;
	const char *question, *text;
	size_t len;
};

struct session_cache {
	struct session *session;
	struct pool *pool; /* texts; NULL: there are none */
	size_t used;	   /* bytes of it */
	int64_t state;
	int64_t now;
	int in_use; /* in a transaction that reads, of that state */
	struct cached_row *rows; /* ROWS of them, with the pool; NULL: none */
	struct cached_member members[MEMBERS];
	unsigned n_members;
	struct cached_top tops[TOPS];
	unsigned n_tops;
	struct cached_answer answers[ANSWERS];
	unsigned n_answers;
};

static void
forget(struct session_cache *c)
{
	if (c->used > 0) {
		memset(c->rows, 0, ROWS * sizeof(*c->rows));
		pool_reset(c->pool);
	}
	c->n_members = 0;
	c->n_tops = 0;
	c->used = 0;
	for (int i = 0; i < ANSWERS; i++)
		c->answers[i].question = NULL;
}

/* For LEN bytes more. */
static void
reserve_text(struct session_cache *c, size_t len)
{
	if (c->used + len > SESSION_CACHE_MAX)
		forget(c);
	if (c->pool == NULL) {
		c->pool = pool_new();
		c->rows = xcalloc(ROWS * sizeof(*c->rows));
	}
	c->used += len;
}

static struct cached_row *
place_of(struct session_cache *c, int64_t id, int i)
{
	uint64_t hash = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return &c->rows[((hash >> 40) + (unsigned)i) % ROWS];
}

static struct cached_row *
find_row(struct session_cache *c, int64_t id)
{
	if (!c->in_use || c->used == 0)
		return NULL;
	for (int i = 0; i < TRIES; i++) {
		struct cached_row *r = place_of(c, id, i);

		if (r->id == id && r->workspace_id == c->session->workspace_id)
			return (c->now < r->turns_at) == r->before ? r : NULL;
	}
	return NULL;
}

int
session_cache_has(void *cache, int64_t id)
{
	return find_row(cache, id) != NULL;
}

struct session_cache *
session_cache_new(struct session *s)
{
	struct session_cache *c = xcalloc(sizeof(*c));

	c->session = s;
	return c;
}

void
session_cache_free(struct session_cache *c)
{
	if (c == NULL)
		return;
	session_cache_rest(c);
	free(c);
}

void
session_cache_rest(struct session_cache *c)
{
	forget(c);
	for (int i = 0; i < ANSWERS; i++) {
		pool_free(c->answers[i].pool);
		c->answers[i].pool = NULL;
	}
	pool_free(c->pool);
	free(c->rows);
	c->pool = NULL;
	c->rows = NULL;
}

int
session_cache_begin(struct session *s, int64_t now)
{
	struct session_cache *c = s->cache;
	int64_t state = 0;
	int rc = db_state(s->db, &state);

	if (state != c->state)
		forget(c);
	c->state = state;
	c->now = now;
	c->in_use = rc == 1;
	return rc == -1 ? -1 : 0;
}

void
session_cache_end(struct session *s)
{
	s->cache->in_use = 0;
}

int
session_cache_is_used(struct session *s)
{
	return s->cache->in_use;
}

const char *
session_cache_get(struct session *s, int64_t id)
{
	const struct cached_row *r = find_row(s->cache, id);

	return r != NULL ? r->text : NULL;
}

static struct cached_row *
place_for(struct session_cache *c, int64_t id)
{
	for (int i = 0; i < TRIES; i++) {
		struct cached_row *r = place_of(c, id, i);

		if (r->workspace_id == 0 ||
		    (r->id == id &&
			r->workspace_id == c->session->workspace_id))
			return r;
	}
	return place_of(c, id, 0);
}

void
session_cache_put(struct session *s, int64_t id, const char *text, size_t len,
    int64_t turns_at)
{
	struct session_cache *c = s->cache;

	if (!c->in_use || len >= SESSION_CACHE_MAX)
		return;
	reserve_text(c, len + 1);
	*place_for(c, id) = (struct cached_row){
		.workspace_id = s->workspace_id,
		.id = id,
		.turns_at = turns_at,
		.before = c->now < turns_at,
		.text = pool_text(c->pool, text, len),
	};
}

static struct cached_top *
find_top(struct session_cache *c, const char *name)
{
	for (unsigned i = 0; c->in_use && i < c->n_tops && i < TOPS; i++)
		if (c->tops[i].workspace_id == c->session->workspace_id &&
		    strcmp(c->tops[i].name, name) == 0)
			return &c->tops[i];
	return NULL;
}

const struct session_cache_place *
session_cache_top(struct session *s, const char *name, int asked, int *n)
{
	const struct cached_top *t = find_top(s->cache, name);

	/* Fewer than it was asked for: that is all. */
	if (t == NULL || (t->asked < asked && t->n == t->asked))
		return NULL;
	*n = t->n < asked ? t->n : asked;
	return t->places;
}

void
session_cache_put_top(struct session *s, const char *name, int asked,
    const struct session_cache_place *places, int n)
{
	struct session_cache *c = s->cache;
	size_t len = sizeof(*places) * (size_t)n;
	struct cached_top *t;
	void *copy;

	if (!c->in_use)
		return;
	reserve_text(c, len + strlen(name) + 1);
	t = find_top(c, name);
	if (t == NULL)
		t = &c->tops[c->n_tops++ % TOPS];
	copy = pool_room(c->pool, len);
	memcpy(copy, places, len);
	*t = (struct cached_top){ .workspace_id = s->workspace_id,
		.name = pool_copy(c->pool, name),
		.asked = asked,
		.n = n,
		.places = copy };
}

/* WHO's texts are copied, for they are to outlive what is forgotten. */
static struct member
copy_member(struct pool *pool, const struct member *who)
{
	struct member m = *who;

	m.name = pool_copy(pool, who->name);
	m.email = pool_copy(pool, who->email);
	m.role = pool_copy(pool, who->role);
	m.workspace = pool_copy(pool, who->workspace);
	return m;
}

int
session_cache_member(struct session *s, struct pool *pool,
    const unsigned char *hash, int64_t now, struct member *who)
{
	struct session_cache *c = s->cache;

	for (unsigned i = 0; c->in_use && i < c->n_members && i < MEMBERS; i++)
		if (memcmp(c->members[i].hash, hash, DIGEST_LEN) == 0 &&
		    now < c->members[i].until) {
			*who = copy_member(pool, &c->members[i].who);
			return 1;
		}
	return 0;
}

void
session_cache_put_member(struct session *s, const unsigned char *hash,
    int64_t until, const struct member *who)
{
	struct session_cache *c = s->cache;
	struct cached_member *m;

	if (!c->in_use)
		return;
	reserve_text(c, strlen(who->name) + strlen(who->email) +
			    strlen(who->role) + strlen(who->workspace) + 4);
	m = &c->members[c->n_members++ % MEMBERS];
	memcpy(m->hash, hash, DIGEST_LEN);
	m->until = until;
	m->who = copy_member(c->pool, who);
}

static struct cached_answer *
find_answer(struct session_cache *c, const char *question)
{
	const struct session *s = c->session;

	for (int i = 0; c->in_use && i < ANSWERS; i++) {
		struct cached_answer *a = &c->answers[i];

		if (a->question != NULL && a->now == c->now &&
		    a->workspace_id == s->workspace_id &&
		    a->user_id == s->user_id &&
		    strcmp(a->question, question) == 0)
			return a;
	}
	return NULL;
}

const char *
session_cache_answer(struct session *s, const char *question, size_t *len)
{
	const struct cached_answer *a = find_answer(s->cache, question);

	if (a == NULL || a->text == NULL)
		return NULL;
	*len = a->len;
	return a->text;
}

/* Each has a pool of its own, so that what is read of one is not moved. */
static void
note_question(struct session_cache *c, const char *question)
{
	struct cached_answer *a = &c->answers[c->n_answers++ % ANSWERS];

	if (a->pool == NULL)
		a->pool = pool_new();
	else
		pool_reset(a->pool);
	*a = (struct cached_answer){
		.pool = a->pool,
		.workspace_id = c->session->workspace_id,
		.user_id = c->session->user_id,
		.now = c->now,
		.question = pool_copy(a->pool, question),
	};
}

void
session_cache_put_answer(
    struct session *s, const char *question, const char *text, size_t len)
{
	struct session_cache *c = s->cache;
	struct cached_answer *a = find_answer(c, question);

	if (!c->in_use || len + strlen(question) > SESSION_CACHE_ANSWER_MAX)
		return;
	if (a == NULL) {
		note_question(c, question);
		return;
	}
	a->text = pool_text(a->pool, text, len);
	a->len = len;
}
