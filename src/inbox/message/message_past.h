#ifndef INBOX_MESSAGE_MESSAGE_PAST_H
#define INBOX_MESSAGE_MESSAGE_PAST_H

#include <stddef.h>
#include <stdint.h>

struct message_list_row;
struct pool;
struct session;
struct statements;

/*
 * What a message was before: its earlier texts when it was edited, and the
 * statuses of one of ours.  For members; texts in POOL.
 */
struct message_past_text {
	const char *type;
	const char *content; /* JSON */
	int64_t at;	     /* since when it read so */
};

struct message_past_status {
	const char *status;
	const char *participant; /* who in a group, else "" */
	int64_t at;
	const char *error;   /* JSON, NULL none */
	const char *pricing; /* JSON, the provider's; NULL it said none */
};

#define MESSAGE_PAST_MAX 1024 /* of either; the first of more */

/* What the next asks, and the one after that when WHOLE: in advance
 * (db_prefetch). */
void message_past_prefetch(
    struct session *, const struct message_list_row *m, int whole);

/* The earlier texts of M, oldest first, without that which it shows: how many,
 * or -1.  0 at once for one that was not edited. */
int message_past_texts(struct session *, struct pool *,
    const struct message_list_row *m, struct message_past_text **);

/* The statuses of M, oldest first: how many, or -1.  0 at once for one that is
 * not ours, or that the provider has not taken. */
int message_past_statuses(struct session *, struct pool *,
    const struct message_list_row *m, struct message_past_status **);

extern const struct statements message_past_statements;

#endif
