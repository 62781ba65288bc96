#ifndef WHATSAPP_PROVIDER_CLOUD_H
#define WHATSAPP_PROVIDER_CLOUD_H

struct provider;

/*
 * Meta's Cloud API itself (docs/protocol.md §6.6), graph.facebook.com: the
 * version and the number's id in the path, an access token as bearer, and with
 * an app secret its proof.  Meta's hosts alone see the token, and no other
 * gets the proof than the API's own.
 */
extern const struct provider cloud;

#endif
