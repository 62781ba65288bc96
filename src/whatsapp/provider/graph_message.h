#ifndef WHATSAPP_PROVIDER_GRAPH_MESSAGE_H
#define WHATSAPP_PROVIDER_GRAPH_MESSAGE_H

struct json_out;
struct outgoing;
struct pool;
struct provider_recipient;

/* The body for …/messages of all who speak Meta's language; see send in
 * provider.h.  Not ended, in POOL. */
struct json_out *graph_message(struct pool *, const struct outgoing *,
    const struct provider_recipient *, const char *callback);

#endif
