/*
 * Folders and paths for the files of a test.
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
