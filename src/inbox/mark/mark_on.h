#ifndef INBOX_MARK_MARK_ON_H
#define INBOX_MARK_MARK_ON_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/mark/mark.h"

struct name_cache;
struct pool;
struct session;
struct statements;

/*
 * Which team and which labels a conversation has.  What changes is noted as an
 * activity, in the same transaction, which is the caller's.
 */
#define MARK_ON_LABELS_MAX 50 /* a conversation */

struct conversation_marks {	 /* in POOL */
	const struct mark *team; /* NULL: none */
	struct mark *labels;	 /* by name */
	size_t n_labels;
};

/* Of MARK_IDS (" 3  7 ", NULL none); those that are in the cache are not looked
 * up again: 0, -1.  Without created_at. */
int mark_on_read(struct session *, struct pool *, const char *mark_ids,
    struct name_cache *, struct conversation_marks *);

/* Puts the label on the conversation, both of the workspace: 1, also when it
 * was there; 0 it has as many as it may have; -1. */
int mark_on_add(struct session *, int64_t conversation_id,
    const struct mark *label, int64_t now);
/* 0, also when it was not there; -1. */
int mark_on_remove(struct session *, int64_t conversation_id,
    const struct mark *label, int64_t now);
/* Assigns it to a team instead of another; TEAM NULL to none: 0, -1. */
int mark_on_set_team(struct session *, int64_t conversation_id,
    const struct mark *team, int64_t now);

extern const struct statements mark_on_statements;

#endif
