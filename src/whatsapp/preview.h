#ifndef WHATSAPP_PREVIEW_H
#define WHATSAPP_PREVIEW_H

struct event;
struct json;
struct pool;

/*
 * Sets preview (the line that a list shows for a message) and text (what search
 * looks through) of the event, from OBJECT, the provider's object for TYPE.
 * Both are always set.  Clients show the labels ("Voice message") as they are.
 */
void preview_read(
    struct pool *, const char *type, const struct json *object, struct event *);

/* The same for a message of which only the type is known. */
void preview_unknown(struct pool *, struct event *);

#endif
