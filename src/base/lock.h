#ifndef BASE_LOCK_H
#define BASE_LOCK_H

/*
 * A lock between processes and threads: a file.  Whoever wants it
 * stands at the turnstile first (a second file, PATH-next), so that somebody
 * who gives it back and wants it again does not overtake those who wait.
 * The kernel takes it back from a process that dies.
 */
struct lock;

/* owned: lock_close.  NULL when PATH cannot be opened, said in the log. */
struct lock *lock_open(const char *path);
void lock_close(struct lock *); /* gives it back; NULL is harmless */

/* Waits at most WAIT_MS: 1 taken, 0 not in that time, -1 cannot. */
int lock_take(struct lock *, int wait_ms);
void lock_give(struct lock *);

/* Who has the lock says who it is, in the file, for others that wait: TEXT
 * is "NAME, process 41" or such, LOCK_SIGN bytes of it.  lock_signed puts
 * what the last holder said into TEXT (LOCK_SIGN + 1 bytes), "" nothing; it
 * may be gone. */
#define LOCK_SIGN 120
void lock_sign(struct lock *, const char *text);
void lock_signed(const struct lock *, char *text);

/* 1 when somebody else stands at the turnstile now. */
int lock_wanted(struct lock *);

/*
 * For a program that takes the lock again and again: between lock_give and
 * lock_take it waits until nobody stands at the turnstile, also those who poll
 * slowly, or until MAX_MS are over.
 */
void lock_let_others(struct lock *, int max_ms);

#endif
