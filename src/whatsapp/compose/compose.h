#ifndef WHATSAPP_COMPOSE_COMPOSE_H
#define WHATSAPP_COMPOSE_COMPOSE_H

#include <stddef.h>
#include <stdint.h>

#include "whatsapp/compose/field/composed.h"

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

/*
 * The MIME type of a file that begins with HEAD (LEN bytes, COMPOSE_HEAD of
 * them if there are so many), by its content; SAID, its label, where the bytes
 * do not tell.  What a browser or WhatsApp itself records is known whatever it
 * is called; Ogg has its codec.
 */
#define COMPOSE_HEAD 64
const char *compose_sniff(
    const unsigned char *head, size_t len, const char *said);
/* Width and height of the WebP that begins with HEAD, and whether it moves:
 * 1; 0 it is none, cut short (30 bytes), or of a form not known. */
int compose_webp_size(const unsigned char *head, size_t len, unsigned *width,
    unsigned *height, int *moves);
/* Why a file of SIZE bytes that begins with HEAD is no sticker (§6.5), in POOL;
 * NULL: it is one. */
const char *compose_sticker_flaw(
    struct pool *, const unsigned char *head, size_t len, int64_t size);

/* May a file of MIME_TYPE and SIZE bytes be sent as TYPE (§6.5)?  NULL: yes;
 * else what is wrong, in POOL. */
const char *compose_check_file(
    struct pool *, const char *type, const char *mime_type, int64_t size);
/* The message type for a file of MIME_TYPE: image, video, …, document. */
const char *compose_type_of(const char *mime_type);

#endif
