#ifndef WHATSAPP_PROVIDER_D360_H
#define WHATSAPP_PROVIDER_D360_H

struct provider;

/*
 * 360dialog (docs/protocol.md §6.1): Meta's requests at 360dialog's own
 * address, https://waba-v2.360dialog.io, with the header D360-API-KEY.  Files
 * are downloaded from its own host, too.
 */
extern const struct provider d360;

#endif
