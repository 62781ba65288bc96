#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/cli.h"
#include "cli/say.h"

void
say_visible(FILE *f, const char *fmt, va_list ap)
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
say_check(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		cli_fail(EX_IOERR, "cannot write what was asked for");
}

void
say_done(struct cli *c, const char *key, int64_t n, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		printf("{\"%s\":%lld}\n", key, (long long)n);
	else {
		va_start(ap, fmt);
		say_visible(stdout, fmt, ap);
		va_end(ap);
		putchar('\n');
	}
	say_check();
}

void
say_hint(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return;
	fflush(stdout);
	va_start(ap, fmt);
	say_visible(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
say_raw(const char *text)
{
	puts(text);
	say_check();
}
