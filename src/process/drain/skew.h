#ifndef PROCESS_DRAIN_SKEW_H
#define PROCESS_DRAIN_SKEW_H

#include <stdint.h>

struct db;
struct statements;

/*
 * How far our clock is from the provider's, as deliveries show it.  What was
 * sent in our future says that our clock is behind; what was sent before we
 * sent it, that it is ahead; several that were sent just now, that it is right.
 */
#define SKEW_SLACK 300 /* seconds that nobody minds */

struct skew {		     /* begins with 0 */
	int64_t provider_at; /* the latest that it said */
	int agreed;	     /* events since that were sent just now */
	int64_t ahead;	     /* seconds, of the last that we sent */

	int loaded, unsaved;
	int64_t warned_ms;
};

extern const struct statements skew_statements;

/* Something came that was sent AT, by the provider's clock. */
void skew_see(struct skew *, int64_t at, int64_t now);
/* What we sent at SENDING_AT by our clock was sent AT by its. */
void skew_see_sent(struct skew *, int64_t sending_at, int64_t at);

/* What earlier runs saw; and what this one saw, in the caller's transaction:
 * 0, or -1. */
int skew_load(struct skew *, struct db *);
int skew_save(struct skew *, struct db *);

/* Seconds that our clock is ahead, negative behind, 0 as far as is known. */
int64_t skew_off(const struct skew *, int64_t now);
/* 1 when there is a sign that NOW is right and none that it is not. */
int skew_is_right(const struct skew *, int64_t now);

#endif
