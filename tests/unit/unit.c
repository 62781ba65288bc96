/*
 * Folders and paths for the files of a test, and what comes in any order.
 */
#include "unit.h"

char *
unit_path(const char *dir, const char *name)
{
	char *path = malloc(strlen(dir) + strlen(name) + 2);

	sprintf(path, "%s/%s", dir, name);
	return path;
}

char *
unit_dir(void)
{
	char template[] = "/tmp/waspool-unit-XXXXXX";

	assert_non_null(mkdtemp(template));
	return strdup(template);
}

void
unit_clear(char *dir)
{
	char *command = malloc(strlen(dir) + 16);

	sprintf(command, "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
	free(command);
	free(dir);
}

/* The first DONE letters stand. */
static void
permute(char *order, size_t done, void (*try)(const char *, void *), void *arg)
{
	if (order[done] == '\0')
		try(order, arg);
	for (size_t i = done; order[i] != '\0'; i++) {
		char kept = order[i];

		order[i] = order[done];
		order[done] = kept;
		permute(order, done + 1, try, arg);
		order[done] = order[i];
		order[i] = kept;
	}
}

void
unit_each_order(
    const char *text, void (*try)(const char *order, void *arg), void *arg)
{
	char order[11];

	assert_true(strlen(text) < sizeof(order));
	strcpy(order, text);
	permute(order, 0, try, arg);
}
