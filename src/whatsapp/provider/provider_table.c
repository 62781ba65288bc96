/*
 * The providers, and finding one by its name.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/provider/cloud.h"
#include "whatsapp/provider/d360.h"
#include "whatsapp/provider/provider.h"

/* The first is the default. */
static const struct provider *const providers[] = { &d360, &cloud };

#define N_PROVIDERS (sizeof(providers) / sizeof(providers[0]))

const struct provider *
provider_find(const char *name)
{
	if (name == NULL)
		return providers[0];
	for (size_t i = 0; i < N_PROVIDERS; i++)
		if (text_is(providers[i]->name, name))
			return providers[i];
	return NULL;
}

const char *
provider_names(struct pool *p)
{
	const char *names = providers[0]->name;

	for (size_t i = 1; i < N_PROVIDERS; i++)
		names = pool_printf(p, "%s, %s", names, providers[i]->name);
	return names;
}
