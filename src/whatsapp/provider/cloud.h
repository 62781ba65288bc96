#ifndef WHATSAPP_PROVIDER_CLOUD_H
#define WHATSAPP_PROVIDER_CLOUD_H

struct provider;

/*
 * Meta's Cloud API itself (docs/protocol.md §6.6), graph.facebook.com: the path
 * has the version and the number's id, a bearer token authenticates, and with
 * an app secret each request carries its proof (appsecret_proof).  The token
 * goes to Meta's hosts only, the proof to the API's own host only.
 */
extern const struct provider cloud;

#endif
