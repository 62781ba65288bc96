/*
 * API keys of numbers.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "whatsapp/provider/provider.h"

#include "inbox/workspace/number.h"

#include "process/send/keys.h"

/* API_KEY, when it is the number's. */
static const char *
default_key(const struct keys *k, struct pool *pool, const char *id,
    const char *path, const char **why)
{
	struct number_key only;

	if (k->api_key != NULL &&
	    (text_is(k->phone_number_id, id) ||
		(k->phone_number_id == NULL &&
		    number_find_only(k->db, &only) == 1))) {
		if (secret_file_is_word(k->api_key))
			return k->api_key;
		*why = "WHATSAPP_360_API_KEY is no key";
	} else if (k->phone_number_id == NULL)
		*why = pool_printf(pool,
		    "no API key: write it to %s, or set"
		    " WHATSAPP_360_API_KEY and WHATSAPP_PHONE_NUMBER_ID",
		    path);
	else
		*why = pool_printf(pool, "no API key: write it to %s", path);
	return NULL;
}

const char *
keys_get(
    const struct keys *k, struct pool *pool, const char *id, const char **why)
{
	const char *path, *key;

	*why = NULL;
	if (id == NULL || !secret_file_is_name(id)) {
		*why = "the number is not registered";
		return NULL;
	}
	path = pool_printf(pool, "%s/%s", k->dir, id);
	key = secret_file_read(pool, path, SECRET_FILE_OWNER, why);
	if (key == NULL && *why == NULL)
		return default_key(k, pool, id, path, why);
	return key;
}

int
keys_account(const struct keys *k, struct pool *pool, const char *id,
    const char *provider, struct provider_account *account, const char **why)
{
	*account = (struct provider_account){ 0 };
	account->provider = provider_find(provider);
	if (account->provider == NULL) {
		*why = pool_printf(
		    pool, "nobody here knows its provider %s", provider);
		return -1;
	}
	account->url = k->api_url;
	account->key = keys_get(k, pool, id, why);
	return account->key == NULL ? -1 : 0;
}
