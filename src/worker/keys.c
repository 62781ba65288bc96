/*
 * API keys of numbers.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "door/db.h"

#include "inbox/number.h"

#include "worker/keys.h"

#define KEY_MAX 1024

/* What may be a file's name: nobody leads us elsewhere. */
static int
is_plain(const char *name)
{
	return name[0] != '\0' &&
	       name[strspn(name,
		   "0123456789_-"
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
		   '\0';
}

/* A key goes into a header line. */
static int
is_key(const char *s)
{
	for (const char *c = s; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return 0;
	return *s != '\0';
}

static const char *
read_key(struct pool *pool, int fd, const char *path, const char **why)
{
	char s[KEY_MAX + 1];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		*why = pool_printf(pool, "%s is no file", path);
		return NULL;
	}
	if ((st.st_mode & 077) != 0) {
		*why = pool_printf(pool,
		    "%s may be read by others:"
		    " chmod 600 it",
		    path);
		return NULL;
	}
	n = read(fd, s, KEY_MAX);
	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\r'))
		n--;
	s[n > 0 ? n : 0] = '\0';
	if (is_key(s))
		return pool_copy(pool, s);
	*why = pool_printf(pool, "%s holds no key", path);
	return NULL;
}

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
		if (is_key(k->api_key))
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
	int fd;

	*why = NULL;
	if (id == NULL || !is_plain(id)) {
		*why = "the number is not registered";
		return NULL;
	}
	path = pool_printf(pool, "%s/%s", k->dir, id);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return default_key(k, pool, id, path, why);
	if (fd == -1) {
		*why = pool_printf(pool, "%s: %s", path, strerror(errno));
		return NULL;
	}
	key = read_key(pool, fd, path, why);
	close(fd);
	return key;
}
