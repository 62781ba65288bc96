#ifndef WHATSAPP_PROVIDER_GRAPH_MESSAGE_H
#define WHATSAPP_PROVIDER_GRAPH_MESSAGE_H

struct json_out;
struct outgoing;
struct pool;
struct provider_recipient;

/* The body of a POST …/messages, the same for all providers that have Meta's
 * API; see send in provider.h.  In POOL, not ended: the caller may add. */
struct json_out *graph_message(struct pool *, const struct outgoing *,
    const struct provider_recipient *, const char *callback);

#endif
