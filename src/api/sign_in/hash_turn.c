/*
 * Who may hash a password now.
 */
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"

#include "api/sign_in/hash_turn.h"

static pthread_mutex_t mutex_hash = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hash_over;
static long hashing_max, n_hashing, n_waiting;

void
hash_turn_open(long n)
{
	clock_cond_init(&hash_over);
	hashing_max = n > 0 ? n : sysconf(_SC_NPROCESSORS_ONLN);
	if (hashing_max < 1)
		hashing_max = 1;
}

int
hash_turn_take(int64_t until_ms)
{
	int is_mine = 0;

	pthread_mutex_lock(&mutex_hash);
	if (n_hashing < hashing_max || n_waiting < HASH_TURN_QUEUE) {
		n_waiting++;
		while (n_hashing >= hashing_max)
			if (clock_cond_wait(
				&hash_over, &mutex_hash, until_ms) != 0)
				break;
		n_waiting--;
		is_mine = n_hashing < hashing_max;
		n_hashing += is_mine;
	}
	pthread_mutex_unlock(&mutex_hash);
	return is_mine;
}

void
hash_turn_give(void)
{
	pthread_mutex_lock(&mutex_hash);
	n_hashing--;
	pthread_cond_signal(&hash_over);
	pthread_mutex_unlock(&mutex_hash);
}
