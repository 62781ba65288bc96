/*
 * The newest events of each workspace that somebody follows.  One lock for
 * all: it is held for copying and counting only.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "api/realtime/channel.h"

#define KEPT_MAX  (1024 * 1024) /* bytes of a channel */
#define PIECE_MAX (256 * 1024)	/* a larger event is read by each himself */
#define TAKE_MAX  (16 * 1024)
#define YOUNG_MS  250 /* so long a follower has to take it */

struct piece {
	struct piece *next;
	int64_t seq, user_id, put_ms;
	size_t len;
	char text[];
};

struct channel_word {
	size_t len;
	char text[];
};

struct channel {
	struct channel *next;
	int64_t workspace_id;
	int64_t last;	 /* newest seq that followers know of */
	int64_t dropped; /* pieces are those after this seq */
	struct piece *first, *newest;
	size_t bytes;
	struct channel_word *said[CHANNEL_SAID]; /* by number, the last ones */
	int64_t n_said;
	struct follower *followers;
	pthread_cond_t news;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct channel *channels;
static int stopping;
static void (*on_news)(void *arg);
static void *on_news_arg;

static struct channel **
find_channel(int64_t workspace_id)
{
	struct channel **at = &channels;

	while (*at != NULL && (*at)->workspace_id != workspace_id)
		at = &(*at)->next;
	return at;
}

static void
drop_first(struct channel *c)
{
	struct piece *p = c->first;

	c->first = p->next;
	c->dropped = p->seq;
	c->bytes -= p->len;
	free(p);
}

static struct channel *
open_channel(int64_t workspace_id, int64_t last)
{
	struct channel *c = xcalloc(sizeof(*c));

	clock_cond_init(&c->news);
	c->workspace_id = workspace_id;
	c->last = c->dropped = last;
	return c;
}

void
channel_join(
    struct follower *f, int64_t workspace_id, int64_t after, int64_t last)
{
	struct channel **at;

	pthread_mutex_lock(&lock);
	at = find_channel(workspace_id);
	if (*at == NULL)
		*at = open_channel(workspace_id, last);
	f->channel = *at;
	f->after = after;
	f->heard = f->channel->n_said;
	f->next = f->channel->followers;
	f->channel->followers = f;
	pthread_mutex_unlock(&lock);
}

void
channel_leave(struct follower *f)
{
	struct channel *c = f->channel;
	struct follower **at = &c->followers;

	pthread_mutex_lock(&lock);
	f->channel = NULL;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	if (c->followers == NULL) {
		*find_channel(c->workspace_id) = c->next;
		while (c->first != NULL)
			drop_first(c);
		for (size_t i = 0; i < CHANNEL_SAID; i++)
			free(c->said[i]);
		pthread_cond_destroy(&c->news);
		free(c);
	}
	pthread_mutex_unlock(&lock);
}

void
channel_on_news(void (*call)(void *arg), void *arg)
{
	pthread_mutex_lock(&lock);
	on_news = call;
	on_news_arg = arg;
	pthread_mutex_unlock(&lock);
}

/* With the lock. */
static void
tell_channel(struct channel *c)
{
	pthread_cond_broadcast(&c->news);
	if (on_news != NULL)
		on_news(on_news_arg);
}

void
channel_let_go(struct follower *f)
{
	pthread_mutex_lock(&lock);
	f->out = 1;
	if (f->channel != NULL)
		tell_channel(f->channel);
	pthread_mutex_unlock(&lock);
}

/* Something was said that F waits for. */
static int
may_hear(const struct follower *f)
{
	return f->hears && f->heard < f->channel->n_said;
}

/* With the lock. */
static enum channel_answer
answer_channel(const struct follower *f)
{
	const struct channel *c = f->channel;

	if (stopping)
		return CHANNEL_OVER;
	if (f->out)
		return CHANNEL_OUT;
	if (c->last > f->after)
		return f->after < c->dropped ? CHANNEL_BEHIND : CHANNEL_NEWS;
	return may_hear(f) ? CHANNEL_NEWS : CHANNEL_QUIET;
}

enum channel_answer
channel_look(struct follower *f)
{
	enum channel_answer answer;

	pthread_mutex_lock(&lock);
	answer = answer_channel(f);
	pthread_mutex_unlock(&lock);
	return answer;
}

enum channel_answer
channel_wait(struct follower *f, int64_t until_ms)
{
	enum channel_answer answer;
	int late = 0;

	pthread_mutex_lock(&lock);
	while ((answer = answer_channel(f)) == CHANNEL_QUIET && !late)
		late = clock_cond_wait(&f->channel->news, &lock, until_ms) != 0;
	pthread_mutex_unlock(&lock);
	return answer;
}

static void
take_said(struct follower *f, struct buf *b)
{
	struct channel *c = f->channel;

	if (f->heard < c->n_said - CHANNEL_SAID)
		f->heard = c->n_said - CHANNEL_SAID;
	for (; f->hears && f->heard < c->n_said; f->heard++) {
		const struct channel_word *s = c->said[f->heard % CHANNEL_SAID];

		buf_put(b, s->text, s->len);
	}
}

void
channel_next(struct follower *f, struct buf *b)
{
	struct channel *c = f->channel;

	pthread_mutex_lock(&lock);
	/* Since channel_wait it may have fallen behind. */
	if (f->after >= c->dropped)
		for (struct piece *p = c->first; p != NULL && b->len < TAKE_MAX;
		     p = p->next)
			if (p->seq > f->after) {
				if (p->user_id == 0 || p->user_id == f->user_id)
					buf_put(b, p->text, p->len);
				f->after = p->seq;
			}
	take_said(f, b);
	pthread_mutex_unlock(&lock);
}

void
channel_move(struct follower *f, int64_t after)
{
	pthread_mutex_lock(&lock);
	f->after = after;
	pthread_mutex_unlock(&lock);
}

void
channel_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = 1;
	for (struct channel *c = channels; c != NULL; c = c->next)
		tell_channel(c);
	pthread_mutex_unlock(&lock);
}

size_t
channel_list(struct pool *pool, struct channel_state **list)
{
	struct channel *c;
	size_t n = 0;

	pthread_mutex_lock(&lock);
	for (c = channels; c != NULL; c = c->next)
		n++;
	*list = pool_alloc(pool, n * sizeof(**list));
	n = 0;
	for (c = channels; c != NULL; c = c->next)
		(*list)[n++] =
		    (struct channel_state){ .workspace_id = c->workspace_id,
			    .last = c->last };
	pthread_mutex_unlock(&lock);
	return n;
}

/* The place of the slowest follower. */
static int64_t
slowest(const struct channel *c)
{
	int64_t after = c->last;

	for (const struct follower *f = c->followers; f != NULL; f = f->next)
		if (f->after < after)
			after = f->after;
	return after;
}

int
channel_has_room(int64_t workspace_id)
{
	int64_t now_ms = clock_ticks_ms(), done;
	struct channel *c;
	int room = 1;

	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	if (c != NULL && c->first != NULL) {
		done = slowest(c);
		while (c->first != NULL && c->first->seq <= done)
			drop_first(c);
		room = c->bytes < KEPT_MAX / 2 ||
		       now_ms - c->first->put_ms >= YOUNG_MS;
	}
	pthread_mutex_unlock(&lock);
	return room;
}

static void
add_channel(struct channel *c, int64_t seq, int64_t user_id, const char *text,
    size_t len)
{
	struct piece *p = xcalloc(sizeof(*p) + len);

	p->seq = seq;
	p->user_id = user_id;
	p->put_ms = clock_ticks_ms();
	p->len = len;
	memcpy(p->text, text, len);
	while (c->first != NULL && c->bytes + len > KEPT_MAX)
		drop_first(c);
	if (c->first == NULL)
		c->first = p;
	else
		c->newest->next = p;
	c->newest = p;
	c->bytes += len;
	c->last = seq;
}

static void
skip(struct channel *c, int64_t last)
{
	while (c->first != NULL)
		drop_first(c);
	c->last = c->dropped = last;
}

void
channel_put(int64_t workspace_id, int64_t seq, int64_t user_id,
    const char *text, size_t len)
{
	struct channel *c;

	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	/* It may have closed meanwhile, and opened anew further on. */
	if (c != NULL && seq == c->last + 1) {
		if (len <= PIECE_MAX)
			add_channel(c, seq, user_id, text, len);
		else
			skip(c, seq);
	}
	pthread_mutex_unlock(&lock);
}

void
channel_skip(int64_t workspace_id, int64_t last)
{
	struct channel *c;

	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	if (c != NULL && last > c->last)
		skip(c, last);
	pthread_mutex_unlock(&lock);
}

void
channel_announce(int64_t workspace_id)
{
	struct channel *c;

	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	if (c != NULL)
		tell_channel(c);
	pthread_mutex_unlock(&lock);
}

void
channel_say(int64_t workspace_id, const char *text, size_t len)
{
	struct channel_word *s = xcalloc(sizeof(*s) + len), **at;
	struct channel *c;

	s->len = len;
	memcpy(s->text, text, len);
	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	if (c != NULL) {
		at = &c->said[c->n_said % CHANNEL_SAID];
		free(*at);
		*at = s;
		s = NULL;
		c->n_said++;
		tell_channel(c);
	}
	pthread_mutex_unlock(&lock);
	free(s);
}

int
channel_follows(int64_t workspace_id, int64_t user_id)
{
	const struct follower *f = NULL;
	struct channel *c;

	pthread_mutex_lock(&lock);
	c = *find_channel(workspace_id);
	if (c != NULL)
		f = c->followers;
	while (f != NULL && (f->user_id != user_id || !f->hears))
		f = f->next;
	pthread_mutex_unlock(&lock);
	return f != NULL;
}
