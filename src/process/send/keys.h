#ifndef PROCESS_SEND_KEYS_H
#define PROCESS_SEND_KEYS_H

struct config;
struct db;
struct pool;
struct provider_account;

/*
 * The API key of a number: from the file DIR/PHONE_NUMBER_ID; else API_KEY, if
 * the configuration says that it is this number's, or says no number and there
 * is only one.  The file is read every time, so a new key is used at once.
 */
struct keys {
	struct db *db; /* the inbox; number_statements */
	const char *dir;
	const char *api_url;	     /* of 360dialog */
	const char *cloud_url;	     /* of Meta */
	const char *app_secret;	     /* of Meta's app, NULL none */
	const char *api_key;	     /* NULL none */
	const char *phone_number_id; /* of api_key; NULL not said */
};

/* For people who may not see *WHY: the files of the server. */
#define KEYS_NONE "the server has no key of this number"
#define KEYS_NO_ACCOUNT                                                        \
	"the account of the number is not known: waspool number add NUMBER "   \
	"--account WABA_ID"

/* From the configuration, which was read with CONFIG_API; the database may
 * be set later. */
void keys_open(struct keys *, struct db *, const struct config *);

/*
 * The key, in POOL; or NULL, and *WHY (in POOL) says what is missing: the
 * caller logs it once.  A file that others may read (mode & 077) is refused.
 */
const char *keys_get(const struct keys *, struct pool *,
    const char *phone_number_id, const char **why);

/*
 * The account for requests to the number's provider, in POOL.  PROVIDER is
 * numbers.provider, NULL the default.  API_KEY is for 360dialog only: a number
 * at Meta needs its file.  0; -1, and *WHY as above.
 */
int keys_account(const struct keys *, struct pool *,
    const char *phone_number_id, const char *provider,
    struct provider_account *, const char **why);

#endif
