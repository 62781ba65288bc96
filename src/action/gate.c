/*
 * How many come in.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/text.h"

#include "action/gate.h"

struct guest { /* an address, while somebody of it is in */
	struct guest *next;
	char *address;
	int n;
};

struct gate {
	pthread_mutex_t lock;
	struct guest *guests;
	int n, max, per_address;
};

struct gate *
gate_new(int max, int per_address)
{
	struct gate *g = pool_forever(sizeof(*g));

	pthread_mutex_init(&g->lock, NULL);
	g->max = max;
	g->per_address = per_address;
	return g;
}

void
gate_free(struct gate *g)
{
	if (g == NULL)
		return;
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static int
is_ours(const char *address)
{
	return text_is(address, "127.0.0.1") || text_is(address, "::1");
}

/* Where ADDRESS is linked in, or would be. */
static struct guest **
find(struct gate *g, const char *address)
{
	struct guest **at = &g->guests;

	while (*at != NULL && !text_is((*at)->address, address))
		at = &(*at)->next;
	return at;
}

static enum gate_answer
enter(struct gate *g, const char *address)
{
	struct guest *guest;

	if (g->n >= g->max)
		return GATE_FULL;
	if (!is_ours(address)) {
		guest = *find(g, address);
		if (guest != NULL && guest->n >= g->per_address)
			return GATE_ADDRESS_FULL;
		if (guest == NULL) {
			guest = pool_forever(sizeof(*guest));
			guest->address = pool_forever_text(address);
			guest->next = g->guests;
			g->guests = guest;
		}
		guest->n++;
	}
	g->n++;
	return GATE_OPEN;
}

enum gate_answer
gate_enter(struct gate *g, const char *address)
{
	enum gate_answer answer;

	pthread_mutex_lock(&g->lock);
	answer = enter(g, address);
	pthread_mutex_unlock(&g->lock);
	return answer;
}

void
gate_leave(struct gate *g, const char *address)
{
	struct guest **at, *guest;

	pthread_mutex_lock(&g->lock);
	g->n--;
	at = find(g, address);
	guest = *at;
	if (guest != NULL && --guest->n == 0) {
		*at = guest->next;
		free(guest->address);
		free(guest);
	}
	pthread_mutex_unlock(&g->lock);
}
