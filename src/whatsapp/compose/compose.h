#ifndef WHATSAPP_COMPOSE_COMPOSE_H
#define WHATSAPP_COMPOSE_COMPOSE_H

#include <stdint.h>

#include "whatsapp/compose/composed.h"

struct json;
struct pool;

/*
 * A message to be sent, from the words of our API to those of the provider.
 * Limits of docs/protocol.md §6.2 are checked here, before anything is queued.
 */

/*
 * Reads BODY (an object of POST …/messages; "to" and what it does not know
 * are the caller's).  0; -1 and *WRONG lists what is wrong, in POOL.
 */
int compose_read(struct pool *, const struct json *body, struct compose *,
    struct compose_wrong **wrong);

/* The fields that a body may have, separated by blanks, for the caller. */
extern const char compose_fields[];

/* Types and sizes of files that may be sent as TYPE (§6.5): NULL when it may,
 * else what is wrong, in POOL. */
const char *compose_check_file(
    struct pool *, const char *type, const char *mime_type, int64_t size);
/* The message type for a file of MIME_TYPE: image, video, …, document. */
const char *compose_type_of(const char *mime_type);

#endif
