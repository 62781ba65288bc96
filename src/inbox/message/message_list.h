#ifndef INBOX_MESSAGE_MESSAGE_LIST_H
#define INBOX_MESSAGE_MESSAGE_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/message/message_row.h"

struct pool;
struct session;
struct statements;

/*
 * The messages of a conversation for a member, newest first, with keyset
 * pagination.
 */
struct message_list_place {
	int64_t sent_at;
	int64_t id;
};

#define MESSAGE_LIST_END ((struct message_list_place){ INT64_MAX, INT64_MAX })

/*
 * At most MAX messages of a conversation before the place: how many, or -1.
 * Messages of a conversation that is being merged into this one are among them,
 * although their rows move later (merge.h); none is read twice.  The page ends
 * early when its texts fill MESSAGE_LIST_BYTES_MAX; a first message that is
 * longer is a page alone.  *MORE: 1 when there are more after the last.
 */
#define MESSAGE_LIST_BYTES_MAX ((size_t)1 << 20)

/* What message_list_read asks first, message_list_find, message_list_get and
 * message_list_text: in advance (db_prefetch). */
void message_list_prefetch(struct session *, int64_t conversation_id,
    struct message_list_place before, int max);
void message_list_prefetch_place(
    struct session *, int64_t conversation_id, int64_t message_id);
void message_list_prefetch_one(struct session *, int64_t message_id);
void message_list_prefetch_text(struct session *, int64_t message_id);

int message_list_read(struct session *, struct pool *, int64_t conversation_id,
    struct message_list_place, struct message_list_row *, int max, int *more);

/* The same after the place, the newest of them first too.  *MORE: 1 when there
 * are still newer ones. */
int message_list_read_after(struct session *, struct pool *,
    int64_t conversation_id, struct message_list_place,
    struct message_list_row *, int max, int *more);

/* The message at the place, at most MAX / 2 right after it, and messages before
 * it up to MAX in all.  Each side has half of the bytes.  *OLDER and *NEWER: 1
 * when there are more on that side. */
int message_list_read_around(struct session *, struct pool *,
    int64_t conversation_id, struct message_list_place,
    struct message_list_row *, int max, int *older, int *newer);

/* One message of the workspace: 1, 0 (there is none), -1. */
int message_list_get(struct session *, struct pool *, int64_t message_id,
    struct message_list_row *);

/* The text by which a message is found (search.h), in POOL, NULL for none: 1, 0
 * (there is no such message), -1. */
int message_list_text(
    struct session *, struct pool *, int64_t message_id, const char **text);

/* The file of a message, from the table media: 1, 0 (it has none), -1. */
struct message_list_file { /* texts in POOL, NULL none */
	const char *state;
	const char *reason;
	const char *mime_type;
	const char *filename; /* as the sender named it; never a path of ours */
	const char *path;     /* when state is stored */
};

int message_list_file(struct session *, struct pool *, int64_t message_id,
    struct message_list_file *);

/* The place of a message in its conversation: 1; 0 it is not in it; -1. */
int message_list_find(struct session *, int64_t conversation_id,
    int64_t message_id, struct message_list_place *);

extern const struct statements message_list_statements;

#endif
