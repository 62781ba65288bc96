#ifndef WHATSAPP_COMPOSE_COMPOSE_H
#define WHATSAPP_COMPOSE_COMPOSE_H

#include <stdint.h>

#include "whatsapp/compose/composed.h"

struct json;
struct pool;

/*
 * A message to be sent: from the fields of our API to the provider's object.
 * The limits of docs/protocol.md §6.2 are checked here, before anything is
 * queued.
 */

/*
 * Reads BODY, the object of POST …/messages.  Its "to" and members that are not
 * in compose_fields are left to the caller.  0; or -1, and *WRONG lists every
 * error, in POOL.
 */
int compose_read(struct pool *, const struct json *body, struct compose *,
    struct compose_wrong **wrong);

/* The fields that a body may have, separated by blanks, for the caller. */
extern const char compose_fields[];

/*
 * The provider's word for a file's MIME type: audio/x-m4a, as browsers and
 * libmagic call what a phone records, is audio/mp4.  MIME_TYPE itself where no
 * other name of it is known.
 */
const char *compose_mime_type(const char *mime_type);

/* May a file of MIME_TYPE and SIZE bytes be sent as TYPE (§6.5)?  NULL: yes;
 * else what is wrong, in POOL. */
const char *compose_check_file(
    struct pool *, const char *type, const char *mime_type, int64_t size);
/* The message type for a file of MIME_TYPE: image, video, …, document. */
const char *compose_type_of(const char *mime_type);

#endif
