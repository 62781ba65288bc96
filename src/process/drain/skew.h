#ifndef PROCESS_DRAIN_SKEW_H
#define PROCESS_DRAIN_SKEW_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Clock skew: how far our clock is from the provider's, as deliveries show it.
 * An event from our future shows that our clock is behind; a message of ours
 * that the provider sent before we did, that it is ahead; several events sent
 * just now, that it is right.
 */
#define SKEW_SLACK 300 /* seconds that are no skew */

struct skew {		     /* begins with 0 */
	int64_t provider_at; /* the provider's latest time */
	int agreed;	     /* how many events since were sent just now */
	int64_t ahead;	     /* seconds, by the last message that we sent */

	int loaded, unsaved;
	int64_t warned_ms;
};

extern const struct statements skew_statements;

/* An event came that was sent AT, by the provider's clock. */
void skew_see(struct skew *, int64_t at, int64_t now);
/* A message that we sent at SENDING_AT by our clock was sent AT by the
 * provider's. */
void skew_see_sent(struct skew *, int64_t sending_at, int64_t at);

/* Loads what earlier runs saw; stores what this one saw, in the caller's
 * transaction: 0, or -1. */
int skew_load(struct skew *, struct db *);
int skew_save(struct skew *, struct db *);

/* Seconds that our clock is ahead, negative behind; 0 also when not known. */
int64_t skew_off(const struct skew *, int64_t now);
/* 1 when events show that NOW is right, and none shows that it is wrong. */
int skew_is_right(const struct skew *, int64_t now);

#endif
