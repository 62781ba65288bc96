#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "cmd/cli.h"
#include "cmd/say.h"

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
		vprintf(fmt, ap);
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
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
say_raw(const char *text)
{
	puts(text);
	say_check();
}
