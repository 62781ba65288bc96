#ifndef API_REALTIME_LIMITER_H
#define API_REALTIME_LIMITER_H

#include <stdint.h>

/*
 * A limiter: so many places at all, so many for one address, and when all are
 * taken a fair share for each workspace, and in it for each member.  One
 * workspace alone may have all places, and so may one member; once they are
 * full, whoever comes with fewer than the workspace (or, in his own one, the
 * member) that has the most takes the oldest place of that one.  So nobody is
 * kept out by others, and whoever is asked to leave finds no place again by
 * coming back at once.
 *
 * An address is an IPv4 one, or the /64 of an IPv6 one, since whoever has one
 * of these has all of them; IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4.
 * The machine's own (127.0.0.1, ::1) are not counted: behind a proxy on this
 * machine everybody has them, until nginx's realip module tells the real ones.
 */
struct limiter;
enum limiter_answer { LIMITER_OPEN, LIMITER_FULL, LIMITER_ADDRESS_FULL };

/* Who comes in.  Filled by the caller, who keeps it until limiter_leave. */
struct limiter_place {
	int64_t workspace_id, user_id;
	const char *address;
	/* Called once when somebody else is to have the place: he leaves soon.
	 * It may not call the limiter. */
	void (*leave)(void *arg);
	void *arg;

	struct limiter_place *next, *before; /* limiter.c's own, as all below */
	int leaving;
};

/* So many more than MAX may be in while others leave. */
#define LIMITER_LEAVING_MAX 16

struct limiter *limiter_new(int max, int per_address); /* owned */
void limiter_free(struct limiter *);

/* LIMITER_OPEN: who came in leaves again.  Safe from many threads. */
enum limiter_answer limiter_enter(struct limiter *, struct limiter_place *);
void limiter_leave(struct limiter *, struct limiter_place *);

#endif
