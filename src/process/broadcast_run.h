#ifndef PROCESS_BROADCAST_RUN_H
#define PROCESS_BROADCAST_RUN_H

#include <stdint.h>

struct db;
struct pool;
struct session;
struct statements;

/*
 * Broadcasts, in steps: each by its own pace, and what became of the messages.
 * While one is under way there is a second connection to the inbox, which is a
 * member's.
 */
#define BROADCAST_RUN_MAX 16 /* at once; others wait */

struct broadcast_run {
	struct db *db;
	const char *path; /* of the inbox */
	int wait_ms;

	int wake_ms; /* when to come back, -1 nothing is under way */

	/* private: begin with 0 */
	struct session *session;
	struct pool *pool;
	int64_t look_ms; /* the next look, in ticks */
	struct broadcast_pace {
		int64_t id;
		int64_t filled_ms;
		int64_t budget; /* in 1/60000 of a message */
	} pace[BROADCAST_RUN_MAX];
};

/* 1 when something was done, 0, -1. */
int broadcast_run_step(struct broadcast_run *, int64_t now);
void broadcast_run_close(struct broadcast_run *);

extern const struct statements broadcast_run_statements;

#endif
