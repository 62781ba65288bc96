#ifndef WHATSAPP_PREVIEW_H
#define WHATSAPP_PREVIEW_H

struct event;
struct json;
struct pool;

/*
 * The line that a list shows for a message, and the text that a search looks
 * through, from the provider's OBJECT for the event's type.  Both are always
 * set.  The labels are api.md's.
 */
void	preview_read(struct pool *, const struct json *object, struct event *);

/* The same for a message that only its type is known of. */
void	preview_unknown(struct pool *, struct event *);

#endif
