/*
 * Files of secrets.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/secret_file.h"

int
secret_file_is_name(const char *name)
{
	return name[0] != '\0' &&
	       name[strspn(name,
		   "0123456789_-"
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] ==
		   '\0';
}

int
secret_file_is_word(const char *s)
{
	for (const char *c = s; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return 0;
	return *s != '\0';
}

static const char *
read_open(struct pool *pool, int fd, const char *path,
    enum secret_file_for whom, const char **why)
{
	char s[SECRET_FILE_MAX + 1];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		*why = pool_printf(pool, "%s is no file", path);
		return NULL;
	}
	if ((st.st_mode & (mode_t)whom) != 0) {
		*why =
		    pool_printf(pool, "%s may be read by others: chmod %s it",
			path, whom == SECRET_FILE_OWNER ? "600" : "640");
		return NULL;
	}
	n = read(fd, s, SECRET_FILE_MAX);
	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\r'))
		n--;
	s[n > 0 ? n : 0] = '\0';
	if (secret_file_is_word(s))
		return pool_copy(pool, s);
	*why = pool_printf(pool, "%s holds no key", path);
	return NULL;
}

const char *
secret_file_read(struct pool *pool, const char *path, enum secret_file_for whom,
    const char **why)
{
	const char *secret;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*why = NULL;
	if (fd == -1) {
		if (errno != ENOENT)
			*why =
			    pool_printf(pool, "%s: %s", path, strerror(errno));
		return NULL;
	}
	secret = read_open(pool, fd, path, whom, why);
	close(fd);
	return secret;
}
