#ifndef WHATSAPP_PROVIDER_D360_H
#define WHATSAPP_PROVIDER_D360_H

struct provider;

/*
 * 360dialog (docs/protocol.md §6.1): Meta's requests under an address and a
 * key of its own, https://waba-v2.360dialog.io and D360-API-KEY.  It keeps
 * Meta's files, too: a download goes to its own host.
 */
extern const struct provider d360;

#endif
