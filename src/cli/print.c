/*
 * Sentences, hints and raw text.  Whatever came from outside is made harmless
 * for a terminal (text_visible); a full disk behind stdout is a failure.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/cli.h"
#include "cli/print.h"

void
print_visible(FILE *f, const char *fmt, va_list ap)
{
	struct pool *pool = pool_new();
	va_list copy;
	char *text;
	int len;

	va_copy(copy, ap);
	len = vsnprintf(NULL, 0, fmt, copy);
	va_end(copy);
	text = pool_get(pool, (size_t)(len < 0 ? 0 : len) + 1);
	vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, fmt, ap);
	fputs(text_visible(pool, text), f);
	pool_free(pool);
}

void
print_check(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		cli_fail(EX_IOERR, "cannot write what was asked for");
}

void
print_done(struct cli *c, const char *key, int64_t n, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		printf("{\"%s\":%lld}\n", key, (long long)n);
	else {
		va_start(ap, fmt);
		print_visible(stdout, fmt, ap);
		va_end(ap);
		putchar('\n');
	}
	print_check();
}

void
print_hint(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return;
	fflush(stdout);
	va_start(ap, fmt);
	print_visible(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
print_raw(const char *text)
{
	puts(text);
	print_check();
}
