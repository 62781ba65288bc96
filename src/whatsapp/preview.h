#ifndef WHATSAPP_PREVIEW_H
#define WHATSAPP_PREVIEW_H

struct event;
struct json;
struct pool;

/*
 * The line that a list shows for a message, and the text that a search looks
 * through, from the OBJECT that the provider has for its TYPE.  Both are always
 * set.  The labels are those of the HTTP contract.
 */
void preview_read(
    struct pool *, const char *type, const struct json *object, struct event *);

/* The same for a message that only its type is known of. */
void preview_unknown(struct pool *, struct event *);

#endif
