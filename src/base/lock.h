#ifndef BASE_LOCK_H
#define BASE_LOCK_H

/*
 * A lock between processes and threads: an empty file.  Whoever wants it
 * stands at the turnstile first (a second file, PATH-next), so that somebody
 * who gives it back and wants it again does not overtake those who wait.
 * The kernel takes it back from a process that dies.
 */
struct lock;

/* owned: lock_close.  NULL when PATH cannot be opened, said in the log. */
struct lock *lock_open(const char *path);
void	lock_close(struct lock *);	/* gives it back; NULL is harmless */

/* Waits at most WAIT_MS: 1 taken, 0 not in that time, -1 cannot. */
int	lock_take(struct lock *, int wait_ms);
void	lock_give(struct lock *);

/* 1 when somebody else stands at the turnstile now. */
int	lock_wanted(struct lock *);

/*
 * After giving it back, before taking it again: returns when nobody stands at
 * the turnstile any more (waiters that poll slowly are waited for, too), or
 * after MAX_MS.
 */
void	lock_let_others(struct lock *, int max_ms);

#endif
