/*
 * Who waits for a peer in the middle of a request (http_reader.h).
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <pthread.h>
#include <stddef.h>

#include <linux/sockios.h>

#include "base/clock.h"
#include "base/log.h"

#include "door/http_reader.h"
#include "door/http_turn.h"

#define PATIENCE_MS 10000
#define QUIET_MS    250 /* when threads are short */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct http_reader *readers;

/* Nothing waits to be read: it is the peer that is late. */
static int
is_quiet(int fd)
{
	int unread;

	return ioctl(fd, SIOCINQ, &unread) == 0 && unread == 0;
}

void
http_reader_begin(struct http_reader *r, int fd)
{
	r->fd = fd;
	r->since_ms = clock_ticks_ms();
	pthread_mutex_lock(&mutex);
	r->next = readers;
	readers = r;
	pthread_mutex_unlock(&mutex);
	if (is_quiet(fd))
		http_turn_give();
}

void
http_reader_end(struct http_reader *r)
{
	struct http_reader **link = &readers;

	pthread_mutex_lock(&mutex);
	while (*link != r)
		link = &(*link)->next;
	*link = r->next;
	pthread_mutex_unlock(&mutex);
}

int
http_reader_look(int64_t now_ms, int threads)
{
	int n = 0;

	pthread_mutex_lock(&mutex);
	for (struct http_reader *r = readers; r != NULL; r = r->next)
		n++;
	for (struct http_reader *r = readers; r != NULL; r = r->next) {
		int64_t ms = now_ms - r->since_ms;

		if (ms < PATIENCE_MS &&
		    (ms < QUIET_MS || 2 * n < threads || !is_quiet(r->fd)))
			continue;
		log_warn("a peer that did not go on was hung up");
		shutdown(r->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&mutex);
	return n;
}
