#ifndef INBOX_CONVERSATION_MARKETING_H
#define INBOX_CONVERSATION_MARKETING_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Whether a customer wants marketing: each time that it became known is a row,
 * in the conversation and with the sighting of the message that came with it.
 * What the rows come to is kept in conversations by triggers (inbox.sql), so
 * neither their order nor their number matters.  A message that the provider
 * refuses for it (131050) is a row by a trigger, too.  In the caller's
 * transaction: 0, or -1.
 */
struct marketing_choice {
	int64_t conversation_id;
	int64_t sighting_id; /* 0 none */
	const char *state;   /* stopped, allowed */
	int64_t at;
};

extern const struct statements marketing_statements;

/* The customer said so. */
int marketing_put(
    struct db *, int64_t workspace_id, const struct marketing_choice *);

/* Both conversations are of one customer: all that FROM has goes to TO. */
int marketing_join(struct db *, int64_t workspace_id, int64_t from, int64_t to);

/* What came with SIGHTING_ID from BEGIN on, before END, is of the customer of
 * TO: to be called before the messages are moved, which say so. */
int marketing_part(struct db *, int64_t workspace_id, int64_t from, int64_t to,
    int64_t sighting_id, int64_t begin, int64_t end);

#endif
