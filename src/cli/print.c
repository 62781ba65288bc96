/*
 * Prints sentences, hints and raw text.  Text from outside is made safe for a
 * terminal (text_visible); a stdout that cannot be written, as on a full disk,
 * ends the program.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/command.h"
#include "cli/fail.h"
#include "cli/print.h"
#include "cli/visible.h"

void
print_check(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		cli_fail(EX_IOERR, "the output cannot be written");
}

void
print_done(struct cli *c, const char *key, int64_t n, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		printf("{\"%s\":%lld}\n", key, (long long)n);
	else {
		va_start(ap, fmt);
		visible_print(stdout, fmt, ap);
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
	visible_print(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
print_raw(const char *text)
{
	puts(text);
	print_check();
}
