#ifndef INBOX_MEDIA_MEDIA_ADMIN_H
#define INBOX_MEDIA_MEDIA_ADMIN_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/media/media.h"

struct statements;

/*
 * What a person does with files at the command line: looks at them, asks for
 * them again, throws them away.  Lists go by id or path, from AFTER on.
 */
extern const struct statements media_admin_statements;

/* Of STATE (NULL all), newest first, those before BEFORE (0 all): 0, -1. */
int media_list(struct db *, struct pool *, const char *state, int64_t before,
    int max, struct media **out, int *n);
/* The file of a message: 1, 0 (it has none), -1. */
int media_get(struct db *, struct pool *, int64_t message_id, struct media *);

/*
 * Due now, as if it came now for the first time: 1, 0 when there is none that
 * the provider could give, -1.  all: those that failed, are missing or wait,
 * and came after SINCE: some hundreds from *PLACE on ({ 0 } at first), for a
 * transaction each; *DUE counts them.  1 go on, 0 that was all, -1.
 */
struct media_place {
	unsigned state;
	int64_t id;
};

int media_again(struct db *, int64_t message_id, int64_t now);
int media_again_all(struct db *, int64_t since, int64_t now,
    struct media_place *, int64_t *due);

/* All paths that are stored, of uploads too, in order: 0, or -1. */
int media_paths(struct db *, struct pool *, const char *after, int max,
    const char ***out, int *n);
/* 1 when a message or an upload has it, 0, -1. */
int media_uses(struct db *, const char *path);
/* The file of that path is lost: due again where the provider could give it,
 * else missing.  How many messages, 0 no more (some hundreds at once), -1. */
int media_lost(struct db *, const char *path, int64_t now);

/* At most MAX files of messages and MAX uploads that came before BEFORE are
 * let go: how many, and PATHS says which files that were, or -1.  Uploads
 * that are still to be sent stay. */
int media_prune(struct db *, struct pool *, int64_t before, int max,
    const char ***paths, int *n);

#endif
