#ifndef WHATSAPP_DELIVERY_H
#define WHATSAPP_DELIVERY_H

#include <stddef.h>
#include <stdint.h>

#include "whatsapp/event.h"

struct pool;

/*
 * What the body of a delivery says, whatever it was sent as: gzip is made
 * plain, and a byte order mark is passed over, as RFC 8259 (8.1) lets a reader
 * do.  All else stays as it is.  MAX: what a plain one may have
 * (WASPOOL_BODY_MAX), for gzip says more than it is.  0, and *BODY of *LEN
 * bytes may be in POOL; -1: *WHY (in POOL), what to do when it is too large,
 * and both stay.
 */
int delivery_plain(struct pool *, size_t max, const char **body, size_t *len,
    const char **why);

/*
 * Splits the body of a delivery into its events, in the order of the body:
 * every entry, change, message, status, error, ….  Takes the Cloud API
 * envelope, 360dialog's partner envelope and the flat v1 form.  A JSON object
 * never fails: what is unknown becomes an EVENT_NOTICE, or a message of the
 * provider's type, that holds it whole.
 *
 * The body is as it was received (delivery_plain), gzip of DELIVERY_PARSE_MAX
 * at most.
 *
 * 0, and *EVENTS (in POOL) holds *N of them, perhaps none.  -1: not JSON, no
 * object, or more than DELIVERY_EVENTS_MAX; *WHY says so.  An event without a
 * time gets RECEIVED_AT.
 */
#define DELIVERY_PARSE_MAX (4U << 20)

int delivery_parse(struct pool *, const char *body, size_t len,
    int64_t received_at, struct event **events, size_t *n, const char **why);
/* The same of a body that delivery_plain has read. */
int delivery_parse_plain(struct pool *, const char *body, size_t len,
    int64_t received_at, struct event **events, size_t *n, const char **why);

#endif
