#ifndef INBOX_MESSAGE_MESSAGE_FILES_H
#define INBOX_MESSAGE_MESSAGE_FILES_H

#include <stdint.h>

#include "inbox/message/message_list.h"

struct pool;
struct session;
struct statements;

/* So many messages are looked at for one page: of a conversation in which there
 * are few files a page has less than asked for, or nothing, and goes on. */
#define MESSAGE_FILES_LOOKED 2000

/*
 * Of the messages of a conversation before the place those that are a file
 * (image, video, audio, document) and were not taken back, newest first, at
 * most MAX: how many, or -1.  *NEXT: the message before which the next page
 * begins, 0 when all were looked at.  What stands in a conversation that is
 * being merged into this one is not among them until it was moved.
 */
int message_files_read(struct session *, struct pool *, int64_t conversation_id,
    struct message_list_place, struct message_list_row *, int max,
    int64_t *next);

extern const struct statements message_files_statements;

#endif
