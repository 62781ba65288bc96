#ifndef INBOX_NODE_STATS_H
#define INBOX_NODE_STATS_H

#include <stdint.h>

struct db;
struct statements;

/* Counts of rows, for waspool stats and the metrics. */
struct stats {
	int64_t workspaces;
	int64_t users;
	int64_t numbers;
	int64_t contacts;
	int64_t conversations;
	int64_t unread; /* conversations */
	int64_t archived;
	int64_t messages;
	int64_t deferred; /* deliveries of NODE's spool */
	int64_t dead;
};

extern const struct statements stats_statements;

/* 0, or -1.  NODE is spool_node(). */
int stats_read(struct db *, const char *node, struct stats *);

#endif
