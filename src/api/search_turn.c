/*
 * Whose search it is (search_turn.h): one list, in the order in which they
 * came, of those that run and those that wait.
 */
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

#include "session/session.h"

#include "api/search_turn.h"

#define MEMBER_MAX 3

static pthread_once_t once_turn = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex_turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t over; /* one is, or another one may run */
static struct search_turn *first_turn;
static long processors;

static void
begin_turns(void)
{
	clock_cond_init(&over);
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < 2)
		processors = 2;
}

static int
less(int n, int by)
{
	return n > by ? n - by : 1;
}

/* Whether it may be in the list. */
static int
has_share(const struct search_turn *turn, int threads)
{
	int all_max = less(threads, 2), workspace_max = less(all_max, 2);
	int member_max = less(workspace_max, 1);
	int all = 0, workspace = 0, member = 0;

	if (member_max > MEMBER_MAX)
		member_max = MEMBER_MAX;
	for (struct search_turn *t = first_turn; t != NULL; t = t->next) {
		all++;
		workspace += t->workspace_id == turn->workspace_id;
		member += t->user_id == turn->user_id;
	}
	return all < all_max && workspace < workspace_max &&
	       member < member_max;
}

static int
runs_one(int64_t user_id)
{
	for (struct search_turn *t = first_turn; t != NULL; t = t->next)
		if (t->runs && t->user_id == user_id)
			return 1;
	return 0;
}

/* The first that may run and does not yet; NULL: none. */
static struct search_turn *
next_turn(void)
{
	int n = 0;

	for (struct search_turn *t = first_turn; t != NULL; t = t->next)
		n += t->runs;
	if (n >= processors)
		return NULL;
	for (struct search_turn *t = first_turn; t != NULL; t = t->next)
		if (!t->runs && !runs_one(t->user_id))
			return t;
	return NULL;
}

static void
append_turn(struct search_turn *turn)
{
	struct search_turn **end = &first_turn;

	while (*end != NULL)
		end = &(*end)->next;
	*end = turn;
}

static void
remove_turn(struct search_turn *turn)
{
	struct search_turn **t = &first_turn;

	while (*t != turn)
		t = &(*t)->next;
	*t = turn->next;
}

int
search_turn_take(struct search_turn *turn, const struct member *who,
    int threads, int64_t until_ms)
{
	*turn =
	    (struct search_turn){ who->workspace_id, who->user_id, 0, NULL };
	pthread_once(&once_turn, begin_turns);
	pthread_mutex_lock(&mutex_turn);
	if (has_share(turn, threads)) {
		append_turn(turn);
		while (next_turn() != turn)
			if (clock_cond_wait(&over, &mutex_turn, until_ms) != 0)
				break;
		turn->runs = next_turn() == turn;
		if (!turn->runs)
			remove_turn(turn);
		pthread_cond_broadcast(&over);
	}
	pthread_mutex_unlock(&mutex_turn);
	return turn->runs;
}

void
search_turn_give(struct search_turn *turn)
{
	pthread_mutex_lock(&mutex_turn);
	remove_turn(turn);
	pthread_cond_broadcast(&over);
	pthread_mutex_unlock(&mutex_turn);
}
