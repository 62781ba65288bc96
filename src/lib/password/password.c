/*
 * Passwords with libcrypt's yescrypt.
 *
 * crypt() says EINVAL both of a hash that is damaged and when it finds no
 * memory.  crypt_checksalt() tells most of the damaged ones; of the others it
 * is said that there is no memory, which lets nobody in either.
 */
#include <stdlib.h>
#include <string.h>

#include <crypt.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/password/password.h"

#define METHOD "$y$"

static char nobodys[CRYPT_OUTPUT_SIZE]; /* by password_open */

const char *
password_refused(const char *password)
{
	size_t len = strlen(password);

	if (len > PASSWORD_MAX)
		return "is longer than 511 bytes";
	if (!text_is_utf8(password, len))
		return "is not UTF-8";
	if (text_points(password) < PASSWORD_MIN)
		return "is shorter than 10 characters";
	if (len > 0 && strspn(password, (char[]){ *password, '\0' }) == len)
		return "is one character again and again";
	return NULL;
}

/* Of PASSWORD with SETTING, a salt or a whole hash, into OUT: 0, or -1. */
static int
crypt_into(const char *password, const char *setting, char *out)
{
	void *data = NULL;
	int size = 0;
	const char *made = crypt_ra(password, setting, &data, &size);

	if (made != NULL)
		memcpy(out, made, strlen(made) + 1);
	if (data != NULL)
		explicit_bzero(data, (size_t)size);
	free(data);
	return made != NULL ? 0 : -1;
}

static int
hash_into(const char *password, char *out)
{
	char *salt = crypt_gensalt_ra(METHOD, 0, NULL, 0);
	int rc = salt == NULL ? -1 : crypt_into(password, salt, out);

	free(salt);
	return rc;
}

char *
password_hash(struct pool *pool, const char *password)
{
	char out[CRYPT_OUTPUT_SIZE];

	return hash_into(password, out) == 0 ? pool_copy(pool, out) : NULL;
}

int
password_open(void)
{
	return hash_into("nobody's", nobodys);
}

enum password_answer
password_check(const char *hash, const char *password)
{
	const char *setting = hash != NULL ? hash : nobodys;
	char out[CRYPT_OUTPUT_SIZE];
	int is_right;

	if (strlen(password) > PASSWORD_MAX)
		return PASSWORD_WRONG;
	if (crypt_into(password, setting, out) == -1) {
		if (crypt_checksalt(setting) == CRYPT_SALT_OK)
			return PASSWORD_NO_MEMORY;
		log_warn("a hash of the table passwords is none: invite its "
			 "user again");
		return PASSWORD_WRONG;
	}
	is_right =
	    text_equal_secret(out, strlen(out), setting, strlen(setting));
	return is_right && hash != NULL ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
