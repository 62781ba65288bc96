#ifndef SPOOL_SPOOL_MOVE_H
#define SPOOL_SPOOL_MOVE_H

#include <stdint.h>

struct pool;

/*
 * Older versions had the spool in the state folder; now it has a folder and a
 * user of its own.  waspool upgrade moves it; programs only say that it must.
 */
#define SPOOL_MOVE_TYPE                                                        \
	"%s is where older versions had the spool; now it belongs at %s: "     \
	"stop the programs and type 'waspool upgrade'"

/* 1 when a spool is at OLD, or half moved, and none at PATH (…/spool.db). */
int spool_move_is_due(const char *old, const char *path);

/*
 * Moves the spool and its high-water mark from OLD to PATH, and gives them the
 * owner and group of FOLDER, the folder of PATH, which exists.  At each moment
 * a whole spool is on disk at OLD, at OLD.moved or at PATH; after a kill or a
 * power cut the next call finishes the move.  1 moved, 0 there is nothing to
 * move; -1, nothing is lost, and *WHY (in POOL) says what is wrong and what to
 * type: a process has it open (*PID, 0 not known), there are spools at both
 * places, or we may not write it.
 */
int spool_move(struct pool *, const char *old, const char *path,
    const char *folder, const char **why, int64_t *pid);

#endif
