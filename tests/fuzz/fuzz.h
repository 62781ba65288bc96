#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A target is a function of strangers' bytes.  libFuzzer calls it with bytes
 * that it makes up (./dev fuzz), replay.c with the files of the corpus.  What
 * it may not do: crash, hang, or break a promise that must() checks.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(x) ((x) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #x))

static inline void
fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, what);
	abort();
}

/* A C string of the N bytes at DATA, of exactly that length; to be freed. */
static inline char *
fuzz_text(const uint8_t *data, size_t n)
{
	char *s = malloc(n + 1);

	must(s != NULL);
	memcpy(s, data, n);
	s[n] = '\0';
	return s;
}

/* The first line of DATA, to be freed; *DATA and *SIZE become the rest. */
static inline char *
fuzz_line(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
	size_t n = end != NULL ? (size_t)(end - *data) : *size;
	char *line = fuzz_text(*data, n);

	*data += n + (end != NULL);
	*size -= n + (end != NULL);
	return line;
}

#endif
