/*
 * Files beside the spool (spool_beside.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"

#include "spool/spool_beside.h"

static const char db_suffix[] = ".db";

char *
spool_beside_name(const char *path, const char *suffix)
{
	size_t len = strlen(path), end = strlen(db_suffix);
	char *text = xcalloc(len + strlen(suffix) + 1);

	if (len > end && strcmp(path + len - end, db_suffix) == 0)
		len -= end;
	sprintf(text, "%.*s%s", (int)len, path, suffix);
	return text;
}

int64_t
spool_beside_read(int fd)
{
	char text[32] = "", *end;
	long long id;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return -1;
	id = strtoll(text, &end, 10);
	return end > text && id >= 0 && id <= INT64_MAX / 2 ? id : -1;
}

int
spool_beside_write(int fd, int64_t id)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%020lld\n", (long long)id);

	return pwrite(fd, text, (size_t)len, 0) == len ? 0 : -1;
}
