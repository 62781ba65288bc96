#ifndef SPOOL_SPOOL_MOVE_H
#define SPOOL_SPOOL_MOVE_H

#include <stdint.h>

struct pool;

/*
 * Before the spool had a folder and a user of its own its files were in the
 * state folder.  waspool upgrade moves them; programs only say so.
 */
#define SPOOL_MOVE_TYPE                                                        \
	"%s is where older versions had the spool; now it belongs at %s: "     \
	"stop the programs and type 'waspool upgrade'"

/* 1 when a spool is at OLD, or half moved, and none at PATH (…/spool.db). */
int spool_move_is_due(const char *old, const char *path);

/*
 * Moves it, with its highest id, and gives all of it to whom the folder of PATH
 * is for.  At each moment a spool that is whole is at OLD, at OLD.moved or at
 * PATH, and on disk; whoever is killed or loses the power in between is
 * finished by the next call.  1 moved, 0 there is nothing to move; -1, and *WHY
 * says, in POOL, what is wrong and what to type: somebody has it open (*PID, 0
 * not known), there is one at both places, we may not write it.  Nothing is
 * lost then.  FOLDER: that of PATH, which is there.
 */
int spool_move(struct pool *, const char *old, const char *path,
    const char *folder, const char **why, int64_t *pid);

#endif
