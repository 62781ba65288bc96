#ifndef WORKER_SHIFT_H
#define WORKER_SHIFT_H

#include <signal.h>
#include <stdint.h>

#include "worker/drain.h"
#include "worker/retain.h"

struct config;
struct lock;

/*
 * The time that one run of the processor works: drains, sleeps until woken,
 * says that it lives, moves the WAL, throws away what is old.
 */
enum shift_kind {
	SHIFT_MINUTE,		/* until the next run waits for the lock */
	SHIFT_ONCE,		/* until nothing is due */
	SHIFT_FOREVER		/* until *stop */
};

struct shift {
	enum shift_kind	 kind;
	struct lock	*lock;		/* held by the caller */
	const char	*wake_path;
	volatile sig_atomic_t *stop;	/* set by a signal */
	struct drain	 drain;
	struct retain	 retain;

	/* its own: begin with 0 */
	int64_t		 began_ms;
	int64_t		 seen_ms;	/* last said to live */
	int64_t		 retain_ms;	/* last looked for what is old */
	int		 retain_more;
	int		 delay_ms;	/* after a failure */
};

#define SHIFT_ONCE_MS 60000	/* patience of SHIFT_ONCE with a busy inbox */

/*
 * The exit status: EX_OK, or EX_TEMPFAIL (SHIFT_ONCE, the inbox stayed busy).
 * A lost database ends the program: whoever starts it again opens it anew.
 */
int	shift_work(struct shift *);

#endif
