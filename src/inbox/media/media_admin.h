#ifndef INBOX_MEDIA_MEDIA_ADMIN_H
#define INBOX_MEDIA_MEDIA_ADMIN_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/media/media.h"

struct statements;

/*
 * The commands of waspool media: lists files, downloads them again, finds lost
 * ones, prunes old ones.
 */
extern const struct statements media_admin_statements;

/* Files in STATE (NULL: any), with an id < BEFORE (0: any), newest first, at
 * most MAX: 0, -1. */
int media_list(struct db *, struct pool *, const char *state, int64_t before,
    int max, struct media **out, int *n);
/* The file of a message: 1, 0 (it has none), -1. */
int media_get(struct db *, struct pool *, int64_t message_id, struct media *);

/*
 * media_again: makes the file of a message due now, as if it were new: 1, 0
 * when it has none that the provider may still have, -1.
 *
 * media_again_all does so for all files that failed, are missing or pending,
 * and came after SINCE: some hundreds in each transaction, from *PLACE on ({ 0
 * } at first); *DUE counts them.  1 call it again, 0 that was all, -1.
 */
struct media_place {
	unsigned state;
	int64_t id;
};

int media_again(struct db *, int64_t message_id, int64_t now);
int media_again_all(struct db *, int64_t since, int64_t now,
    struct media_place *, int64_t *due);

/* Paths > AFTER of messages and uploads, in order, at most MAX: 0, or -1. */
int media_paths(struct db *, struct pool *, const char *after, int max,
    const char ***out, int *n);
/* 1 when a message or an upload has it, 0, -1. */
int media_uses(struct db *, const char *path);
/* The file of that path is lost: its messages become due again when the
 * provider may still have it, else missing.  Some hundreds in one call: how
 * many, 0 no more, -1. */
int media_lost(struct db *, const char *path, int64_t now);

/* Prunes at most MAX files of messages and MAX uploads that came before BEFORE:
 * how many, with their PATHS, whose blobs the caller deletes; or -1.  Uploads
 * that are still to be sent stay. */
int media_prune(struct db *, struct pool *, int64_t before, int max,
    const char ***paths, int *n);

#endif
