/*
 * Who is where, in memory.  A workspace's rows are in one of the lists below,
 * which are swept whenever one is walked; so nothing is left of what is over
 * but in lists that nobody asks for, and these are swept when all is full.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "api/realtime/presence.h"

#define LISTS  256
#define PACERS 1024 /* members who share one share its rate, too */

struct present {
	struct present *next;
	struct presence is;
	char name[];
};

/* A token bucket, in thousandths. */
struct pacer {
	int64_t workspace_id, user_id, at_ms;
	int tokens;
};

static pthread_mutex_t presence_lock = PTHREAD_MUTEX_INITIALIZER;
static struct present *lists[LISTS];
static struct pacer pacers[PACERS];
static int n_present;

static struct present **
list_of(int64_t workspace_id)
{
	return &lists[(uint64_t)workspace_id % LISTS];
}

static void
drop(struct present **at)
{
	struct present *p = *at;

	*at = p->next;
	free(p);
	n_present--;
}

static void
sweep(struct present **at, int64_t now_ms)
{
	while (*at != NULL)
		if ((*at)->is.until_ms <= now_ms)
			drop(at);
		else
			at = &(*at)->next;
}

static int
may_speak(const struct presence *p, int64_t now_ms)
{
	uint64_t key = (uint64_t)p->workspace_id * 31 + (uint64_t)p->user_id;
	struct pacer *pacer = &pacers[key % PACERS];
	int64_t more = (now_ms - pacer->at_ms) * PRESENCE_RATE;

	if (pacer->workspace_id != p->workspace_id ||
	    pacer->user_id != p->user_id ||
	    pacer->tokens + more > PRESENCE_BURST * 1000)
		pacer->tokens = PRESENCE_BURST * 1000;
	else
		pacer->tokens += (int)more;
	pacer->workspace_id = p->workspace_id;
	pacer->user_id = p->user_id;
	pacer->at_ms = now_ms;
	if (pacer->tokens < 1000)
		return 0;
	pacer->tokens -= 1000;
	return 1;
}

struct places {
	struct present **same; /* NULL: the member is not there yet */
	struct present **oldest;
	int of_member, of_workspace;
};

static struct places
look_for(struct present **at, const struct presence *p)
{
	struct places found = { 0 };

	for (; *at != NULL; at = &(*at)->next) {
		const struct presence *is = &(*at)->is;

		if (is->workspace_id != p->workspace_id)
			continue;
		found.of_workspace++;
		if (is->user_id != p->user_id)
			continue;
		found.of_member++;
		if (is->conversation_id == p->conversation_id)
			found.same = at;
		if (found.oldest == NULL ||
		    is->until_ms < (*found.oldest)->is.until_ms)
			found.oldest = at;
	}
	return found;
}

static void
add_present(struct present **list, const struct presence *p)
{
	size_t len = strlen(p->name) + 1;
	struct present *new = xcalloc(sizeof(*new) + len);

	memcpy(new->name, p->name, len);
	new->is = *p;
	new->is.name = new->name;
	new->next = *list;
	*list = new;
	n_present++;
}

static enum presence_answer
put_present(const struct presence *p, int64_t now_ms)
{
	struct present **list = list_of(p->workspace_id);
	struct places found;

	if (!may_speak(p, now_ms))
		return PRESENCE_TOO_OFTEN;
	sweep(list, now_ms);
	if (n_present >= PRESENCE_MAX)
		for (size_t i = 0; i < LISTS; i++)
			sweep(&lists[i], now_ms);
	found = look_for(list, p);
	if (found.same != NULL && p->state != PRESENCE_AWAY) {
		(*found.same)->is.state = p->state;
		(*found.same)->is.until_ms = p->until_ms;
		return PRESENCE_SAID;
	}
	if (found.same != NULL)
		drop(found.same);
	else if (p->state != PRESENCE_AWAY &&
		 found.of_member == PRESENCE_OF_MEMBER)
		drop(found.oldest);
	else if (p->state != PRESENCE_AWAY &&
		 (found.of_workspace >= PRESENCE_OF_WORKSPACE ||
		     n_present >= PRESENCE_MAX))
		return PRESENCE_FULL;
	if (p->state == PRESENCE_AWAY)
		return found.same != NULL ? PRESENCE_SAID : PRESENCE_SAME;
	add_present(list, p);
	return PRESENCE_SAID;
}

enum presence_answer
presence_put(struct presence *p, int64_t now_ms)
{
	enum presence_answer answer;

	p->until_ms = now_ms + PRESENCE_MS;
	pthread_mutex_lock(&presence_lock);
	answer = put_present(p, now_ms);
	pthread_mutex_unlock(&presence_lock);
	return answer;
}

int
presence_list(struct pool *pool, int64_t workspace_id, int64_t now_ms,
    struct presence **list)
{
	struct present **all = list_of(workspace_id);
	int n = 0;

	*list = pool_room(pool, sizeof(**list) * PRESENCE_OF_WORKSPACE);
	pthread_mutex_lock(&presence_lock);
	sweep(all, now_ms);
	for (struct present *p = *all; p != NULL; p = p->next)
		if (p->is.workspace_id == workspace_id) {
			(*list)[n] = p->is;
			(*list)[n++].name = pool_copy(pool, p->name);
		}
	pthread_mutex_unlock(&presence_lock);
	return n;
}

int
presence_leave(int64_t workspace_id, int64_t user_id, int64_t now_ms,
    struct presence *gone)
{
	struct present **at = list_of(workspace_id);
	int n = 0;

	pthread_mutex_lock(&presence_lock);
	sweep(at, now_ms);
	while (*at != NULL) {
		if ((*at)->is.workspace_id != workspace_id ||
		    (*at)->is.user_id != user_id) {
			at = &(*at)->next;
			continue;
		}
		gone[n] = (*at)->is;
		gone[n].state = PRESENCE_AWAY;
		gone[n++].name = NULL;
		drop(at);
	}
	pthread_mutex_unlock(&presence_lock);
	return n;
}
