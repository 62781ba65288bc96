/*
 * Finds the API key of a number.
 */
#include <stddef.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/sql/db.h"

#include "whatsapp/provider/provider.h"

#include "inbox/workspace/number.h"

#include "process/send/keys.h"

/* API_KEY of the configuration, when it is the number's. */
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

/* The key in the number's own file; NULL: there is no file, or *WHY it is
 * refused. */
static const char *
own_key(const struct keys *k, struct pool *pool, const char *id,
    const char **path, const char **why)
{
	*why = NULL;
	if (id == NULL || !secret_file_is_name(id)) {
		*why = "the number is not registered";
		return NULL;
	}
	*path = pool_printf(pool, "%s/%s", k->dir, id);
	return secret_file_read(pool, *path, SECRET_FILE_OWNER, why);
}

const char *
keys_get(
    const struct keys *k, struct pool *pool, const char *id, const char **why)
{
	const char *path = NULL;
	const char *key = own_key(k, pool, id, &path, why);

	if (key == NULL && *why == NULL)
		return default_key(k, pool, id, path, why);
	return key;
}

/* The access token of a number at Meta. */
static const char *
cloud_token(
    const struct keys *k, struct pool *pool, const char *id, const char **why)
{
	const char *path = NULL;
	const char *key = own_key(k, pool, id, &path, why);

	if (key == NULL && *why == NULL)
		*why =
		    pool_printf(pool, "no access token: write it to %s", path);
	return key;
}

int
keys_account(const struct keys *k, struct pool *pool, const char *id,
    const char *provider, struct provider_account *a, const char **why)
{
	*a = (struct provider_account){ .provider = provider_find(provider),
		.phone_number_id = id };
	if (a->provider == NULL) {
		*why =
		    pool_printf(pool, "its provider %s is unknown", provider);
		return -1;
	}
	a->url = a->provider->is_meta ? k->cloud_url : k->api_url;
	a->app_secret = a->provider->is_meta ? k->app_secret : NULL;
	a->key = a->provider->is_meta ? cloud_token(k, pool, id, why)
				      : keys_get(k, pool, id, why);
	return a->key == NULL ? -1 : 0;
}

void
keys_open(struct keys *k, struct db *db, const struct config *c)
{
	*k = (struct keys){
		.db = db,
		.dir = c->key_dir,
		.api_url = c->api_url,
		.cloud_url = c->cloud_url,
		.app_secret =
		    c->app_secrets.n > 0 ? c->app_secrets.item[0] : NULL,
		.api_key = c->api_key,
		.phone_number_id = c->phone_number_id,
	};
}
