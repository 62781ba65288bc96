#ifndef TORTURE_FAIL_PAGE_H
#define TORTURE_FAIL_PAGE_H

#include <stdatomic.h>

#define LIVED_MAX 400

/* From the first of its own files on: the configuration is read by both. */
enum { FAIL_WILL_PROBE = 1, FAIL_PROBES };

/* What fail.py says to fail.so, and what it hears of it. */
struct page {
	atomic_llong kind;
	atomic_llong nth;     /* from 1 */
	atomic_llong goes_on; /* and all after it */
	atomic_llong number;  /* errno */
	atomic_llong calls;   /* of this kind, until now */
	atomic_llong failed;
	/* bytes the files may have in all, 0: no limit */
	atomic_llong room;
	atomic_llong probes; /* each call fails, in a process of its own */
	atomic_llong first;  /* from this one */
	atomic_llong probed; /* to this one */
	atomic_llong died;   /* so many of these died of it */
	atomic_llong n_lived;
	atomic_llong lived[LIVED_MAX]; /* and these did not */
};

/*
 * The Nth call is tried by a child: 1 in the child, which it shall fail, and 0
 * in the parent, when the child is dead, or was killed since it goes on.  For
 * the time from opening its databases until a program first writes: there the
 * two share nothing that the other changes.
 */
int fail_probe(struct page *, long long n);
extern int fail_is_child; /* and nothing else fails */

/* The program is about to write: no probes from now on. */
void fail_probe_end(struct page *);

#endif
