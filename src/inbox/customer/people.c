/*
 * Identity resolution: which ids are one person.  Operators give a phone number
 * to the next subscriber, so an account identifies a person only for a while.
 *
 * The rules, which hold in whatever order the facts come:
 *
 * 1. Two user ids are one person only when an announced change names both.
 * 2. A shared account or parent id never makes two persons one who have
 *    different user ids of one portfolio.  User ids of different portfolios
 *    prove nothing, neither one person nor two.
 * 3. An account gets a new owner in two ways: it is first shown with another
 *    person's user id, or a change to it is announced.  A change to another
 *    account releases it.  A person who shows an account that they have
 *    already changes nothing.
 * 4. A message with a user id belongs to the person with that user id.  One
 *    with only an account belongs to the person who had the account at that
 *    time.
 * 5. The owner of an account whose user id in the portfolio is not known yet
 *    is the next person who shows such an id with the account, unless a change
 *    lies between.
 * 6. An account that a customer gave when asked was theirs all along, unless
 *    anything was known of it before.  Then it changes nothing.
 *
 * Facts are sorted by their own time, not by when they arrived; among equal
 * times by their content.  So the result depends on the set of facts only: a
 * late fact leads to the same result as an early one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "inbox/customer/people.h"

/* A bit mask has room for so many portfolios; all further ones share a bit. */
#define PORTFOLIOS_MAX 63

struct people_person {
	int up;		     /* union-find: the root is the person */
	uint64_t portfolios; /* in which a user id is known */
	int has_id;
	int moved; /* made an announced change */
};

/* Something that happened at a time. */
enum point_kind { SHOW, PAIR, CHANGE };

struct point {
	int64_t at;
	enum point_kind kind;
	const char *a, *b, *c; /* sort key among equal times */
	int handle, other;     /* SHOW: other is the id; CHANGE: the change */
};

struct people *
people_new(struct pool *pool)
{
	struct people *p = pool_alloc(pool, sizeof(*p));

	p->pool = pool;
	return p;
}

/* Room for one more behind N of SIZE bytes; grows by doubling. */
static void *
one_more(struct pool *pool, void *list, int n, size_t size)
{
	void *more;

	if (n > 0 && (n & (n - 1)) != 0)
		return list;
	more = pool_alloc(pool, size * (n > 0 ? (size_t)n * 2 : 1));
	if (n > 0)
		memcpy(more, list, size * (size_t)n);
	return more;
}

int
people_find_handle(const struct people *p, const char *value, int is_parent)
{
	for (int i = 0; i < p->n_handles; i++)
		for (int k = 0; p->handle[i].is_parent == is_parent &&
				k < p->handle[i].n_values;
		     k++)
			if (strcmp(p->handle[i].value[k], value) == 0)
				return i;
	return -1;
}

int
people_find_id(const struct people *p, const char *user_id)
{
	for (int i = 0; i < p->n_ids; i++)
		if (strcmp(p->id[i].user_id, user_id) == 0)
			return i;
	return -1;
}

static void
add_spelling(struct people *p, struct people_handle *h, const char *value)
{
	int at = h->n_values;

	h->value = one_more(p->pool, h->value, at, sizeof(*h->value));
	for (; at > 0 && strcmp(h->value[at - 1], value) > 0; at--)
		h->value[at] = h->value[at - 1];
	h->value[at] = value;
	h->n_values++;
}

int
people_add_handle(
    struct people *p, const char *value, int is_parent, const char *other)
{
	int i = people_find_handle(p, value, is_parent);
	int k = other == NULL ? -1 : people_find_handle(p, other, is_parent);

	if (i >= 0 && k >= 0 && i != k) { /* two handles: one account */
		struct people_handle gone = p->handle[k];

		for (int n = 0; n < gone.n_values; n++)
			add_spelling(p, &p->handle[i], gone.value[n]);
		p->handle[k] = p->handle[--p->n_handles];
		return people_find_handle(p, value, is_parent);
	}
	if (i >= 0)
		return i;
	if (k >= 0) {
		add_spelling(p, &p->handle[k], value);
		return k;
	}
	p->handle =
	    one_more(p->pool, p->handle, p->n_handles, sizeof(*p->handle));
	p->handle[p->n_handles] =
	    (struct people_handle){ .is_parent = is_parent };
	add_spelling(p, &p->handle[p->n_handles], value);
	return p->n_handles++;
}

static void
add_id(struct people *p, const char *user_id)
{
	if (*user_id == '\0' || people_find_id(p, user_id) >= 0)
		return;
	p->id = one_more(p->pool, p->id, p->n_ids, sizeof(*p->id));
	p->id[p->n_ids++] = (struct people_id){ user_id, -1 };
}

void
people_add_sighting(struct people *p, const struct people_sighting *s)
{
	for (int i = 0; i < p->n_sightings; i++)
		if (p->sighting[i].id == s->id)
			return;
	p->sighting = one_more(
	    p->pool, p->sighting, p->n_sightings, sizeof(*p->sighting));
	p->sighting[p->n_sightings++] = *s;
	add_id(p, s->user_id);
}

static int
compare_changes(const struct people_change *x, const struct people_change *y)
{
	const char *a[] = { x->account, x->user_id, x->new_account,
		x->new_user_id, x->portfolio };
	const char *b[] = { y->account, y->user_id, y->new_account,
		y->new_user_id, y->portfolio };
	int order = x->at < y->at ? -1 : x->at > y->at;

	for (int i = 0; i < 5 && order == 0; i++)
		order = strcmp(a[i], b[i]);
	return order;
}

void
people_add_change(struct people *p, const struct people_change *c)
{
	for (int i = 0; i < p->n_changes; i++)
		if (compare_changes(&p->change[i], c) == 0)
			return;
	p->change =
	    one_more(p->pool, p->change, p->n_changes, sizeof(*p->change));
	p->change[p->n_changes++] = *c;
	add_id(p, c->user_id);
	add_id(p, c->new_user_id);
}

/* ---------------------------------------------------------------- persons */

static int
add_person(struct people *p)
{
	p->person =
	    one_more(p->pool, p->person, p->n_persons, sizeof(*p->person));
	p->person[p->n_persons] = (struct people_person){ .up = p->n_persons };
	return p->n_persons++;
}

int
people_same(const struct people *p, int i)
{
	while (p->person[i].up != i)
		i = p->person[i].up;
	return i;
}

static int
join_people(struct people *p, int a, int b)
{
	a = people_same(p, a);
	b = people_same(p, b);
	if (a == b)
		return a;
	p->person[b].up = a;
	p->person[a].portfolios |= p->person[b].portfolios;
	p->person[a].has_id |= p->person[b].has_id;
	p->person[a].moved |= p->person[b].moved;
	return a;
}

/* Rule 2. */
static int
may_join(const struct people *p, int a, int b)
{
	return (p->person[people_same(p, a)].portfolios &
		   p->person[people_same(p, b)].portfolios) == 0;
}

static void
knows(struct people *p, const char *user_id, const char *portfolio)
{
	int id = *user_id != '\0' ? people_find_id(p, user_id) : -1, i = 0;

	if (id < 0)
		return;
	while (i < p->n_portfolios && strcmp(p->portfolio[i], portfolio) != 0)
		i++;
	if (i == p->n_portfolios) {
		p->portfolio =
		    one_more(p->pool, p->portfolio, i, sizeof(*p->portfolio));
		p->portfolio[p->n_portfolios++] = portfolio;
	}
	p->person[p->id[id].person].portfolios |=
	    UINT64_C(1) << (i < PORTFOLIOS_MAX ? i : PORTFOLIOS_MAX);
}

/* Rule 1. */
static void
begin_persons(struct people *p)
{
	p->n_persons = 0;
	for (int i = 0; i < p->n_ids; i++) {
		p->id[i].person = add_person(p);
		p->person[p->id[i].person].has_id = 1;
	}
	for (int i = 0; i < p->n_sightings; i++)
		knows(p, p->sighting[i].user_id, p->sighting[i].portfolio);
	for (int i = 0; i < p->n_changes; i++) {
		const struct people_change *c = &p->change[i];

		knows(p, c->user_id, c->portfolio);
		knows(p, c->new_user_id, c->portfolio);
	}
	for (int i = 0; i < p->n_changes; i++) {
		const struct people_change *c = &p->change[i];

		if (*c->user_id != '\0' && *c->new_user_id != '\0')
			join_people(p,
			    p->id[people_find_id(p, c->user_id)].person,
			    p->id[people_find_id(p, c->new_user_id)].person);
	}
}

/* ------------------------------------------------------------------ spans */

static void
begin_span(struct people *p, int handle, int64_t at, int person,
    enum people_how how, const char *user_id)
{
	struct people_handle *h = &p->handle[handle];
	struct people_span span = { at, person, -1, how, user_id };

	if (h->n_spans > 0)
		span.before = h->span[h->n_spans - 1].person;
	h->span = one_more(p->pool, h->span, h->n_spans, sizeof(*h->span));
	h->span[h->n_spans++] = span;
}

/* The person who has the handle now; a new one when none is known. */
static int
holder(struct people *p, int handle)
{
	struct people_handle *h = &p->handle[handle];

	if (h->n_spans == 0)
		begin_span(p, handle, 0, add_person(p), PEOPLE_ORIGIN, NULL);
	return people_same(p, h->span[h->n_spans - 1].person);
}

/* PERSON shows the handle (rules 3 and 5). */
static void
show_people(
    struct people *p, int handle, int64_t at, int person, const char *user_id)
{
	int has = holder(p, handle);

	if (has == people_same(p, person))
		return;
	if (may_join(p, has, person))
		join_people(p, person, has);
	else
		begin_span(p, handle, at, person, PEOPLE_SHOWN, user_id);
}

/* The person who makes change C; -1 when it does not say. */
static int
mover(struct people *p, const struct people_change *c, int old)
{
	int who = -1;

	if (*c->user_id != '\0')
		who = p->id[people_find_id(p, c->user_id)].person;
	if (old >= 0) {
		int has = holder(p, old);

		if (who < 0)
			return has;
		if (may_join(p, has, who))
			who = join_people(p, who, has);
	}
	if (who < 0 && *c->new_user_id != '\0')
		who = p->id[people_find_id(p, c->new_user_id)].person;
	return who < 0 ? -1 : people_same(p, who);
}

static void
release(struct people *p, int handle, int64_t at, int who)
{
	if (p->handle[handle].n_spans > 0 && holder(p, handle) == who)
		begin_span(p, handle, at, add_person(p), PEOPLE_RELEASED, NULL);
}

/* Is USER_ID one of PERSON's? */
static int
is_theirs(const struct people *p, int person, const char *user_id)
{
	return *user_id != '\0' &&
	       people_same(p, p->id[people_find_id(p, user_id)].person) ==
		   people_same(p, person);
}

/* Is change D, of handle HANDLE, before C, and not by PERSON? */
static int
is_before(const struct people *p, const struct people_change *d, int handle,
    const struct people_change *c, int person)
{
	int same = d->at == c->at && d->given != PEOPLE_ANNOUNCED;

	return (people_find_handle(p, d->account, 0) == handle ||
		   people_find_handle(p, d->new_account, 0) == handle) &&
	       (same ? strcmp(d->user_id, c->user_id) < 0 : d->at <= c->at) &&
	       !is_theirs(p, person, d->user_id) &&
	       !is_theirs(p, person, d->new_user_id);
}

/* Rule 6. */
static int
was_known(const struct people *p, const struct people_change *c)
{
	int handle = people_find_handle(p, c->new_account, 0);
	int person = p->id[people_find_id(p, c->user_id)].person;

	for (int i = 0; i < p->n_sightings; i++) {
		const struct people_sighting *s = &p->sighting[i];

		if (s->first_at <= c->at &&
		    people_find_handle(p, s->account, 0) == handle &&
		    !is_theirs(p, person, s->user_id))
			return 1;
	}
	for (int i = 0; i < p->n_changes; i++)
		if (is_before(p, &p->change[i], handle, c, person))
			return 1;
	return 0;
}

static void
judge_given(struct people *p)
{
	for (int i = 0; i < p->n_changes; i++)
		if (p->change[i].given == PEOPLE_GIVEN &&
		    was_known(p, &p->change[i]))
			p->change[i].given = PEOPLE_KEPT;
}

static void
change_people(struct people *p, const struct people_change *c)
{
	int old =
	    *c->account != '\0' ? people_find_handle(p, c->account, 0) : -1;
	int new = *c->new_account != '\0'
		      ? people_find_handle(p, c->new_account, 0)
		      : -1;
	int who;

	if (c->given != PEOPLE_ANNOUNCED) {
		if (c->given == PEOPLE_GIVEN)
			show_people(p, new, c->at,
			    p->id[people_find_id(p, c->user_id)].person,
			    c->user_id);
		return;
	}
	/* Without old ids it says no more than its sighting. */
	if (*c->account == '\0' && *c->user_id == '\0')
		return;
	who = mover(p, c, old);
	if (who < 0)
		return;
	p->person[who].moved = 1;
	if (new >= 0 && new != old) {
		if (old >= 0)
			release(p, old, c->at, who);
		/* The old account is not said: a person has one account, so
		 * all others are released. */
		for (int i = 0; old < 0 && i < p->n_handles; i++)
			if (i != new && !p->handle[i].is_parent)
				release(p, i, c->at, who);
		if (holder(p, new) != who)
			begin_span(p, new, c->at, who, PEOPLE_TAKEN, NULL);
	} else if (old >= 0 && holder(p, old) != who)
		show_people(p, old, c->at, who, c->user_id);
	if (new < 0)
		new = old;
	if (new >= 0 && *c->new_user_id != '\0')
		show_people(p, new, c->at,
		    p->id[people_find_id(p, c->new_user_id)].person,
		    c->new_user_id);
}

static int
compare_points(const void *x, const void *y)
{
	const struct point *a = x, *b = y;
	int order = a->at < b->at ? -1 : a->at > b->at;

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0)
		order = strcmp(a->a, b->a);
	if (order == 0)
		order = strcmp(a->b, b->b);
	return order != 0 ? order : strcmp(a->c, b->c);
}

static void
add_point(struct point *points, int *n, struct point point)
{
	if (point.handle >= 0)
		points[(*n)++] = point;
}

/* The points of a sighting: for its account, and for its parent id. */
static void
list_sighting(struct people *p, const struct people_sighting *s,
    struct point *points, int *n)
{
	int account =
	    *s->account != '\0' ? people_find_handle(p, s->account, 0) : -1;
	int parent =
	    *s->parent != '\0' ? people_find_handle(p, s->parent, 1) : -1;

	if (*s->user_id != '\0') {
		int id = people_find_id(p, s->user_id);

		add_point(points, n,
		    (struct point){ s->first_at, SHOW, s->user_id, "w",
			s->account, account, id });
		add_point(points, n,
		    (struct point){ s->first_at, SHOW, s->user_id, "p",
			s->parent, parent, id });
	} else if (parent >= 0)
		add_point(points, n,
		    (struct point){ s->first_at, PAIR, s->parent, s->account,
			"", account, parent });
}

static struct point *
list_points(struct people *p, int *n)
{
	struct point *points = pool_alloc(p->pool,
	    sizeof(*points) * (size_t)(2 * p->n_sightings + p->n_changes + 1));

	*n = 0;
	for (int i = 0; i < p->n_sightings; i++)
		list_sighting(p, &p->sighting[i], points, n);
	qsort(points, (size_t)*n, sizeof(*points), compare_points);
	return points;
}

static int
by_change(const void *x, const void *y)
{
	return compare_changes(x, y);
}

/* Removes spans of no length, and joins neighbouring spans of one person. */
static void
tidy(struct people *p, struct people_handle *h)
{
	int n = 0;

	for (int i = 0; i < h->n_spans; i++) {
		struct people_span s = h->span[i];

		s.person = people_same(p, s.person);
		if (s.before >= 0)
			s.before = people_same(p, s.before);
		if (i + 1 < h->n_spans && h->span[i + 1].from <= s.from)
			continue;
		if (n > 0 && h->span[n - 1].person == s.person)
			continue;
		if (n == 0) {
			s.from = 0;
			s.before = -1;
			s.how = PEOPLE_ORIGIN;
		} else
			s.before = h->span[n - 1].person;
		h->span[n++] = s;
	}
	h->n_spans = n;
}

void
people_solve(struct people *p)
{
	struct point *points;
	int n, next = 0;

	begin_persons(p);
	judge_given(p);
	for (int i = 0; i < p->n_handles; i++)
		p->handle[i].n_spans = 0;
	if (p->n_changes > 0)
		qsort(p->change, (size_t)p->n_changes, sizeof(*p->change),
		    by_change);
	points = list_points(p, &n);
	for (int i = 0; i < n || next < p->n_changes;) {
		const struct point *at = &points[i];

		if (i == n ||
		    (next < p->n_changes && p->change[next].at < at->at)) {
			change_people(p, &p->change[next++]);
			continue;
		}
		show_people(p, at->handle, at->at,
		    at->kind == SHOW ? p->id[at->other].person
				     : holder(p, at->other),
		    at->kind == SHOW ? at->a : NULL);
		i++;
	}
	for (int i = 0; i < p->n_handles; i++) {
		holder(p, i);
		tidy(p, &p->handle[i]);
	}
	for (int i = 0; i < p->n_ids; i++)
		p->id[i].person = people_same(p, p->id[i].person);
	for (int i = 0; i < p->n_changes; i++) {
		int who = people_mover(p, i);

		if (who >= 0)
			p->person[people_same(p, who)].moved = 1;
	}
}

/* ---------------------------------------------------------------- answers */

int
people_is_known(const struct people *p, int person)
{
	const struct people_person *one = &p->person[people_same(p, person)];

	return one->has_id || one->moved;
}

int
people_has_id(const struct people *p, int person)
{
	return p->person[people_same(p, person)].has_id;
}

int
people_at(const struct people *p, int handle, int64_t at)
{
	const struct people_handle *h = &p->handle[handle];
	int i = h->n_spans - 1;

	while (i > 0 && h->span[i].from > at)
		i--;
	return h->span[i].person;
}

int
people_last(const struct people *p, int handle)
{
	return people_at(p, handle, INT64_MAX);
}

int
people_mover(const struct people *p, int change_people)
{
	const struct people_change *c = &p->change[change_people];
	int handle;

	if (*c->user_id != '\0')
		return p->id[people_find_id(p, c->user_id)].person;
	if (*c->new_user_id != '\0')
		return p->id[people_find_id(p, c->new_user_id)].person;
	handle = *c->new_account != '\0'
		     ? people_find_handle(p, c->new_account, 0)
		     : people_find_handle(p, c->account, 0);
	return handle >= 0 ? people_at(p, handle, c->at) : -1;
}

int
people_of(const struct people *p, const struct people_sighting *s, int64_t at)
{
	if (*s->user_id != '\0')
		return p->id[people_find_id(p, s->user_id)].person;
	if (*s->parent != '\0')
		return people_at(p, people_find_handle(p, s->parent, 1), at);
	return people_at(p, people_find_handle(p, s->account, 0), at);
}

int
people_holds(const struct people *p, int person, const char *account)
{
	int handle = people_find_handle(p, account, 0);

	return handle >= 0 && people_last(p, handle) == people_same(p, person);
}
