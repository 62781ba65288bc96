/*
 * How many come in, and who has to leave for others.  All lists are short
 * (members and addresses that are in) but the one of places, which is walked
 * only to find the oldest of somebody.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "api/realtime/limiter.h"

#define ADDRESS_LEN 16
#define ALL_MEMBERS (-1)

struct limiter_source { /* an address, while somebody of it is in */
	struct limiter_source *next;
	unsigned char address[ADDRESS_LEN];
	int n;
};

/* How many a member has, or a workspace; without those that leave. */
struct tally {
	struct tally *next;
	int64_t workspace_id, user_id;
	int n;
};

struct limiter {
	pthread_mutex_t lock;
	struct limiter_source *sources;
	struct tally *tallies;
	struct limiter_place *newest, *oldest;
	int n, leaving, max, per_address;
};

struct limiter *
limiter_new(int max, int per_address)
{
	struct limiter *g = xcalloc(sizeof(*g));

	pthread_mutex_init(&g->lock, NULL);
	g->max = max;
	g->per_address = per_address;
	return g;
}

void
limiter_free(struct limiter *g)
{
	if (g == NULL)
		return;
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static int
is_ours_limiter(const unsigned char *four)
{
	static const unsigned char local[] = { 127, 0, 0, 1 };

	return memcmp(four, local, sizeof(local)) == 0;
}

/* What is counted of an address: 1, or 0 when it is not. */
static int
read_address(const char *text, unsigned char address[ADDRESS_LEN])
{
	struct in6_addr six;

	memset(address, 0, ADDRESS_LEN);
	if (inet_pton(AF_INET, text, address) == 1)
		return !is_ours_limiter(address);
	if (inet_pton(AF_INET6, text, &six) != 1) {
		/* None that we know: as it is written. */
		memset(address, 0xff, ADDRESS_LEN);
		memcpy(address, text, strnlen(text, ADDRESS_LEN));
		return 1;
	}
	if (IN6_IS_ADDR_LOOPBACK(&six))
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		memcpy(address, six.s6_addr + 12, 4);
		return !is_ours_limiter(address);
	}
	memcpy(address, six.s6_addr, 8);
	address[ADDRESS_LEN - 1] = 6; /* no IPv4 address looks like that */
	return 1;
}

/* Where ADDRESS is linked in, or would be. */
static struct limiter_source **
find_source(struct limiter *g, const unsigned char *address)
{
	struct limiter_source **at = &g->sources;

	while (*at != NULL && memcmp((*at)->address, address, ADDRESS_LEN) != 0)
		at = &(*at)->next;
	return at;
}

/* One more of the address, or one less. */
static void
count_source(struct limiter *g, const char *text, int by)
{
	unsigned char address[ADDRESS_LEN];
	struct limiter_source **at, *s;

	if (!read_address(text, address))
		return;
	at = find_source(g, address);
	s = *at;
	if (s == NULL) {
		s = *at = xcalloc(sizeof(*s));
		memcpy(s->address, address, ADDRESS_LEN);
	}
	s->n += by;
	if (s->n == 0) {
		*at = s->next;
		free(s);
	}
}

static struct tally **
find_tally(struct limiter *g, int64_t workspace_id, int64_t user_id)
{
	struct tally **at = &g->tallies;

	while (*at != NULL && ((*at)->workspace_id != workspace_id ||
				  (*at)->user_id != user_id))
		at = &(*at)->next;
	return at;
}

static int
tally_of(struct limiter *g, int64_t workspace_id, int64_t user_id)
{
	const struct tally *t = *find_tally(g, workspace_id, user_id);

	return t != NULL ? t->n : 0;
}

static void
count_one(struct limiter *g, int64_t workspace_id, int64_t user_id, int by)
{
	struct tally **at = find_tally(g, workspace_id, user_id), *t = *at;

	if (t == NULL) {
		t = *at = xcalloc(sizeof(*t));
		t->workspace_id = workspace_id;
		t->user_id = user_id;
	}
	t->n += by;
	if (t->n == 0) {
		*at = t->next;
		free(t);
	}
}

static void
count(struct limiter *g, const struct limiter_place *p, int by)
{
	count_one(g, p->workspace_id, p->user_id, by);
	count_one(g, p->workspace_id, ALL_MEMBERS, by);
}

/* The workspace, or with WORKSPACE_ID its member, that has the most. */
static const struct tally *
greatest(const struct limiter *g, int64_t workspace_id)
{
	const struct tally *most = NULL;

	for (const struct tally *t = g->tallies; t != NULL; t = t->next)
		if ((workspace_id == 0 ? t->user_id == ALL_MEMBERS
				       : t->workspace_id == workspace_id &&
					     t->user_id != ALL_MEMBERS) &&
		    (most == NULL || t->n > most->n))
			most = t;
	return most;
}

/* Whose place P may have: a member with more, or NULL. */
static const struct tally *
find_victim(struct limiter *g, const struct limiter_place *p)
{
	const struct tally *w = greatest(g, 0), *m;

	if (w == NULL)
		return NULL;
	if (w->workspace_id != p->workspace_id &&
	    w->n > tally_of(g, p->workspace_id, ALL_MEMBERS) + 1)
		return greatest(g, w->workspace_id);
	m = greatest(g, p->workspace_id);
	if (m != NULL && m->n > tally_of(g, p->workspace_id, p->user_id) + 1)
		return m;
	return NULL;
}

/* Makes room for P: 1, or 0 when nobody has more than it would have. */
static int
ask_one_to_leave(struct limiter *g, const struct limiter_place *p)
{
	const struct tally *of = find_victim(g, p);
	struct limiter_place *v = g->oldest;

	if (of == NULL || g->leaving >= LIMITER_LEAVING_MAX)
		return 0;
	while (
	    v != NULL && (v->leaving || v->workspace_id != of->workspace_id ||
			     v->user_id != of->user_id))
		v = v->before;
	if (v == NULL)
		return 0;
	v->leaving = 1;
	g->leaving++;
	count(g, v, -1);
	v->leave(v->arg);
	return 1;
}

static enum limiter_answer
enter(struct limiter *g, struct limiter_place *p)
{
	unsigned char address[ADDRESS_LEN];
	struct limiter_source *s;

	if (read_address(p->address, address)) {
		s = *find_source(g, address);
		if (s != NULL && s->n >= g->per_address)
			return LIMITER_ADDRESS_FULL;
	}
	if (g->n - g->leaving >= g->max && !ask_one_to_leave(g, p))
		return LIMITER_FULL;
	count_source(g, p->address, 1);
	count(g, p, 1);
	p->leaving = 0;
	p->next = g->newest;
	p->before = NULL;
	if (g->newest != NULL)
		g->newest->before = p;
	else
		g->oldest = p;
	g->newest = p;
	g->n++;
	return LIMITER_OPEN;
}

enum limiter_answer
limiter_enter(struct limiter *g, struct limiter_place *p)
{
	enum limiter_answer answer;

	pthread_mutex_lock(&g->lock);
	answer = enter(g, p);
	pthread_mutex_unlock(&g->lock);
	return answer;
}

void
limiter_leave(struct limiter *g, struct limiter_place *p)
{
	pthread_mutex_lock(&g->lock);
	g->n--;
	if (p->leaving)
		g->leaving--;
	else
		count(g, p, -1);
	count_source(g, p->address, -1);
	if (p->before != NULL)
		p->before->next = p->next;
	else
		g->newest = p->next;
	if (p->next != NULL)
		p->next->before = p->before;
	else
		g->oldest = p->before;
	pthread_mutex_unlock(&g->lock);
}
