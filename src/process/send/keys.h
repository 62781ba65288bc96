#ifndef PROCESS_SEND_KEYS_H
#define PROCESS_SEND_KEYS_H

struct config;
struct db;
struct pool;
struct provider_account;

/*
 * The API key of a number: the file DIR/PHONE_NUMBER_ID, else API_KEY when it
 * is this number's, or when it is nobody's by name and there is only one
 * number.  The file is read every time, so a new key counts at once.
 */
struct keys {
	struct db *db; /* the inbox; number_statements */
	const char *dir;
	const char *api_url;	     /* of 360dialog */
	const char *cloud_url;	     /* of Meta */
	const char *app_secret;	     /* of Meta's app, NULL none */
	const char *api_key;	     /* NULL none */
	const char *phone_number_id; /* whose api_key is, NULL not said */
};

/* Of the configuration, read with CONFIG_API; DB may come later. */
void keys_open(struct keys *, struct db *, const struct config *);

/*
 * In POOL; NULL when there is none, and *WHY says what is missing, in POOL,
 * for whoever asks to say in the log once.  A file that others may read
 * (mode & 077) is no key.
 */
const char *keys_get(const struct keys *, struct pool *,
    const char *phone_number_id, const char **why);

/*
 * All that the provider of the number is asked with, in POOL.  PROVIDER is
 * numbers.provider, NULL the default.  API_KEY is 360dialog's: a number of
 * Meta's has its file or nothing.  0; -1, and *WHY as above.
 */
int keys_account(const struct keys *, struct pool *,
    const char *phone_number_id, const char *provider,
    struct provider_account *, const char **why);

#endif
