/*
 * Stands in for libFuzzer: calls the target with every file of its corpus,
 * and of tests/data, so that what was found once stays mended, with any
 * compiler.  With arguments: with those files.  TAP, a line for each folder.
 */
#ifndef FUZZING
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

#define FILES_MAX 4096

static void
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *s;
	size_t n;

	must(f != NULL && fstat(fileno(f), &st) == 0);
	/* Exactly as long as the file, so that reading on is noticed. */
	s = malloc((size_t)st.st_size);
	n = fread(s, 1, (size_t)st.st_size, f);
	fclose(f);
	printf("# %s\n", path); /* the last one is whose fault it was */
	fflush(stdout);
	LLVMFuzzerTestOneInput(s, n);
	free(s);
}

static int
is_file(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
replay_folder(const char *path, int number)
{
	struct dirent **list;
	int n = scandir(path, &list, is_file, alphasort);
	char file[FILES_MAX];

	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		replay_file(file);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	printf("%s %d - %d files of %s\n", n > 0 ? "ok" : "not ok", number, n,
	    path);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("srcdir"), *name = strstr(argv[0], "fuzz_");
	char path[FILES_MAX];

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			replay_file(argv[i]);
		return 0;
	}
	/* The last one: folders may be named like that too. */
	while (name != NULL && strstr(name + 1, "fuzz_") != NULL)
		name = strstr(name + 1, "fuzz_");
	must(name != NULL);
	top = top != NULL ? top : ".";
	printf("1..3\n");
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top, name + 5);
	replay_folder(path, 1);
	snprintf(path, sizeof(path), "%s/tests/data/deliveries", top);
	replay_folder(path, 2);
	snprintf(path, sizeof(path), "%s/tests/data/bad", top);
	replay_folder(path, 3);
	return 0;
}
#endif
